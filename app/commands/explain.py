"""``/explain``: all that is known of a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.command import Command
from app.commands.naming import named, short
from app.repo_config import all_reviewers
from reviewers.report.sanitising import block_text, code_block, inline_code, inline_text, link
from reviewers.report.second_looks import dissent_line, verdict_words
from reviewers.report.wording import attribution, confidence, cost, cwe_url, place

if TYPE_CHECKING:
    from app.commands.desk import Desk
    from app.store.values import StoredFinding
    from reviewers.findings import Finding
    from reviewers.reviewer import Rule
    from reviewers.verification.values import Dissent

_LONGEST_QUOTE = 4_000
_MOST_EVIDENCE = 20


def _run(desk: Desk, arguments: str) -> str:
    stored, _ = named(desk, arguments)
    finding = stored.finding
    where = f"{inline_code(place(finding))} at {inline_code(stored.head[:12])}"
    parts = [
        f"**{finding.severity.label.capitalize()} · {inline_text(finding.title)}** (`{short(stored)}`, {where})",
        block_text(finding.message),
        f"**Rule**: {inline_text(attribution(finding))}{_meaning(desk, finding)}",
    ]
    if finding.anchor.strip():
        parts.append(f"**It stands on**:\n\n{code_block(finding.anchor, limit=_LONGEST_QUOTE)}")
    parts += [
        _evidence(finding),
        _votes(finding),
        _second_look(finding),
        _dissent(finding),
        _price(desk, stored),
        _fate(desk, stored),
    ]
    return "\n\n".join(filter(None, parts))


def _meaning(desk: Desk, finding: Finding) -> str:
    rule = _rule(desk, finding)
    said = f": {inline_text(rule.summary)} {inline_text(rule.help)}" if rule else ""
    url = cwe_url(finding.cwe) if finding.cwe else ""
    return f"{said} ({link(finding.cwe or '', url)})" if url else said


def _rule(desk: Desk, finding: Finding) -> Rule | None:
    reviewers = {reviewer.name: reviewer for reviewer in all_reviewers(desk.effective.config)}
    rules = reviewers[finding.reviewer].rules if finding.reviewer in reviewers else ()
    return next((rule for rule in rules if rule.name == finding.rule), None)


def _evidence(finding: Finding) -> str:
    if not finding.evidence:
        return "**Evidence**: no tool says it."
    lines = [
        f"- {link(f'{fact.source} {fact.code}'.strip(), fact.url)}: {inline_text(fact.message)}"
        for fact in finding.evidence[:_MOST_EVIDENCE]
    ]
    return "**Evidence**:\n\n" + "\n".join(lines)


def _votes(finding: Finding) -> str:
    if not finding.models:
        return f"**Votes**: tools alone; {confidence(finding)} sure."
    models = ", ".join(map(inline_text, finding.models))
    who = ", ".join(map(inline_text, finding.reviewers))
    stated = "" if finding.stated is None else f" (its author said {finding.stated:.0%})".replace("%", " %")
    said = "".join(
        f"\n- {inline_text(vote.model)}, as {inline_text(vote.reviewer)}: {inline_text(vote.severity)}"
        for vote in finding.votes
        if len(finding.votes) > 1
    )
    return f"**Votes**: {models}, as {who}; {confidence(finding)} sure{stated}.{said and f'{chr(10)}{said}'}"


def _second_look(finding: Finding) -> str:
    said, words = finding.verification, inline_text(verdict_words(finding))
    if said is None:
        return ""
    code = f"\n\n{code_block(said.quote, limit=_LONGEST_QUOTE)}" if said.quote.strip() else ""
    return f"**Second look**: {words}{said.reason and f': {inline_text(said.reason)}'}{code}"


def _dissent(finding: Finding) -> str:
    lines = [f"- {inline_text(dissent_line(each))}{_in_round(each)}" for each in finding.dissent]
    return "**Dissent**:\n\n" + "\n".join(lines) if lines else ""


def _in_round(dissent: Dissent) -> str:
    code = f" ({inline_code(dissent.quote.strip())})" if dissent.quote.strip() else ""
    return f"{code}, in round {dissent.round}" if dissent.round else code


def _price(desk: Desk, stored: StoredFinding) -> str:
    review = desk.store.review(stored.review)
    if review is None or review.state != "done":
        return ""
    return f"**Cost** of the review that made it: {cost(review.cost_usd)}."


def _fate(desk: Desk, stored: StoredFinding) -> str:
    decided = desk.store.dispositions(desk.name).get(stored.id)
    if decided is not None:
        why = f": {inline_text(decided.reason)}" if decided.reason else ""
        when = decided.at.strftime("%Y-%m-%d")
        who = f"{inline_text(decided.by)} on {when}, in pull request {decided.number}"
        return f"**{decided.kind.capitalize()}** by {who}{why}."
    return "**Fixed**: its code is gone." if stored.fixed_at is not None else ""


EXPLAIN = Command(
    name="explain",
    usage="/explain ID",
    summary="Shows a finding's rule, quote, evidence, the models that found it, and what that cost.",
    details=(
        "The first four hex digits of an id are enough where no other finding begins so. In the thread of a finding "
        "the id may be left out. Without one, all that are open are listed."
    ),
    run=_run,
)
