"""Pragmas: ``# quartet: ignore[rule] reason`` on a line of code, or alone on the line above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviewers.diff import Diff, Side
from reviewers.findings import Finding

MOST_ABOVE = 3
"""Lines above the code on which pragmas may stand alone, one under the other."""

_PRAGMA = re.compile(
    r"(?:\#|//|/\*|--|<!--|;|%)\s*quartet:\s*ignore\[(?P<rules>[^\]]{1,200})\]\s*[:—–-]?\s*(?P<reason>[^\r\n]{0,500})",
    re.IGNORECASE,
)
_END_OF_COMMENT = re.compile(r"\s*(?:\*/|-->)\s*$")


@dataclass(frozen=True, slots=True)
class Pragma:
    """What a line of code says of the findings on it.

    Attributes:
        rules: What it waives: ``rule``, ``reviewer/rule`` or ``reviewer``, or a finding's id.
        reason: Why; a pragma without a reason waives nothing.
        alone: Whether nothing but it stands on its line, so that it is about the line below.
        added: Whether the change under review brings it.
    """

    rules: frozenset[str]
    reason: str
    alone: bool
    added: bool

    def speaks_of(self, finding: Finding) -> bool:
        """Whether it names this finding."""
        named = {finding.rule, f"{finding.reviewer}/{finding.rule}", finding.reviewer, finding.fingerprint}
        return bool(self.reason) and not self.rules.isdisjoint(named | set(finding.aliases))


def pragma_on(line: str, *, added: bool = False) -> Pragma | None:
    """What a line says, or None.

    >>> pragma_on("x = eval(y)  # quartet: ignore[injection] y is one of three constants").rules
    frozenset({'injection'})
    """
    found = _PRAGMA.search(line)
    if found is None:
        return None
    rules = frozenset(rule.strip().lower() for rule in found["rules"].split(",") if rule.strip())
    reason = _END_OF_COMMENT.sub("", found["reason"]).strip()
    return Pragma(rules, reason, alone=not line[: found.start()].strip(), added=added)


def pragma_for(finding: Finding, diff: Diff, contents: Mapping[str, str]) -> Pragma | None:
    """The pragma that waives a finding, or None.

    Args:
        finding: It has to stand on the new side of the change.
        diff: The change, which tells the lines that it adds, and all that is known of a file without a whole text.
        contents: Whole texts at the head.
    """
    if finding.location is None or finding.location.side is not Side.RIGHT:
        return None
    pragmas = _pragmas(finding.path, finding.location.start_line, finding.location.end_line, diff, contents)
    return next((pragma for pragma in pragmas if pragma.speaks_of(finding)), None)


def _pragmas(path: str, start: int, end: int, diff: Diff, contents: Mapping[str, str]) -> Iterator[Pragma]:
    shown = {line.new: line for file in diff.of(path) for line in file.lines if line.new is not None}
    whole = contents[path].split("\n") if path in contents else []

    def on(number: int) -> Pragma | None:
        if line := shown.get(number):
            return pragma_on(line.text, added=line.added)
        return pragma_on(whole[number - 1]) if 0 < number <= len(whole) else None

    for number in range(start, end + 1):
        if pragma := on(number):
            yield pragma
    for number in range(start - 1, start - 1 - MOST_ABOVE, -1):
        pragma = on(number)
        if pragma is None or not pragma.alone:
            return
        yield pragma
