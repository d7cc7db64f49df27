"""A remark on a change: how bad it is, where it stands, what tools and models say of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum

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
