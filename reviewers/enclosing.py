"""The code around a hunk that tells what it is in: the head of the function or class, found by indentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_ENCLOSING_LINES = 40
"""Of one hunk. A longer way to the definition is shown as the definition's line and the lines just above the hunk."""

MAX_HEAD_CHARACTERS = 300
"""Of a line that is looked at as a definition; bounds the regular expressions on hostile input."""

_DEFINITION = re.compile(
    r"^\s*(?:@|(?:export|default|public|private|protected|internal|static|final|abstract|async|pub(?:\([a-z]+\))?|unsafe"
    r"|override|virtual|inline|const|partial|sealed|open|suspend)\s+)*"
    r"(?:def|class|function|func|fn|fun|interface|struct|impl|trait|enum|module|namespace|sub|proc|type)\b"
)
_METHOD = re.compile(r"^\s+[\w<>\[\],.*&?\s]+\([^;]*\)\s*(?:const\s*)?(?:throws\s+[\w.,\s]+)?\{\s*$")
_CONTROL = re.compile(r"^\s*(?:if|for|while|switch|catch|else|elif|try|do|with|return|match|case|when|using|lock)\b")


@dataclass(frozen=True, slots=True)
class Outline:
    """A file's lines and how they are indented.

    Attributes:
        lines: Its lines, without line feeds.
        indents: Width of each line's indentation; -1 for an empty line.
        outer: For each line the number, from 1, of the nearest line before it with less indentation; 0 for none.
    """

    lines: tuple[str, ...]
    indents: tuple[int, ...]
    outer: tuple[int, ...]


@lru_cache(maxsize=8)
def outline(text: str) -> Outline:
    """The outline of a text, made in one pass and kept, as a file is looked at once for each of its hunks."""
    lines = tuple(text.split("\n"))
    indents = tuple(_indentation(line) if line.strip() else -1 for line in lines)
    outer: list[int] = []
    open_lines: list[int] = []
    for number, indent in enumerate(indents, start=1):
        while indent >= 0 and open_lines and indents[open_lines[-1] - 1] >= indent:
            open_lines.pop()
        outer.append(open_lines[-1] if open_lines else 0)
        if indent >= 0:
            open_lines.append(number)
    return Outline(lines, indents, tuple(outer))


def enclosing_lines(file: Outline, start: int) -> tuple[int, ...]:
    """Numbers (from 1) of lines above ``start`` that show which definitions the line ``start`` stands in.

    Walks upwards over ever smaller indentation until it meets a definition without indentation. The nearest
    definition is shown with all lines between it and ``start`` when these are few, else by its own line and the last
    lines before ``start``; outer definitions are shown by their own line.

    Args:
        file: The new file.
        start: First line of the hunk in the new file, from 1.

    Returns:
        Line numbers in ascending order, none of them at or after ``start``, at most ``MAX_ENCLOSING_LINES``.
    """
    heads = _definitions_above(file, start)
    if not heads:
        return ()
    nearest, outer = heads[0], heads[1:]
    between = range(nearest, start)
    if len(between) + len(outer) > MAX_ENCLOSING_LINES:
        between = range(start - MAX_ENCLOSING_LINES // 2, start)
        outer = heads
    shown = sorted({*outer[:8], *between})
    return tuple(number for number in shown if 0 < number < start)


def _definitions_above(file: Outline, start: int) -> list[int]:
    """Numbers of the definitions around ``start``, the innermost first."""
    depth = _first_indentation(file, start)
    number = min(start - 1, len(file.lines))
    while number > 0 and not 0 <= file.indents[number - 1] < depth:
        # Between a line and its outer one, nothing has less indentation than the line.
        number = file.outer[number - 1] if file.indents[number - 1] >= 0 else number - 1
    heads: list[int] = []
    while number > 0:
        if _defines(file.lines[number - 1][:MAX_HEAD_CHARACTERS]):
            heads.append(number)
        number = file.outer[number - 1]
    return heads


def _defines(text: str) -> bool:
    return bool(_DEFINITION.match(text) or _METHOD.match(text)) and not _CONTROL.match(text)


def _first_indentation(file: Outline, start: int) -> int:
    for text, indent in zip(file.lines[start - 1 : start + 20], file.indents[start - 1 : start + 20], strict=True):
        if indent >= 0 and text.strip()[0] not in "})]":
            return indent
    return 0


def _indentation(text: str) -> int:
    head = text[: len(text) - len(text.lstrip())]
    return len(head.expandtabs(4))
