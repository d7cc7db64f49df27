"""What a review says: findings and where they stand, what was not answered, what was not looked at."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum

from llm_runtime.messages import Call, Usage
from reviewers.diff import Side
from reviewers.verification.values import Dissent, Verification, Vote


class Severity(IntEnum):
    """How bad it is; a larger number is worse."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The word used in every surface: ``critical``, ``high``, ``medium``, ``low``."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> Severity:
        """The severity of that word.

        Raises:
            KeyError: There is no such word.
        """
        return cls[label.upper()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Lines within one hunk of a diff, on one side."""

    path: str
    start_line: int
    end_line: int
    side: Side = Side.RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something a tool computed from the code, under the tool's own rule id.

    Attributes:
        source: The tool: ``ruff``.
        code: The tool's rule: ``S608``.
        path: The file, at the head of the change.
        start_line: First line in the new file.
        end_line: Last line in the new file.
        message: What the tool says; never the secret itself.
        reviewer: The reviewer it concerns.
        rule: That reviewer's rule it maps to.
        severity: How bad the tool's rule is on our scale.
        confidence: How often the tool's rule is right, 0–1.
        url: The tool's page on the rule, or the empty string.
        cwe: The weakness, where the tool's rule is more exact than the reviewer's; else None.
    """

    source: str
    code: str
    path: str
    start_line: int
    end_line: int
    message: str
    reviewer: str
    rule: str
    severity: Severity
    confidence: float
    url: str = ""
    cwe: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedFact:
    """A tool's report that a reviewer holds to be a false alarm; kept, so that nothing disappears without a trace.

    Attributes:
        fact: The report.
        reviewer: Who dropped it.
        reason: Why, in the reviewer's words.
        model: The model that answered for it, as ``provider/name``, or the empty string.
    """

    fact: Fact
    reviewer: str
    reason: str
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A remark on the change.

    Attributes:
        reviewer: Name of the reviewer that made it; the first of ``reviewers``.
        rule: One of that reviewer's rules.
        cwe: The weakness, for security rules; else None.
        severity: How bad it is.
        confidence: How sure the review is of it, 0–1: what its author said, until it is calibrated.
        path: The file it is about, or the empty string where it is about the change as a whole.
        location: Its place on the diff, or None where it could not be placed.
        anchor: The code it stands on, as quoted from the diff (or by the model, where it was not found there).
        title: The fault in a few words.
        message: What happens, when, and what to do.
        suggestion: Text that replaces exactly the lines of ``location`` on the right side, or None.
        evidence: What tools say of the same fault.
        models: The models that found it; empty where tools alone did.
        also: Other reviewers that made the same remark.
        aliases: Fingerprints of the remarks that were merged into this one.
        occurrence: 0, or n for the n-th other place with the same reviewer, rule, path and code.
        stated: How sure its author said it was; None until it is calibrated.
        votes: Who reported it, as bad as what; empty where tools alone did.
        verification: What a second look said; None where none was due.
        dissent: Views against what was decided in the end.
    """

    reviewer: str
    rule: str
    cwe: str | None = None
    severity: Severity
    confidence: float
    path: str
    location: Location | None = None
    anchor: str = ""
    title: str
    message: str
    suggestion: str | None = None
    evidence: tuple[Fact, ...] = ()
    models: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    occurrence: int = 0
    stated: float | None = None
    votes: tuple[Vote, ...] = ()
    verification: Verification | None = None
    dissent: tuple[Dissent, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Identity across runs: 16 hex digits of reviewer, rule, path and the code it stands on.

        Wording, severity and line numbers are left out, and white space does not count, so that the identity
        survives a rebase and a reformatted line (design §1.3).

        Example:
            >>> same = {"reviewer": "bugs", "rule": "off-by-one", "path": "a.py", "confidence": 0.5, "message": ""}
            >>> one = Finding(**same, severity=Severity.LOW, title="Too far", anchor="for i in range(n + 1):")
            >>> other = Finding(**same, severity=Severity.HIGH, title="Once more", anchor="  for i in range(n  + 1):")
            >>> one.fingerprint == other.fingerprint
            True
        """
        code = " ".join(self.anchor.split())
        parts = [self.reviewer, self.rule, self.path, code]
        if self.occurrence:
            parts.append(str(self.occurrence))
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Everybody who made this remark, its author first."""
        return (self.reviewer, *self.also)


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
