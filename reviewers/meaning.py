"""What a tool's rule means to us."""

from __future__ import annotations

from dataclasses import dataclass

from reviewers.findings import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one rule of a tool means to us.

    Attributes:
        reviewer: The reviewer it concerns.
        rule: That reviewer's rule.
        cwe: The weakness, for security rules.
        severity: How bad it is.
        confidence: How often it is right, 0–1.
    """

    reviewer: str
    rule: str
    cwe: str | None
    severity: Severity
    confidence: float
