"""What was answered before goes in; what is left to ask comes out, decided by the content of each hunk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewers.adjudication import cured_by, dropped_by, remarks_of, undecided
from reviewers.diff import Diff
from reviewers.fact_findings import as_findings
from reviewers.findings import Fact
from reviewers.house_rules import NO_HOUSE_RULES, HouseRules
from reviewers.hunk_identity import digest, hunk_ids
from reviewers.prompts import EARLIER_LOOK

if TYPE_CHECKING:
    from reviewers.findings import Finding
    from reviewers.panel import Outcome
    from reviewers.reviewer import Reviewer
    from reviewers.snapshot import PullRequestSnapshot

__all__ = [
    "NOTHING_REVIEWED",
    "Memory",
    "Reviewed",
    "findings_of",
    "hunk_ids",
    "hunks_of",
    "reviewer_key",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What earlier runs on a pull request have paid for.

    Attributes:
        by: For each reviewer's key (``reviewer_key``) what it has answered (``hunks_of``).
        findings: What was found then, as ``findings_of`` made it, told or not, the oldest first.
    """

    by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


NOTHING_REVIEWED = Reviewed()
"""A first look, or one that is to ask everything again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A finding of an earlier run whose code is still in the change.

    Attributes:
        finding: At its place on the present diff; without one where it never had one, or it is not known any more.
        hunk: Identity of the hunk that it stands on now, or the empty string.
    """

    finding: Finding
    hunk: str = ""

    @property
    def settled(self) -> str:
        """What its reviewer remembers when it has said of this hunk whether the finding still holds."""
        return f"settled:{self.finding.fingerprint}:{self.hunk}"

    @property
    def report(self) -> Fact:
        """As it is shown to its reviewer beside the tools' reports, to be confirmed or dropped like one of them."""
        finding = self.finding
        at = finding.location
        return Fact(
            source=EARLIER_LOOK,
            code=finding.rule,
            path=finding.path,
            start_line=at.start_line if at else 0,
            end_line=at.end_line if at else 0,
            message=" ".join(f"{finding.title}. {finding.message}".split()),
            reviewer=finding.reviewer,
            rule=finding.rule,
            severity=finding.severity,
            confidence=finding.confidence,
        )


class Memory:
    """What one reviewer has answered.

    Example:
        >>> Memory(["4f/0-2"]).left("4f", 5)
        ((2, 5),)
    """

    def __init__(self, ids: Iterable[str]) -> None:
        """Read what ``hunks_of`` made of its answers."""
        self._ids = frozenset(ids)
        self._parts: dict[str, list[tuple[int, int]]] = {}
        for each in self._ids:
            hunk, slash, places = each.partition("/")
            start, _, end = places.partition("-")
            if slash and start.isdecimal() and end.isdecimal():
                self._parts.setdefault(hunk, []).append((int(start), int(end)))

    def __contains__(self, id: object) -> bool:  # noqa: A002 - an identity is what it takes
        """Whether this very identity is in it."""
        return id in self._ids

    def left(self, hunk: str, lines: int) -> tuple[tuple[int, int], ...]:
        """Runs of a hunk's lines, as places from and to, that were not answered.

        Args:
            hunk: The hunk's identity.
            lines: How many lines it has.
        """
        if hunk in self._ids:
            return ()
        runs, place = [], 0
        for start, end in sorted(self._parts.get(hunk, ())):
            if start > place:
                runs.append((place, min(start, lines)))
            place = max(place, end)
        return (*runs, (place, lines)) if place < lines else tuple(runs)


def reviewer_key(reviewer: Reviewer, house_rules: HouseRules = NO_HOUSE_RULES) -> str:
    """Name and digest of all that tells a reviewer what to look for, so that a changed one looks again.

    Severity floors are left out: they decide what is told, not what is asked.

    Args:
        reviewer: Who looks.
        house_rules: What the repository asks of every reviewer.
    """
    asked = [
        [reviewer.title, reviewer.mission, reviewer.instructions, reviewer.own],
        [[rule.name, rule.summary] for rule in reviewer.rules],
        house_rules.language,
        [[rule.paths, rule.instructions] for rule in house_rules.paths if rule.instructions],
    ]
    return f"{reviewer.name}:{digest(json.dumps(asked))[:16]}"


def hunks_of(outcome: Outcome) -> frozenset[str]:
    """What a task's answer has settled, to be kept under its reviewer's key; nothing where there is no answer.

    Beside hunks and parts of hunks these are the tool reports that it confirmed or dropped, and the earlier findings
    that it confirmed or holds to be cured, so that none of them comes back.
    """
    answered, task = outcome.answered, outcome.task
    if answered is None:
        return frozenset()
    said = remarks_of(answered, Diff(task.chunk.files), {})
    open_facts = undecided(task.facts.values(), dropped_by((answered,)), said)
    decided = (task.fact_ids[name] for name, fact in task.facts.items() if fact not in open_facts)
    told_again = {identity for finding in said for identity in (finding.fingerprint, *finding.aliases)}
    again = (each.settled for each in task.earlier.values() if each.finding.fingerprint in told_again)
    cured = (each.settled for each in cured_by(answered))
    return frozenset((*(span.id for span in task.chunk.spans), *decided, *again, *cured))


def findings_of(outcome: Outcome, snapshot: PullRequestSnapshot) -> tuple[Finding, ...]:
    """What a task's answer found: its remarks, and the tool reports shown with it that it did not decide.

    Args:
        outcome: The task and its answer; without one, nothing was found.
        snapshot: The change, on which the findings are placed.
    """
    if outcome.answered is None:
        return ()
    said = remarks_of(outcome.answered, snapshot.diff, snapshot.contents)
    left = undecided(outcome.task.facts.values(), dropped_by((outcome.answered,)), said)
    return (*said, *as_findings(left, snapshot.diff))
