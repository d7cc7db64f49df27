"""Findings and goldens go in; who has found which, what was missed and what is a false alarm comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reviewers.bench.labelled import kinds_of, kinds_of_weakness
from reviewers.perspectives import REVIEWERS

if TYPE_CHECKING:
    from reviewers.bench.case import Case, Golden, Spot
    from reviewers.findings import Finding

_CWE = {(reviewer.name, rule.name): rule.cwe for reviewer in REVIEWERS for rule in reviewer.rules if rule.cwe}


class By(StrEnum):
    """What a hit rests on."""

    RULE = "rule"
    JUDGES = "judges"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A finding that tells a golden.

    Attributes:
        finding: What was said.
        golden: What should be said.
        by: What makes them the same: the rule, two judges, or, where there was nobody to judge words, the place alone.
    """

    finding: Finding
    golden: Golden
    by: By


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What a review of a case is worth.

    Attributes:
        hits: Goldens that were told; each golden and each finding at most once.
        misses: Goldens that were not.
        alarms: Findings that are wrong, or tell a golden a second time.
        uncounted: Findings beside the goldens of a case that does not claim to know all of its faults.
    """

    hits: tuple[Hit, ...] = ()
    misses: tuple[Golden, ...] = ()
    alarms: tuple[Finding, ...] = ()
    uncounted: tuple[Finding, ...] = ()


Judged = Callable[["Finding", "Golden"], bool | None]
"""Whether two judges hold a finding and a golden to be the same fault; None where nobody was asked."""


def match(case: Case, findings: Sequence[Finding], judged: Judged = lambda *_: None) -> Matched:
    """Find the largest set of pairs in which each finding and each golden stands once.

    Args:
        case: What should be said.
        findings: What was said.
        judged: Decides about pairs whose places agree and whose rules do not.
    """
    edges = {
        number: {index: by for index, finding in enumerate(findings) if (by := _same(finding, golden, judged))}
        for number, golden in enumerate(case.goldens)
    }
    pairs = assign({number: _best_first(found, findings) for number, found in edges.items()})
    hits = tuple(
        Hit(finding=findings[pairs[number]], golden=golden, by=edges[number][pairs[number]])
        for number, golden in enumerate(case.goldens)
        if number in pairs
    )
    taken = set(pairs.values())
    others = tuple(finding for index, finding in enumerate(findings) if index not in taken)
    wrong = [finding for finding in others if _alarming(case, finding)]
    return Matched(
        hits=hits,
        misses=tuple(golden for number, golden in enumerate(case.goldens) if number not in pairs),
        alarms=tuple(finding for finding in others if finding in wrong),
        uncounted=tuple(finding for finding in others if finding not in wrong),
    )


def questions(case: Case, findings: Iterable[Finding]) -> tuple[tuple[Finding, Golden], ...]:
    """Pairs that judges have to decide about: one place, words on both sides, and no rule that decides."""
    return tuple(
        (finding, golden)
        for finding in findings
        for golden in case.goldens
        if golden.text and _near_any(finding, golden) and not _named_any(finding, golden)
    )


def assign(wanted: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """A largest matching between goldens and findings, by augmenting paths (Kuhn's algorithm).

    What counts is how many are matched; among equals each golden keeps the finding it likes best if that costs no
    other golden its own. Cases have a dozen of both, so cubic time is none.

    Args:
        wanted: For each golden the findings that tell it, the best first.

    Returns:
        For each matched golden its finding.

    Example:
        >>> assign({0: [7, 8], 1: [7]})
        {1: 7, 0: 8}
    """
    owner: dict[int, int] = {}

    def place(golden: int, seen: set[int]) -> bool:
        for finding in wanted[golden]:
            if finding in seen:
                continue
            seen.add(finding)
            if finding not in owner or place(owner[finding], seen):
                owner[finding] = golden
                return True
        return False

    for golden in wanted:
        place(golden, set())
    return {golden: finding for finding, golden in owner.items()}


def near(finding: Finding, spot: Spot) -> bool:
    """Whether a finding stands where a fault is, give or take a few lines.

    A removed and an added line of one change have different numbers, so the side counts; what is about the file as a
    whole stands nowhere near anything.
    """
    place = finding.location
    return (
        place is not None
        and place.path == spot.path
        and place.side is spot.side
        and place.start_line <= spot.end_line + spot.reach
        and place.end_line >= spot.start_line - spot.reach
    )


def named(finding: Finding, spot: Spot) -> bool:
    """Whether a finding is told under the rule that a spot names, or under one for the same weakness (CWE)."""
    if spot.rule is None:
        return False
    if finding.rule == spot.rule and (spot.reviewer is None or spot.reviewer in finding.reviewers):
        return True
    weakness = _CWE.get((spot.reviewer or "", spot.rule))
    return weakness is not None and weakness in (finding.cwe, _CWE.get((finding.reviewer, finding.rule)))


def _same(finding: Finding, golden: Golden, judged: Judged) -> By | None:
    if not _near_any(finding, golden):
        return None
    if _named_any(finding, golden):
        return By.RULE
    verdict = judged(finding, golden) if golden.text else None
    if verdict is not None:
        return By.JUDGES if verdict else None
    if golden.kinds:
        return None
    wordless = any(
        near(finding, spot) and spot.rule is None and (spot.reviewer is None or spot.reviewer in finding.reviewers)
        for spot in golden.spots
    )
    return By.PLACE if wordless else None


def _alarming(case: Case, finding: Finding) -> bool:
    """Whether a finding that is no hit is a false alarm.

    Where others' labels are the measure, a second finding at a label is another name for it and not a false alarm.
    """
    if not case.complete or not case.kinds:
        return case.complete
    again = any(_near_any(finding, golden) and _named_any(finding, golden) for golden in case.goldens)
    return not again and not _kinds(finding).isdisjoint(case.kinds)


def _kinds(finding: Finding) -> frozenset[str]:
    """Names that other tools have for what a finding tells."""
    return frozenset(kind for fact in finding.evidence for kind in kinds_of(fact)) | kinds_of_weakness(finding.cwe)


def _near_any(finding: Finding, golden: Golden) -> bool:
    return any(near(finding, spot) for spot in golden.spots)


def _named_any(finding: Finding, golden: Golden) -> bool:
    if golden.kinds:
        return not _kinds(finding).isdisjoint(golden.kinds)
    return any(near(finding, spot) and named(finding, spot) for spot in golden.spots)


def _best_first(found: Mapping[int, By], findings: Sequence[Finding]) -> list[int]:
    order = list(By)
    return sorted(found, key=lambda index: (order.index(found[index]), -findings[index].confidence, index))
