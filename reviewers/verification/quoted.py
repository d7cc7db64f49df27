"""Whether a decisive quote stands in what a model was shown: a verdict with invented code decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewers.quotes import collapsed, readings

LEAST_CHARACTERS = 8
"""Shorter pieces of a line stand in too many lines to be decisive; a whole line may be shorter."""

_MOST_LINES = 60
# As prompts show code: number, marker, one blank, the line.
_NUMBERED = re.compile(r"\s*[0-9]+ (?P<marker>[-+ .])(?: (?P<code>.*))?")
_OTHER = ""
"""Stands for what is no code, so that the lines before and after it do not follow one another."""


def stands_in(quote: str, context: Sequence[str]) -> bool:
    """Whether the lines of a quote follow one another in code that was shown; white space does not count.

    They may follow one another before the change or after it. The first and the last line may be pieces of lines, as
    models quote expressions. Words of people decide nothing: a description may say that all is well.

    Args:
        quote: As a model wrote it; numbers, markers and code fences around it are seen through.
        context: What it was shown, as ``reviewers.prompts.build_context`` makes it: words about the change, then code.
    """
    versions = [lines for text in context[1:] for lines in _versions(text)]
    for reading in readings(quote):
        quoted = [line.words for line in reading.lines]
        if len(quoted) <= _MOST_LINES and any(_found(quoted, lines) for lines in versions):
            return True
    return False


def _versions(text: str) -> Iterator[list[str]]:
    """The lines of code in a text as they are shown, and as they were and are."""
    found = [_NUMBERED.fullmatch(line) for line in text.split("\n")]
    shown = [(match["marker"], collapsed(match["code"] or "")) if match else ("", _OTHER) for match in found]
    for left_out in ("no marker", "+", "-"):
        yield [line for marker, line in shown if marker != left_out and (line or not marker)]


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
