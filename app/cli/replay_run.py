"""What ``quartet replay`` does once its options are known: read the change again, review it, show the difference."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app import wiring
from app.accounts import Account
from app.bench.asking import recorded
from app.bench.change_again import change_again
from app.bench.earlier import EarlierReview, find_review
from app.cli import screen
from app.cli.exit_status import INCOMPLETE, OK
from app.cli.progress import say, watching
from app.cli.replay import Format, ReplayOptions
from app.errors import Misconfigured
from app.learnings import parse_learnings
from app.repo_config import RepoConfig, all_reviewers, parse_config
from app.review_wishes import NO_KEY, NOT_WANTED, wishes_of
from app.reviewing import prepare, review
from app.settings import read_settings
from app.tools import run_tools
from llm_runtime.cassette import Cassette
from reviewers.difference import Difference, Remark, difference, remark_of
from reviewers.report.visibility import json_text, readable
from reviewers.report.wording import by_model, counted

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from app.bench.asking import Models
    from app.local_changes import Change
    from llm_runtime.llm import LLM
    from reviewers.review import Review

SCHEMA = "quartet.replay/1"


def run(options: ReplayOptions) -> int:
    """Make a review again as the options say.

    Returns:
        The exit status.

    Raises:
        AppError: What kept it from being done, in one line.
    """
    settings = read_settings()
    earlier = find_review(options.review, settings)
    change = change_again(earlier.target, options.diff, settings, notify=say)
    config = _config(options, change)
    learnings, _ = parse_learnings(change.learnings)
    wishes = wishes_of(
        config,
        settings,
        names=options.reviewers or _known(earlier, config),
        models=options.models,
        no_llm=options.no_llm,
        max_cost=options.max_cost_usd,
        learnings=learnings,
    )
    account = Account(repository="replay", review=earlier.target.name, work="replay")

    def connect(models: Models) -> AbstractContextManager[dict[str, LLM]]:
        return wiring.llms(models, settings, wishes.max_cost_usd, account, notify=say)

    cassette = Cassette(options.cassette) if options.cassette and wishes.models else None
    # With a cassette the words must be the same each time; without one nobody can guess the delimiter.
    fence = hashlib.sha256(f"replay {earlier.target}".encode()).hexdigest()[:24] if cassette else ""
    prepared = prepare(change.snapshot, wishes, run_tools=run_tools, calculator=wiring.calculator(), fence=fence)
    with ExitStack() as stack:
        llms = stack.enter_context(recorded(wishes.connections, cassette, connect)).llms if wishes.models else {}
        on_end = stack.enter_context(watching(len(prepared.plan.tasks) if prepared.plan else 0))
        reason = NOT_WANTED if options.no_llm else NO_KEY
        done = review(prepared, llms, on_end=on_end, without_models=reason).review
    found = difference(earlier.remarks, map(remark_of, done.findings))
    shown = json_text(_document(earlier, done, found)) if options.format is Format.JSON else _text(earlier, done, found)
    screen.write(shown)
    if done.gaps:
        say(f"the review is incomplete: {len(done.gaps)} unanswered: {done.gaps[0].reason}")
        return INCOMPLETE
    return OK


def _config(options: ReplayOptions, change: Change) -> RepoConfig:
    if options.config is None:
        return parse_config(change.config, change.config_source)
    try:
        return parse_config(options.config.read_text(encoding="utf-8"), str(options.config))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        msg = f"--config {options.config} cannot be read ({reason}); name a configuration as in docs/configuration.md"
        raise Misconfigured(msg) from error


def _known(earlier: EarlierReview, config: RepoConfig) -> tuple[str, ...]:
    """Those who looked then, as far as this configuration has them."""
    names = {reviewer.name for reviewer in all_reviewers(config)}
    return tuple(name for name in earlier.reviewers if name in names)


def _document(earlier: EarlierReview, done: Review, found: Difference) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "target": {"name": earlier.target.name, "base": earlier.target.base, "head": earlier.target.head},
        "then": {"findings": len(earlier.remarks), "cost_usd": _number(earlier.cost_usd), "models": earlier.models},
        "now": {"findings": len(done.findings), "cost_usd": _number(done.cost_usd), "models": _models(done)},
        "new": [_remark(each) for each in found.new],
        "gone": [_remark(each) for each in found.gone],
        "changed": [{**_remark(now), "severity_then": then.severity.label} for then, now in found.changed],
        "same": [_remark(now) for _, now in found.same],
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {
        "id": remark.id,
        "reviewer": remark.reviewer,
        "rule": remark.rule,
        "severity": remark.severity.label,
        "path": remark.path,
        "line": remark.line,
        "title": remark.title,
    }


def _text(earlier: EarlierReview, done: Review, found: Difference) -> str:
    return "\n".join(_lines(earlier, done, found)) + "\n"


def _lines(earlier: EarlierReview, done: Review, found: Difference) -> Iterator[str]:
    yield f"Replay of {readable(earlier.target.name)}"
    before, after = ", ".join(earlier.models) or "models not noted", ", ".join(_models(done)) or "no model"
    yield f"then  {counted(len(earlier.remarks), 'finding')}, {_dollars(earlier.cost_usd)}, {before}"
    yield f"now   {counted(len(done.findings), 'finding')}, {_dollars(done.cost_usd)}, {after}"
    for mark, word, remarks in (("+", "new", found.new), ("-", "gone", found.gone)):
        for remark in remarks:
            yield f"{mark} {word:<8}{_line(remark)}"
    for then, now in found.changed:
        yield f"~ {'changed':<8}{_line(now)} (was {then.severity.label})"
    for _, now in found.same:
        yield f"= {'same':<8}{_line(now)}"


def _line(remark: Remark) -> str:
    place = remark.path if remark.line is None else f"{remark.path}:{remark.line}"
    title = " ".join(readable(remark.title).split())
    return f"{remark.severity.label:<9}{readable(place)}  {title} [{remark.reviewer}/{remark.rule}] {remark.id}"


def _models(done: Review) -> list[str]:
    return [f"{each.provider}/{each.model}" for each in by_model(done.calls)]


def _dollars(cost: Decimal | None) -> str:
    return "cost not known" if cost is None else f"${cost:.4f}"


def _number(cost: Decimal | None) -> float | None:
    return None if cost is None else float(cost)
