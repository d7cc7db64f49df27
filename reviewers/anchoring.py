"""Where a finding stands: a diff and a quote go in, a place on the diff comes out, or None rather than a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reviewers.diff import Diff, FileDiff, Hunk, Line, Side
from reviewers.findings import Location
from reviewers.quotes import QuotedLine, Reading, collapsed, readings, says_something

# Shorter pieces of a line are found in too many lines to be evidence.
_LEAST_CHARACTERS = 8
# No prompt asks for more than a few lines; a longer quote is a copy of the change, and slow to look for in parts.
_MOST_QUOTED_LINES = 200
_MOST_LINES_IN_PARTS = 40


@dataclass(frozen=True, slots=True)
class Placement:
    """A place on a diff.

    Attributes:
        location: The lines, within one hunk.
        anchor: The code of those lines as it stands on their side, joined by line feeds.
        whole: Whether these lines are the quote, all of it and nothing else; what is to replace the quoted lines may
            replace these only then.
    """

    location: Location
    anchor: str
    whole: bool = True


def place(
    diff: Diff, *, path: str, quote: str, line_hint: int | None = None, side_hint: Side | None = None
) -> Placement | None:
    """Find a quote in a diff.

    White space does not count, unless it is what tells two places apart, and blank lines are passed over. Line
    numbers, ``+`` and ``-`` markers and code fences around the code are seen through when the quote is not found as it
    is. Removed code is placed on the left side, all other on the right. Of several places the one at the hinted line
    is taken, else one with changed lines, else one on the hinted side, else the nearest to the hint, else the first.

    What is not in the diff as a run of whole lines is placed by a part only where that leaves one place, or one at
    the hinted line: a piece of a line, or of the first and the last line, of at least 8 characters; or a run of at
    least half the quoted lines with a changed line among them.

    Args:
        diff: The change.
        path: The file as the model names it: new or old path, with a diff's prefix, or in other letter case.
        quote: The code as the model quotes it.
        line_hint: Number that the model gives for the first quoted line.
        side_hint: Side that the model says the code is on.

    Returns:
        The place, or None where the quote is not in the diff, or says nothing (only brackets and blanks).
    """
    hunks = [(file.path, hunk) for file in _files_at(diff, path) for hunk in file.hunks]
    read = [reading for reading in readings(quote) if len(reading.lines) <= _MOST_QUOTED_LINES]
    for reading in read:
        hint = _Hint(line_hint if line_hint is not None else reading.number, side_hint)
        for key in (_exact, collapsed):
            found = [match for at, hunk in hunks for match in _whole_lines(at, hunk, reading, key)]
            if found:
                return min(found, key=hint.rank).placement(whole=True)
    for look in (_pieces_of_lines, _longest_runs):
        for reading in read:
            hint = _Hint(line_hint if line_hint is not None else reading.number, side_hint)
            only = hint.only([match for at, hunk in hunks for match in look(at, hunk, reading)])
            if only:
                return only.placement(whole=False)
    return None


@dataclass(frozen=True, slots=True)
class _Match:
    """Lines of one hunk, in its order: all on one side, or, where removed and added ones were quoted, on both."""

    path: str
    lines: tuple[Line, ...]

    @property
    def side(self) -> Side:
        added, removed = any(line.added for line in self.lines), any(line.removed for line in self.lines)
        return Side.LEFT if removed and not added else Side.RIGHT

    @property
    def changed(self) -> bool:
        return any(line.changed for line in self.lines)

    def placement(self, *, whole: bool) -> Placement:
        side = self.side
        shown = [(number, line.text) for line in self.lines if (number := line.number(side)) is not None]
        location = Location(path=self.path, start_line=shown[0][0], end_line=shown[-1][0], side=side)
        return Placement(location, "\n".join(text for _, text in shown), whole)


@dataclass(frozen=True, slots=True)
class _Hint:
    line: int | None
    side: Side | None

    def rank(self, match: _Match) -> tuple[bool, bool, bool, int, bool]:
        """Smaller is better; of equals the first in the diff is taken."""
        wrong_side = self.side is not None and match.changed and match.side is not self.side
        distance = self._distance(match)
        return wrong_side or distance != 0, not match.changed, wrong_side, distance, match.side is Side.LEFT

    def only(self, matches: Sequence[_Match]) -> _Match | None:
        """The one match, or the one at the hinted line; None where there is a choice."""
        here = matches if len(matches) == 1 else [match for match in matches if not self.rank(match)[0]]
        return here[0] if len(here) == 1 and (len(matches) == 1 or self.line is not None) else None

    def _distance(self, match: _Match) -> int:
        if self.line is None:
            return 0
        first = match.lines[0]
        # An unchanged line has two numbers, and which of them was meant is open unless the match or the hint says it.
        left = Side.LEFT in (match.side, self.side if not match.changed else None)
        numbers = (first.old, first.new) if left or first.removed else (first.new,)
        return min(abs(number - self.line) for number in numbers if number is not None)


def _files_at(diff: Diff, path: str) -> tuple[FileDiff, ...]:
    """Every file diff of the one path that is meant; none where that is open."""
    if files := diff.of(path):
        return files
    name = re.sub(r":[0-9]+(-[0-9]+)?$", "", path.strip().strip("`'\"")).replace("\\", "/")
    name = re.sub(r"^(\./|/)+", "", name)
    for meant in (name, re.sub(r"^[ab]/", "", name)):
        if files := diff.of(meant):
            return files
    folded = re.sub(r"^[ab]/", "", name).casefold()
    if not folded:
        return ()
    for same in (str.__eq__, lambda whole, part: whole.endswith(f"/{part}")):
        alike = [file for file in diff.files if same(file.path.casefold(), folded)]
        if len({file.path for file in alike}) == 1:
            return tuple(alike)
    return ()


def _views(hunk: Hunk) -> Iterator[tuple[Line, ...]]:
    """The hunk's lines as the new file has them, as the old file has them, and as the diff shows both."""
    told = tuple(line for line in hunk.lines if line.text.strip())
    yield tuple(line for line in told if line.new is not None)
    yield tuple(line for line in told if line.old is not None)
    yield told


def _exact(text: str) -> str:
    return text.removesuffix("\r")


def _whole_lines(path: str, hunk: Hunk, reading: Reading, key: Callable[[str], str]) -> Iterator[_Match]:
    """Places where the quoted lines stand one after the other."""
    quoted = [key(line.text) for line in reading.lines]
    yield from _windows(path, hunk, reading, lambda texts: texts[0] == quoted[0] and texts == quoted, key)


def _pieces_of_lines(path: str, hunk: Hunk, reading: Reading) -> Iterator[_Match]:
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


def _windows(
    path: str, hunk: Hunk, reading: Reading, fits: Callable[[list[str]], bool], key: Callable[[str], str]
) -> Iterator[_Match]:
    """Runs of as many lines as are quoted whose texts fit, each told once."""
    seen: set[tuple[Line, ...]] = set()
    size = len(reading.lines)
    for view in _views(hunk):
        texts = [key(line.text) for line in view]
        for start in range(len(view) - size + 1):
            lines = view[start : start + size]
            if fits(texts[start : start + size]) and _marked_alike(reading.lines, lines) and lines not in seen:
                seen.add(lines)
                yield _Match(path, lines)


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


def _longest_runs(path: str, hunk: Hunk, reading: Reading) -> Iterator[_Match]:
    """Places of the longest run of quoted lines, where it is half of the quote and has a changed line."""
    quoted = [line.words for line in reading.lines]
    if len(quoted) > _MOST_LINES_IN_PARTS:
        return
    seen: set[tuple[Line, ...]] = set()
    for view in _views(hunk):
        for start, size in _common_runs([collapsed(line.text) for line in view], quoted):
            lines = view[start : start + size]
            told = "".join(collapsed(line.text) for line in lines if says_something(line.text))
            enough = 2 * size >= len(quoted) and len(told) >= _LEAST_CHARACTERS
            if enough and any(line.changed for line in lines) and lines not in seen:
                seen.add(lines)
                yield _Match(path, lines)


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
