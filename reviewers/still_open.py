"""Earlier findings and what the present run says of them in; which are still open and which are fixed out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewers.adjudication import cured_by

if TYPE_CHECKING:
    from reviewers.adjudication import Answered
    from reviewers.carrying import Carried
    from reviewers.evidence_source import Evidence
    from reviewers.findings import Fact, Finding


def still_open(
    carried: Carried,
    answers: Iterable[Answered],
    *,
    said: Iterable[Finding],
    left: Iterable[Fact],
    evidence: Evidence,
    reviewers: Collection[str],
) -> tuple[Finding, ...]:
    """Earlier findings that stand beside those of this run.

    One by a model stands until its reviewer says that it is cured, or says it again. One by tools alone stands while
    the tool says so and no reviewer has decided otherwise; where the tool or the reviewer was not asked this time, it
    stands too.

    Args:
        carried: What earlier runs found, at its place on the present change.
        answers: Of this run.
        said: What these answers found.
        left: What tools say, and no answer has decided.
        evidence: All that tools say, and which of them failed.
        reviewers: Names of those that were asked to look.
    """
    gone = {earlier.finding.fingerprint for answer in answers for earlier in cured_by(answer)}
    gone |= {alias for finding in said for alias in finding.aliases}
    failed = {gap.reviewer.removeprefix("evidence: ") for gap in evidence.gaps}
    reported = {_key(fact) for fact in left}
    known = {_key(fact): fact for fact in evidence.facts}
    kept: list[Finding] = []
    for earlier in carried.standing:
        finding = earlier.finding
        if finding.fingerprint in gone or earlier.settled in carried.settled:
            continue
        by_tools = not finding.models and finding.reviewer in reviewers
        if by_tools and not any(_key(fact) in reported or fact.source in failed for fact in finding.evidence):
            continue
        facts = tuple(known.get(_key(fact), fact) for fact in finding.evidence)
        kept.append(replace(finding, evidence=facts))
    return tuple(kept)


def fixed(carried: Carried, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Earlier findings that are open under none of their names, each once.

    Args:
        carried: What earlier runs found.
        findings: All that is open.
    """
    still = {identity for finding in findings for identity in (finding.fingerprint, *finding.aliases)}
    ended = (*carried.gone, *(earlier.finding for earlier in carried.standing))
    closed = {finding.fingerprint: finding for finding in ended if still.isdisjoint(_names(finding))}
    return tuple(closed.values())


def _names(finding: Finding) -> Sequence[str]:
    return (finding.fingerprint, *finding.aliases)


def _key(fact: Fact) -> tuple[str, str, str, int, int]:
    return fact.source, fact.code, fact.path, fact.start_line, fact.end_line
