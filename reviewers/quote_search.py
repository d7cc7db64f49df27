"""The lines of a hunk that a quote stands on: whole lines, pieces of lines, or the longest run in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reviewers.diff import Hunk, Line, Side
from reviewers.quotes import QuotedLine, Reading, collapsed, says_something

# Shorter pieces of a line are found in too many lines to be evidence.
_LEAST_CHARACTERS = 8
# Looking for parts takes time with the square of this.
_MOST_LINES_IN_PARTS = 40


@dataclass(frozen=True, slots=True)
class Match:
    """Lines of one hunk that a quote was found on, in the hunk's order.

    Attributes:
        path: The file.
        hunk: The hunk.
        side: The side on which they follow one another; right where they do so on both.
        lines: The lines without blank ones. Some are on the other side where removed and added lines were quoted
            together.
    """

    path: str
    hunk: Hunk
    side: Side
    lines: tuple[Line, ...]

    @property
    def changed(self) -> bool:
        """Whether any of the lines is added or removed."""
        return any(line.changed for line in self.lines)


def whole_lines(path: str, hunk: Hunk, reading: Reading, key: Callable[[str], str]) -> Iterator[Match]:
    """Places where the quoted lines stand one after the other."""
    quoted = [key(line.text) for line in reading.lines]
    yield from _windows(path, hunk, reading, lambda texts: texts[0] == quoted[0] and texts == quoted, key)


def pieces_of_lines(path: str, hunk: Hunk, reading: Reading) -> Iterator[Match]:
    """Places of a quote that begins or ends within a line."""
    quoted = [line.words for line in reading.lines]
    if len("".join(quoted)) < _LEAST_CHARACTERS or len(quoted) > _MOST_LINES_IN_PARTS:
        return

    def fits(texts: list[str]) -> bool:
        if len(texts) == 1:
            return _holds(texts[0], quoted[0])
        inner = texts[1:-1] == quoted[1:-1]
        return inner and _holds(texts[0] + "\n", quoted[0] + "\n") and _holds("\n" + texts[-1], "\n" + quoted[-1])

    yield from _windows(path, hunk, reading, fits, collapsed)


def longest_runs(path: str, hunk: Hunk, reading: Reading) -> Iterator[Match]:
    """Places of the longest run of quoted lines, where it is half of the quote and has a changed line."""
    quoted = [line.words for line in reading.lines]
    if len(quoted) > _MOST_LINES_IN_PARTS:
        return
    seen: set[tuple[Line, ...]] = set()
    for view_side, view in _views(hunk):
        for start, size in _common_runs([collapsed(line.text) for line in view], quoted):
            lines = view[start : start + size]
            told = "".join(collapsed(line.text) for line in lines if says_something(line.text))
            enough = 2 * size >= len(quoted) and len(told) >= _LEAST_CHARACTERS
            if enough and any(line.changed for line in lines) and lines not in seen:
                seen.add(lines)
                yield Match(path, hunk, _side(view_side, lines), lines)


def _views(hunk: Hunk) -> Iterator[tuple[Side, tuple[Line, ...]]]:
    """The hunk's lines as the new file has them, as the old file has them, and as the diff shows both."""
    told = tuple(line for line in hunk.lines if line.text.strip())
    yield Side.RIGHT, tuple(line for line in told if line.new is not None)
    yield Side.LEFT, tuple(line for line in told if line.old is not None)
    yield Side.RIGHT, told


def _side(view_side: Side, lines: Sequence[Line]) -> Side:
    """The side that these lines of a view follow one another on."""
    only_old = any(line.removed for line in lines) and not any(line.added for line in lines)
    return Side.LEFT if only_old else view_side


def _windows(
    path: str, hunk: Hunk, reading: Reading, fits: Callable[[list[str]], bool], key: Callable[[str], str]
) -> Iterator[Match]:
    """Runs of as many lines as are quoted whose texts fit, each told once."""
    seen: set[tuple[Line, ...]] = set()
    size = len(reading.lines)
    for view_side, view in _views(hunk):
        texts = [key(line.text) for line in view]
        for start in range(len(view) - size + 1):
            lines = view[start : start + size]
            if fits(texts[start : start + size]) and _marked_alike(reading.lines, lines) and lines not in seen:
                seen.add(lines)
                yield Match(path, hunk, _side(view_side, lines), lines)


def _marked_alike(quoted: Sequence[QuotedLine], lines: Sequence[Line]) -> bool:
    """Whether every line is what its quote says of it: added, removed, or at that number."""
    return all(_as_told(each, line) for each, line in zip(quoted, lines, strict=True))


def _as_told(quoted: QuotedLine, line: Line) -> bool:
    match quoted.marker:
        case "+":
            return line.added
        case "-":
            return line.removed
        case _:
            # A number without a marker may be code: `200 OK` is no line 200 that says `OK`, unless line 200 does.
            return quoted.number is None or quoted.number in (line.old, line.new)


def _holds(text: str, piece: str) -> bool:
    """Whether a text has a piece that does not begin or end within a word."""
    at = text.find(piece)
    while at >= 0:
        end = at + len(piece)
        if not _within_word(text, at) and not _within_word(text, end):
            return True
        at = text.find(piece, at + 1)
    return False


def _within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and all(character.isalnum() or character == "_" for character in text[at - 1 : at + 1])


def _common_runs(texts: Sequence[str], quoted: Sequence[str]) -> list[tuple[int, int]]:
    """Start and length of the longest runs that two sequences have in common."""
    places: dict[str, list[int]] = {}
    for index, text in enumerate(quoted):
        places.setdefault(text, []).append(index)
    best: list[tuple[int, int]] = []
    lengths: dict[int, int] = {}
    for end, text in enumerate(texts):
        lengths = {index: lengths.get(index - 1, 0) + 1 for index in places.get(text, ())}
        for size in lengths.values():
            if best and size < best[0][1]:
                continue
            if best and size > best[0][1]:
                best = []
            best.append((end - size + 1, size))
    return best
