"""The code around a hunk that tells what it is in: the head of the function or class, found by indentation."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def enclosing_lines(lines: Sequence[str], start: int) -> tuple[int, ...]:
    """Numbers (from 1) of lines above ``start`` that show which definitions the line ``start`` stands in.

    Walks upwards over ever smaller indentation until it meets a definition without indentation. The nearest
    definition is shown with all lines between it and ``start`` when these are few, else by its own line and the last
    lines before ``start``; outer definitions are shown by their own line.

    Args:
        lines: The new file.
        start: First line of the hunk in the new file, from 1.

    Returns:
        Line numbers in ascending order, none of them at or after ``start``, at most ``MAX_ENCLOSING_LINES``.
    """
    heads = _definitions_above(lines, start)
    if not heads:
        return ()
    nearest, outer = heads[0], heads[1:]
    between = range(nearest, start)
    if len(between) + len(outer) > MAX_ENCLOSING_LINES:
        between = range(start - MAX_ENCLOSING_LINES // 2, start)
        outer = heads
    shown = sorted({*outer[:8], *between})
    return tuple(number for number in shown if 0 < number < start)


def _definitions_above(lines: Sequence[str], start: int) -> list[int]:
    """Numbers of the definitions around ``start``, the innermost first."""
    depth = _first_indentation(lines, start)
    heads: list[int] = []
    for number in range(min(start - 1, len(lines)), 0, -1):
        text = lines[number - 1]
        if not text.strip():
            continue
        indentation = _indentation(text)
        if indentation < depth:
            depth = indentation
            if _defines(text[:MAX_HEAD_CHARACTERS]):
                heads.append(number)
        if depth == 0:
            break
    return heads


def _defines(text: str) -> bool:
    return bool(_DEFINITION.match(text) or _METHOD.match(text)) and not _CONTROL.match(text)


def _first_indentation(lines: Sequence[str], start: int) -> int:
    for text in lines[start - 1 : start + 20]:
        if text.strip() and text.strip()[0] not in "})]":
            return _indentation(text)
    return 0


def _indentation(text: str) -> int:
    expanded = text.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
