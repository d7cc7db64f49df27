"""Learnings: what people decided about findings, kept in the repository beside the code; values without I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reviewers.findings import Finding
from reviewers.selection import path_filter

LEARNINGS_PATH = ".quartet/learnings.yml"
"""Where they are kept; of a change under review, the base branch's count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """One decision, about a finding or about a rule.

    Attributes:
        kind: ``dismissed`` (it was wrong, or is not wanted) or ``accepted`` (it was right, and has been dealt with).
        reason: Why, in a person's words.
        finding: The finding's id (its fingerprint), or the empty string where a rule is meant.
        rule: ``reviewer/rule``, or the empty string where a finding is meant.
        paths: Globs as in ``.gitignore``; it holds only there. Empty for everywhere.
        by: Who decided, or the empty string.
        expires: The first day on which it does not hold any more, or None.
        about: What the finding was, as ``reviewer/rule``, or the empty string.
        model: What made it (``provider/name``, or a tool's name), or the empty string.
    """

    kind: Literal["dismissed", "accepted"] = "dismissed"
    reason: str
    finding: str = ""
    rule: str = ""
    paths: tuple[str, ...] = ()
    by: str = ""
    expires: date | None = None
    about: str = ""
    model: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it has not expired.

        >>> Learning(reason="known", rule="bugs/logic-error", expires=date(2027, 1, 1)).holds_on(date(2027, 1, 1))
        False
        """
        return self.expires is None or day < self.expires

    def speaks_of(self, finding: Finding) -> bool:
        """Whether the decision is about this finding: by its id or an alias, or by its rule and path."""
        if self.finding and self.finding not in {finding.fingerprint, *finding.aliases}:
            return False
        if self.rule and self.rule != f"{finding.reviewer}/{finding.rule}":
            return False
        return not self.paths or path_filter(self.paths).matches(finding.path)


def decisive(finding: Finding, learnings: Iterable[Learning], day: date) -> Learning | None:
    """The learning that silences a finding on that day; the last one where several speak of it, or None."""
    return next(
        (each for each in reversed(tuple(learnings)) if each.holds_on(day) and each.speaks_of(finding)),
        None,
    )
