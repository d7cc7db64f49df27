"""All that a run has to say: findings told and untold, what was not answered, what was not looked at, what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from llm_runtime.messages import Call, Usage
from reviewers.findings import DroppedFact, Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A finding that is not told because too little speaks for it; kept, so that nothing disappears.

    Attributes:
        finding: All of it.
        reason: What it lacks, in one line for people.
    """

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The part of a run that some calls were made for.

    Attributes:
        name: ``review``, ``verification`` or ``debate``.
        calls: Every exchange with a model.
    """

    name: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """A finding that is not told because a person has decided about it; kept, so that nothing disappears.

    Attributes:
        finding: All of it.
        how: Where that was said: the path of the file of learnings, or ``pragma``.
        by: Who said it, or the empty string where that is not written down.
        reason: Why, in that person's words.
    """

    finding: Finding
    how: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A question that got no answer.

    Attributes:
        reviewer: The reviewer, or the evidence source, that has nothing to say about it.
        path: The files it was about, joined by ``, ``; empty for all.
        reason: Why, in one line for people.
    """

    reviewer: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Changed lines that nobody reviewed.

    Attributes:
        path: The file.
        reason: Why, in a few words: ``lock file``.
        lines: How many changed lines that are; 0 for binaries and pure renames.
    """

    path: str
    reason: str
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was looked at and what was not: ``changed_lines`` is ``reviewed_lines`` plus the lines of ``skipped``."""

    changed_lines: int
    reviewed_lines: int
    skipped: tuple[Skipped, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether lines were changed and none of them was looked at."""
        return bool(self.changed_lines) and not self.reviewed_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which change a review is about.

    Attributes:
        kind: ``git``, ``diff`` or ``pull_request``.
        name: For people: ``feature → main``, ``change.diff``, ``octo/app#7``.
        base: Commit the change starts from, or the empty string.
        head: Commit the change ends at, or the empty string (uncommitted work, a bare diff).
        title: The pull request's title, or the empty string.
        url: Where people can look at it, or the empty string.
    """

    kind: str
    name: str
    base: str = ""
    head: str = ""
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All that a run has to say.

    Attributes:
        target: What was reviewed.
        findings: Each remark once, the worst first.
        coverage: What was looked at.
        gaps: What got no answer.
        dropped: Tool reports that reviewers hold to be false alarms.
        calls: Every exchange with a model.
        reviewers: Names of the reviewers that were asked to look, in order.
        models_asked: False where only evidence sources looked.
        note: One line for people on how the review came about (no model was asked, and why), or the empty string.
        fixed: Findings of earlier runs whose code is gone, or that their reviewer holds to be cured.
        unchanged: How many hunks were not asked about again, because they were answered in an earlier run.
        silenced: Findings that a person does not want to be told.
        refuted: Findings that a second look refuted, with its reason; the worst first.
        below_threshold: Findings of which the review is not sure enough to tell them, the worst first.
        stages: The same calls by what they were made for, in order.
    """

    target: Target
    findings: tuple[Finding, ...] = ()
    coverage: Coverage
    gaps: tuple[Gap, ...] = ()
    dropped: tuple[DroppedFact, ...] = ()
    calls: tuple[Call, ...] = field(default=())
    reviewers: tuple[str, ...] = ()
    models_asked: bool = True
    note: str = ""
    fixed: tuple[Finding, ...] = ()
    unchanged: int = 0
    silenced: tuple[Silenced, ...] = ()
    refuted: tuple[Finding, ...] = ()
    below_threshold: tuple[Untold, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def usage(self) -> Usage:
        """Tokens of all calls."""
        return sum((call.usage for call in self.calls if call.usage is not None), Usage())

    @property
    def cost_usd(self) -> Decimal | None:
        """Dollars of all calls, or None where an answered or billed call has no known price."""
        return total_cost(self.calls)

    @property
    def worst(self) -> Severity | None:
        """The worst severity found, or None."""
        return max((finding.severity for finding in self.findings), default=None)


UNACCOUNTED = frozenset({"TimedOut", "ConnectionFailed", "ServerFailed", "Interrupted"})
"""Errors after which a provider may have worked, and billed, without our learning of it.

A server that failed may have answered what nobody can read; where it certainly has not, the call has a cost: zero.
"""


def total_cost(calls: tuple[Call, ...]) -> Decimal | None:
    """Dollars of these calls; None where one was or may have been billed at a price that is not known.

    A call that failed otherwise without usage cost nothing: it was refused.
    """
    costs = [call.cost_usd for call in calls if call.usage is not None or call.error in UNACCOUNTED]
    if any(cost is None for cost in costs):
        return None
    return sum((cost for cost in costs if cost is not None), Decimal(0))
