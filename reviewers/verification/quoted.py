"""Whether a decisive quote stands in what a model was shown: a verdict with invented code decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewers.quotes import collapsed, readings

LEAST_CHARACTERS = 8
"""Shorter pieces of a line stand in too many lines to be decisive; a whole line may be shorter."""

_MOST_LINES = 60
# As prompts show code: number, marker, one blank, the line.
_NUMBERED = re.compile(r"\s*[0-9]+ [-+ .] (.*)|\s*[0-9]+ [-+ .]")


def stands_in(quote: str, shown: Iterable[str]) -> bool:
    """Whether the lines of a quote follow one another in one of these texts; white space does not count.

    The first and the last line may be pieces of lines, as models quote expressions.

    Args:
        quote: As a model wrote it; numbers, markers and code fences around it are seen through.
        shown: The texts that it was shown: prose, and code as prompts show it.
    """
    texts = [_lines(text) for text in shown]
    for reading in readings(quote):
        quoted = [line.words for line in reading.lines]
        if len(quoted) <= _MOST_LINES and any(_found(quoted, lines) for lines in texts):
            return True
    return False


def _lines(text: str) -> list[str]:
    lines = []
    for line in text.split("\n"):
        match = _NUMBERED.fullmatch(line)
        bare = collapsed(match[1] or "" if match else line)
        if bare:
            lines.append(bare)
    return lines


def _found(quoted: list[str], lines: list[str]) -> bool:
    size = len(quoted)
    if sum(map(len, quoted)) < LEAST_CHARACTERS and size == 1:
        return quoted[0] in lines
    return any(_fits(quoted, lines[start : start + size]) for start in range(len(lines) - size + 1))


def _fits(quoted: list[str], lines: list[str]) -> bool:
    if len(quoted) == 1:
        return _whole_words(quoted[0], lines[0])
    ends = lines[0].endswith(quoted[0]) and lines[-1].startswith(quoted[-1])
    return ends and quoted[1:-1] == lines[1:-1]


def _whole_words(piece: str, line: str) -> bool:
    at = line.find(piece)
    while at >= 0:
        if not _within_word(line, at) and not _within_word(line, at + len(piece)):
            return True
        at = line.find(piece, at + 1)
    return False


def _within_word(line: str, at: int) -> bool:
    return 0 < at < len(line) and all(each.isalnum() or each == "_" for each in line[at - 1 : at + 1])
