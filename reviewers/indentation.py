"""Replacement lines as a model wrote them and the lines that they replace go in; the ways to indent them come out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_DEFAULT_WIDTH = 4


def indented(suggestion: Sequence[str], replaced: Sequence[str], file: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The suggestion indented like the code around it, the likeliest way first, each once.

    Models leave the indentation out, leave out that of the first line only, count it from another column, or write
    spaces where the file has tabs.

    Args:
        suggestion: Lines, of which the first is not blank.
        replaced: The lines in whose place they stand.
        file: All lines of the file, as far as they are known.
    """
    lines = _in_unit(suggestion, [*replaced, *file])
    margin = next((_margin(line) for line in replaced if line.strip()), "")
    seen: set[tuple[str, ...]] = set()
    for way in _ways(lines, margin):
        if way not in seen:
            seen.add(way)
            yield way


def _ways(lines: Sequence[str], margin: str) -> Iterator[tuple[str, ...]]:
    first, rest = _margin(lines[0]), [_margin(line) for line in lines[1:] if line.strip()]
    from_column = not first and bool(margin) and bool(rest) and all(each.startswith(margin) for each in rest)
    only_first = (margin + lines[0].lstrip(), *lines[1:])
    if from_column:
        yield only_first
    yield _moved(lines, first, margin)
    yield tuple(lines)
    yield only_first


def _moved(lines: Sequence[str], first: str, margin: str) -> tuple[str, ...]:
    """All lines moved so that the first has the margin; one that stands further left than the first keeps to it."""
    return tuple(
        "" if not line.strip() else margin + line.removeprefix(first) if line.startswith(first) else line
        for line in lines
    )


def _in_unit(lines: Sequence[str], around: Sequence[str]) -> list[str]:
    """The lines indented by tabs or by spaces, whichever the code around them uses."""
    indents = [_margin(line) for line in around if _margin(line) and line.strip()]
    tabs = sum(indent.startswith("\t") for indent in indents)
    own = [_margin(line) for line in lines if line.strip()]
    if tabs * 2 > len(indents) and any(indent.startswith(" ") for indent in own):
        width = min((len(indent) for indent in own if indent.startswith("  ")), default=_DEFAULT_WIDTH)
        return [_replaced(line, " " * min(width, 8), "\t") for line in lines]
    if indents and not tabs and any(indent.startswith("\t") for indent in own):
        width = min((len(indent) for indent in indents if len(indent) > 1), default=_DEFAULT_WIDTH)
        return [_replaced(line, "\t", " " * min(width, 8)) for line in lines]
    return list(lines)


def _replaced(line: str, unit: str, other: str) -> str:
    margin = _margin(line)
    return margin.replace(unit, other) + line[len(margin) :]


def _margin(line: str) -> str:
    found = re.match(r"[ \t]*", line)
    return found[0] if found else ""
