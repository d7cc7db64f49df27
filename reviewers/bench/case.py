"""A case of a suite as a value: a change, and what a review of it should say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewers.diff import Side

if TYPE_CHECKING:
    from reviewers.findings import Severity
    from reviewers.snapshot import PullRequestSnapshot

NEAR_LINES = 3
"""How far from a golden's lines a finding may stand: people and models choose different lines of one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place at which a fault may rightly be told, and the name under which.

    Attributes:
        path: The file.
        start_line: First line on that side, from 1.
        end_line: Last line.
        side: Of the diff.
        reviewer: Who should tell it, or None where it does not matter.
        rule: Under which of that reviewer's rules, or None where the words decide.
        reach: How many lines from it a finding may stand.
    """

    path: str
    start_line: int
    end_line: int
    side: Side = Side.RIGHT
    reviewer: str | None = None
    rule: str | None = None
    reach: int = NEAR_LINES


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """A fault that a review should tell, once.

    Attributes:
        spots: Where and under which name; the first is the best, any of them is right.
        text: The fault in words, or the empty string.
        severity: How bad it is, or None where nobody said.
        kinds: Other tools' names of such a fault (``reviewers.bench.labelled``); a finding of one of them tells it.
    """

    spots: tuple[Spot, ...]
    text: str = ""
    severity: Severity | None = None
    kinds: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """For tables: ``security/injection``, ``security``, or ``in words``."""
        best = self.spots[0]
        return "/".join(part for part in (best.reviewer, best.rule) if part) or "in words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A change whose faults are known.

    Attributes:
        id: Unique in its suite.
        languages: Those it is written in, as ``reviewers.syntax.languages`` names them.
        perspective: The reviewer it is meant for, or the empty string.
        snapshot: The change.
        goldens: Its faults; none for a clean case.
        temptation: Why somebody might flag a clean case, or the empty string.
        complete: Whether these are all faults of the change, so that any other finding is a false alarm; else other
            findings count for nothing.
        kinds: Where faults are known of some kinds only, other tools' names of these: any other finding of one of
            them is a false alarm if the list is complete, and all others count for nothing. Empty for all kinds.
    """

    id: str
    languages: tuple[str, ...]
    snapshot: PullRequestSnapshot
    goldens: tuple[Golden, ...] = ()
    perspective: str = ""
    temptation: str = ""
    complete: bool = True
    kinds: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether a review should say nothing."""
        return not self.goldens and self.complete
