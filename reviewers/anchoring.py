"""Where a finding stands: a diff and a quote go in, a place on the diff comes out, or None rather than a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from reviewers.diff import Diff, FileDiff, Side
from reviewers.findings import Location
from reviewers.firewall.invisible import unescaped
from reviewers.firewall.unveiling import unveiled
from reviewers.quote_search import Match, longest_runs, pieces_of_lines, whole_lines
from reviewers.quotes import collapsed, exact, readings

# No prompt asks for more than a few lines; a longer quote is a copy of the change.
_MOST_QUOTED_LINES = 200


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
    the hinted line, or one changed place on the hinted side: a piece of a line, or of the first and the last line, of
    at least 8 characters; or a run of at least half the quoted lines with a changed line among them.

    Args:
        diff: The change.
        path: The file as the model names it: new or old path, with a diff's prefix, or in other letter case.
        quote: The code as the model quotes it.
        line_hint: Number that the model gives for the first quoted line.
        side_hint: Side that the model says the code is on.

    Returns:
        The place, or None where the quote is not in the diff, or says nothing (only brackets and blanks).

    Example:
        >>> from reviewers.diff_parser import parse_diff
        >>> diff = parse_diff("--- a/a.py\\n+++ b/a.py\\n@@ -7,2 +7,3 @@\\n def f(x):\\n+    x += 1\\n     return x\\n")
        >>> placed = place(diff, path="a.py", quote="x += 1", line_hint=90)
        >>> placed.location.start_line, placed.anchor
        (8, '    x += 1')
        >>> place(diff, path="a.py", quote="x += 2", line_hint=8) is None
        True
    """
    hunks = [(file.path, hunk) for file in _files_at(diff, path) for hunk in file.hunks]
    quote = unveiled(quote, (line.text for _, hunk in hunks for line in hunk.lines))
    read = [reading for reading in readings(quote) if len(reading.lines) <= _MOST_QUOTED_LINES]
    for reading in read:
        hint = _Hint(line_hint if line_hint is not None else reading.number, side_hint)
        for key in (exact, collapsed):
            found = [match for at, hunk in hunks for match in whole_lines(at, hunk, reading, key)]
            if found and not reading.cut:
                return _placement(min(found, key=hint.rank), whole=True)
    for look in (pieces_of_lines, longest_runs):
        for reading in read:
            hint = _Hint(line_hint if line_hint is not None else reading.number, side_hint)
            found = [match for at, hunk in hunks for match in look(at, hunk, reading)]
            longest = max((len(match.lines) for match in found), default=0)
            only = hint.only([match for match in found if len(match.lines) == longest])
            if only:
                return _placement(only, whole=False)
    return None


def places_of(files: Iterable[FileDiff], anchor: str, side: Side) -> tuple[Placement, ...]:
    """Every place of these files where all lines of an anchor stand one after the other on one side, in their order.

    Args:
        files: Where to look.
        anchor: Code as ``place`` returned it, hence nothing that has to be seen through.
        side: The side that it was found on.
    """
    hunks = [(file.path, hunk) for file in files for hunk in file.hunks]
    for reading in islice(readings(anchor), 1):
        for key in (exact, collapsed):
            found = (match for at, hunk in hunks for match in whole_lines(at, hunk, reading, key))
            if placed := [_placement(match, whole=True) for match in found if match.side is side]:
                return tuple({placement.location: placement for placement in placed}.values())
    return ()


@dataclass(frozen=True, slots=True)
class _Hint:
    line: int | None
    side: Side | None

    def rank(self, match: Match) -> tuple[bool, bool, bool, bool, int, bool]:
        """Smaller is better; of equals the first in the diff is taken."""
        here = self._here(match)
        # An unchanged line has two numbers: the one on the side that was meant says more.
        exact = here and match.lines[0].number(self.side or match.side) == self.line
        wrong_side = self._wrong_side(match)
        return not exact, not here, not match.changed, wrong_side, self._distance(match), match.side is Side.LEFT

    def only(self, matches: Sequence[Match]) -> Match | None:
        """The one match, or the one that the hint leaves; None where there is a choice."""
        here = [match for match in matches if self._here(match)]
        on_side = [match for match in matches if self.side is not None and match.changed and match.side is self.side]
        return next((left[0] for left in (matches, here, on_side) if len(left) == 1), None)

    def _here(self, match: Match) -> bool:
        return self.line is not None and not self._wrong_side(match) and not self._distance(match)

    def _wrong_side(self, match: Match) -> bool:
        return self.side is not None and match.changed and match.side is not self.side

    def _distance(self, match: Match) -> int:
        if self.line is None:
            return 0
        first = match.lines[0]
        left = Side.LEFT in (match.side, self.side if not match.changed else None)
        numbers = (first.old, first.new) if left or first.removed else (first.new,)
        return min(abs(number - self.line) for number in numbers if number is not None)


def _placement(match: Match, *, whole: bool) -> Placement:
    side = match.side
    numbers = [number for line in match.lines if (number := line.number(side)) is not None]
    location = Location(path=match.path, start_line=numbers[0], end_line=numbers[-1], side=side)
    span = range(numbers[0], numbers[-1] + 1)
    return Placement(location, "\n".join(line.text for line in match.hunk.lines if line.number(side) in span), whole)


def _files_at(diff: Diff, path: str) -> tuple[FileDiff, ...]:
    """Every file diff of the one path that is meant; none where that is open."""
    if files := diff.of(path) or diff.of(unescaped(path)):
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
