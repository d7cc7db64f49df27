"""What ``quartet bench run`` does once its options are known: read the suite, run it, write the reports."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.accounts import Account
from app.bench.asking import Models, Voices, models_on, recorded, replayed
from app.bench.journal import Journal
from app.bench.naming import find_suite
from app.bench.running import Bench, Ran
from app.bench.running import run as run_cases
from app.cli import screen
from app.cli.bench import RunOptions
from app.cli.exit_status import INCOMPLETE, OK
from app.cli.progress import say
from app.errors import Misconfigured, OutputLost
from app.model_choice import named_model
from app.repo_config import RepoConfig
from app.review_wishes import wishes_of
from app.settings import Settings, read_settings
from app.tools import run_tools
from llm_runtime.cassette import Cassette
from llm_runtime.clock import SystemClock
from reviewers.bench.figures import figures
from reviewers.bench.judging import agreement
from reviewers.bench.report import BENCH_REPORTS, SUFFIXES
from reviewers.bench.report.shown import Shown
from reviewers.report.wording import counted
from reviewers.review import total_cost
from reviewers.verification.choice import KEY
from reviewers.verification.families import family_of

if TYPE_CHECKING:
    from app.reviewing import Wishes
    from llm_runtime.llm import LLM
    from reviewers.bench.case import Case
    from reviewers.bench.results import CaseResult

_JUDGES = ("judge:1", "judge:2")


def run(options: RunOptions) -> int:
    """Run a suite as the options say.

    Returns:
        The exit status.

    Raises:
        AppError: What kept it from being done, in one line.
    """
    settings = read_settings()
    suite = find_suite(options.suite, claimed_only=options.no_llm)
    cases = suite.cases[: options.limit]
    cassette = Cassette(options.cassette) if options.cassette and not options.no_llm else None
    wishes, models = _models(options, settings, cassette)
    journal = Journal(
        options.output / "cases" if options.output and not options.replay else None,
        setting={
            "models": {name: [spec.id for spec in specs] for name, specs in models.items()},
            "reviewers": [reviewer.name for reviewer in wishes.reviewers],
        },
    )
    with _voices(options, settings, models, cassette, _left_to_spend(options, cases, journal)) as voices:
        bench = Bench(
            wishes=wishes,
            llms=voices.llms,
            judges=tuple(voices.llms[name] for name in _JUDGES if name in voices.llms),
            purse=voices.purse,
            run_tools=run_tools,
            calculator=wiring.calculator(),
            clock=SystemClock(),
            journal=journal,
            cassette=cassette,
            replaying=options.replay,
        )
        ran = run_cases(cases, bench, functools.partial(_tell, len(cases)))
    shown = _shown(suite.name, models, ran, replay=options.replay)
    _write(shown, options)
    return _status(ran, options)


def _models(options: RunOptions, settings: Settings, cassette: Cassette | None) -> tuple[Wishes, Models]:
    """What is wanted, and all models that may be asked for it, judges included."""
    wanted = functools.partial(wishes_of, RepoConfig(), settings, names=options.reviewers)
    if options.replay:
        assert cassette is not None  # noqa: S101 - the options were checked
        models = models_on(cassette)
        wishes = wanted(no_llm=True)
        mine = {reviewer.name: models[reviewer.name] for reviewer in wishes.reviewers if reviewer.name in models}
        looking = tuple(specs[0] for name, specs in models.items() if name.startswith(KEY))
        return replace(wishes, models=mine, verifiers=looking), models
    wishes = wanted(models=options.models, no_llm=options.no_llm)
    return wishes, {**wishes.connections, **_judges(options, settings)}


def _judges(options: RunOptions, settings: Settings) -> Models:
    available = functools.partial(wiring.available, settings)
    chosen = {name: (named_model(model, available),) for name, model in zip(_JUDGES, options.judges, strict=False)}
    families = {family_of(specs[0].id) for specs in chosen.values()}
    if chosen and len(families) < len(chosen):
        msg = f"--judge {','.join(options.judges)}: both are of one family; name models of different vendors"
        raise Misconfigured(msg)
    return chosen


def _left_to_spend(options: RunOptions, cases: tuple[Case, ...], journal: Journal) -> Decimal | None:
    """What is left of the cap after what an earlier run of the same has spent."""
    if options.max_cost_usd is None:
        return None
    done = [told for case in cases if (told := journal.find(case)) is not None]
    spent = total_cost(tuple(call for told in done for call in (*told.calls, *told.judging)))
    return options.max_cost_usd if spent is None else max(Decimal(0), options.max_cost_usd - spent)


@contextmanager
def _voices(
    options: RunOptions, settings: Settings, models: Models, cassette: Cassette | None, left: Decimal | None
) -> Iterator[Voices]:
    if options.replay and cassette is not None:
        yield replayed(models, cassette)
    elif not models:
        yield Voices(llms={})
    else:
        account = Account(repository="bench", review=options.suite, work="bench")

        def connect(wanted: Models) -> AbstractContextManager[dict[str, LLM]]:
            return wiring.llms(wanted, settings, left, account, notify=say)

        with recorded(models, cassette, connect) as voices:
            yield voices


def _tell(total: int, result: CaseResult, number: int) -> None:
    matched = result.matched
    missed = "1 miss" if len(matched.misses) == 1 else f"{len(matched.misses)} misses"
    counts = f"{counted(len(matched.hits), 'hit')}, {missed}, {counted(len(matched.alarms), 'false alarm')}"
    say(f"[{number}/{total}] {result.case.id}: {counts} in {result.seconds:.1f} s")


def _shown(suite: str, models: Models, ran: Ran, *, replay: bool) -> Shown:
    return Shown(
        suite=suite,
        date=datetime.now(UTC).date().isoformat(),
        models=_named(models),
        judges=tuple(models[name][0].id for name in _JUDGES if name in models),
        results=ran.results,
        figures=figures(ran.results),
        agreement=agreement(ran.verdicts),
        left=ran.left,
        replayed=replay,
    )


def _named(models: Models) -> dict[str, str]:
    """For each reviewer the model that is asked first, and those that look a second time."""
    looking = ", ".join(specs[0].id for name, specs in models.items() if name.startswith(KEY))
    asked = {name: specs[0].id for name, specs in models.items() if name not in _JUDGES and not name.startswith(KEY)}
    return asked | ({"second look": looking} if looking else {})


def _write(shown: Shown, options: RunOptions) -> None:
    if options.output is not None:
        for name, render in BENCH_REPORTS.items():
            _write_file(options.output / f"report{SUFFIXES[name]}", render(shown))
        say(f"the reports are in {options.output}: report.html, report.md, report.json")
    screen.write(BENCH_REPORTS[options.format.value](shown))


def _write_file(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{file} cannot be written ({error.strerror}); name a folder that you may write with --output"
        raise OutputLost(msg) from error


def _status(ran: Ran, options: RunOptions) -> int:
    if ran.left:
        say(f"--max-cost {options.max_cost_usd} is reached: {ran.left} cases are left; run it again with more")
        return INCOMPLETE
    unanswered = sum(len(result.gaps) for result in ran.results)
    if unanswered and not options.no_llm:
        say(f"{unanswered} questions have no answer; run it again with the same --output to ask only these")
        return INCOMPLETE
    return OK
