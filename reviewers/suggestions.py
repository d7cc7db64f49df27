"""A suggestion is proved before it is offered: applied in memory, the file must differ, parse, and repeat nothing.

What does not hold becomes prose: the message shows the code, and nobody can commit it with a click.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from reviewers.diff import Side
from reviewers.findings import Finding, Location
from reviewers.firewall.unveiling import veiled
from reviewers.indentation import indented
from reviewers.parsing import broken
from reviewers.quotes import collapsed, says_something
from reviewers.report.visibility import has_hidden

MOST_LINES = 40
"""A longer suggestion is a rewrite, which nobody reads in a comment."""


_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)


def proved(finding: Finding, contents: Mapping[str, str], *, whole: bool = True) -> Finding:
    """The finding with its suggestion, repaired, if that holds; else with the suggestion as prose.

    It holds when it replaces lines on the right side of a file whose whole text is known, changes more than white
    space, and leaves a file that parses no worse than before, without a line that stands twice beside itself. Its
    indentation is that of what it replaces, and a neighbouring line that it repeats is taken out of it.

    Args:
        finding: With the suggestion as a model wrote it, or without.
        contents: New files by path.
        whole: Whether the finding stands on just the lines that the suggestion is for.

    Example:
        >>> from reviewers.findings import Severity
        >>> finding = Finding(
        ...     reviewer="bugs", rule="wrong-comparison", severity=Severity.HIGH, confidence=0.9, path="a.py",
        ...     location=Location(path="a.py", start_line=2, end_line=2), anchor="    return x == None",
        ...     title="Compared with None", message="Ask `is None`.", suggestion="return x is None",
        ... )
        >>> contents = {"a.py": "def f(x):\\n    return x == None\\n"}
        >>> proved(finding, contents).suggestion
        '    return x is None'
        >>> proved(replace(finding, suggestion="return x is ("), contents).suggestion is None
        True
    """
    if finding.suggestion is None:
        return finding
    lines = finding.suggestion.replace("\r\n", "\n").strip("\n").split("\n")
    if _hides(finding) or len(lines) > MOST_LINES or _says_nothing(lines, finding.anchor):
        return replace(finding, suggestion=None)
    at, before = finding.location, contents.get(finding.path)
    if at is None or at.side is Side.LEFT or not whole or before is None or _leads_away(finding):
        return as_prose(finding)
    for way in _ways(lines, before.split("\n"), at):
        if not broken(finding.path, before, applied(before, at, "\n".join(way))):
            # What repeats its neighbours may be, without them, just what stands there.
            return replace(finding, suggestion=None if _says_nothing(way, finding.anchor) else "\n".join(way))
    return as_prose(finding)


def applied(text: str, at: Location, suggestion: str) -> str:
    """The text of a file with the suggestion in the place of the lines it is for."""
    lines = text.split("\n")
    ending = "\r" if lines[at.start_line - 1 : at.end_line][-1:] and lines[at.end_line - 1].endswith("\r") else ""
    lines[at.start_line - 1 : at.end_line] = [line + ending for line in suggestion.split("\n")]
    return "\n".join(lines)


def as_prose(finding: Finding) -> Finding:
    """The finding with its suggestion as a part of the message."""
    if finding.suggestion is None:
        return finding
    code = textwrap.dedent(finding.suggestion.replace("\r\n", "\n").strip("\n"))
    fence = "```"
    while fence in code:
        fence += "`"
    language = PurePosixPath(finding.path).suffix.lstrip(".")
    message = f"{finding.message}\n\nFor example:\n\n{fence}{language}\n{code}\n{fence}"
    return replace(finding, suggestion=None, message=message)


def _hides(finding: Finding) -> bool:
    """Whether the suggestion holds what nobody sees, or a mask: neither may get into anybody's code."""
    suggestion = finding.suggestion or ""
    return has_hidden(suggestion) or (veiled(suggestion) and suggestion not in finding.anchor)


def _leads_away(finding: Finding) -> bool:
    """Whether the suggestion brings the address of a host that is not in the lines it replaces.

    Nobody is to commit that with a click; the rest of the file counts for nothing, as the change may have written it.
    """
    hosts = {host.lower() for host in _HOST.findall(finding.suggestion or "")}
    return bool(hosts - {host.lower() for host in _HOST.findall(finding.anchor)})


def _says_nothing(lines: Sequence[str], anchor: str) -> bool:
    return "\n".join(lines).split() == anchor.split()


def _ways(lines: Sequence[str], text: Sequence[str], at: Location) -> Iterator[tuple[str, ...]]:
    """The suggestion indented, without the neighbours that it repeats."""
    replaced = text[at.start_line - 1 : at.end_line]
    for way in indented(lines, replaced, text):
        yield from _trimmed(way, replaced, text[: at.start_line - 1], text[at.end_line :])


def _trimmed(
    way: Sequence[str], replaced: Sequence[str], above: Sequence[str], below: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """The ways to write it without repeating a neighbour; with a bracket that may be one, also as it is."""
    top = _overlap(above, way, replaced[:1])
    bottom = _overlap([*reversed(below)], [*reversed(way)], replaced[-1:])
    kept = tuple(way[top : len(way) - bottom])
    certain = any(says_something(line) for line in (*way[:top], *way[len(way) - bottom :]))
    if not certain:
        yield tuple(way)
    if kept and (top or bottom):
        yield kept


def _overlap(before: Sequence[str], lines: Sequence[str], replaced: Sequence[str]) -> int:
    """How many first lines are the last ones before them; none where the code repeats them already."""
    for size in range(min(len(before), len(lines) - 1, 8), 0, -1):
        mine = [collapsed(line) for line in lines[:size]]
        if mine == [collapsed(line) for line in before[-size:]] and any(mine):
            again = size == 1 and [collapsed(line) for line in replaced] == mine
            return 0 if again else size
    return 0
