"""A quote as a model writes it goes in; the ways to read it as lines of code come out, the most literal first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

_FENCE = re.compile(r"\s*(```|~~~)")
_INLINE = re.compile(r"(`{1,3})([^`]+)\1")
# As prompts show code: `  12 + code`, ` 11   code`, `   9 - code`; or as others do: `12: code`, `12 | code`.
_NUMBERED = re.compile(r"\s*([0-9]{1,9})(?: ([+ .-])(?: (.*))?|\s*[:|\t] ?(.*)|())", re.DOTALL)
_MARKED = re.compile(r"([+-])(.*)", re.DOTALL)
_MARKED_INDENTED = re.compile(r"\s*([+-])(?: (.*))?", re.DOTALL)
_HUNK_HEADER = re.compile(r"@@ -[0-9,]+ \+[0-9,]+ @@")
_CUT = re.compile(r" ?\[… [0-9]{1,9} more characters not shown\]$|(?<=\S) ?(…|\.\.\.)$")


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line of a quote.

    Attributes:
        text: The code.
        marker: ``+`` or ``-`` where the quote says that the line was added or removed, else the empty string.
        number: The line number beside it, or None.
    """

    text: str
    marker: str = ""
    number: int | None = None

    @property
    def words(self) -> str:
        """The code with every run of white space as one space."""
        return collapsed(self.text)


@dataclass(frozen=True, slots=True)
class Reading:
    """A quote read in one way.

    Attributes:
        lines: Its lines without blank ones.
        number: The number that it shows beside the first.
        cut: Whether something was taken off the end of a line that said that the line goes on.
    """

    lines: tuple[QuotedLine, ...]
    number: int | None = None
    cut: bool = False


def readings(quote: str) -> Iterator[Reading]:
    """Every way to read a quote, the most literal first; none where it has no letter or digit to go by."""
    lines = [line.removesuffix("\r") for line in quote.split("\n")]
    seen: set[tuple[QuotedLine, ...]] = set()
    for reading in _all(lines):
        kept = tuple(line for line in reading.lines if line.text.strip())
        if kept not in seen and any(says_something(line.text) for line in kept):
            seen.add(kept)
            yield replace(reading, lines=kept)


def exact(text: str) -> str:
    """A line of code as it is, whichever way its file ends lines."""
    return text.removesuffix("\r")


def collapsed(text: str) -> str:
    """A line of code with every run of white space as one space and none at its ends."""
    return " ".join(text.split())


def says_something(text: str) -> bool:
    """Whether there is more to a line than brackets and punctuation."""
    return any(character.isalnum() for character in text)


def _all(lines: Sequence[str]) -> Iterator[Reading]:
    yield _literal(lines)
    bare = _without_fence(lines)
    yield _literal(bare)
    numbered = _numbered(bare)
    if numbered:
        yield numbered
    yield Reading(tuple(_marked(bare, _MARKED)))
    yield Reading(tuple(_marked(bare, _MARKED_INDENTED)))
    yield replace(_literal([_CUT.sub("", line) for line in bare]), cut=True)


def _literal(lines: Iterable[str]) -> Reading:
    return Reading(tuple(QuotedLine(line) for line in lines))


def _without_fence(lines: Sequence[str]) -> Sequence[str]:
    told = [line for line in lines if line.strip()]
    if len(told) > 1 and _FENCE.match(told[0]):
        return told[1:-1] if _FENCE.match(told[-1]) else told[1:]
    inline = _INLINE.fullmatch(told[0].strip()) if len(told) == 1 else None
    return [inline[2]] if inline else lines


def _numbered(lines: Sequence[str]) -> Reading | None:
    """The code behind line numbers, if every line that says something has one, or is marked as removed."""
    found: list[QuotedLine] = []
    for line in lines:
        if not line.strip():
            continue
        if match := _NUMBERED.fullmatch(line):
            text = next((part for part in match.groups()[2:] if part is not None), "")
            found.append(QuotedLine(text, (match[2] or "").strip(" ."), int(match[1])))
        elif unnumbered := _MARKED_INDENTED.fullmatch(line):
            found.append(QuotedLine(unnumbered[2] or "", unnumbered[1]))
        else:
            return None
    number = next((line.number for line in found if line.number is not None), None)
    return Reading(tuple(found), number) if number is not None else None


def _marked(lines: Iterable[str], pattern: re.Pattern[str]) -> Iterator[QuotedLine]:
    """The code behind ``+`` and ``-``."""
    for line in lines:
        if _HUNK_HEADER.match(line):
            continue
        match = pattern.fullmatch(line)
        yield QuotedLine(match[2] or "", match[1]) if match else QuotedLine(line)
