"""Hunks and tool reports in; names for them out that come from the code alone, wherever in the file it stands.

Like ``git patch-id`` (https://git-scm.com/docs/git-patch-id), a hunk's identity leaves out line numbers, so that a
rebase of the same change keeps it. Unlike it, white space counts, because code may mean something else by it
(``docs/decisions/a-hunk-is-known-by-its-text.md``).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewers.diff import FileDiff, Hunk, Line
    from reviewers.findings import Fact

_DIGITS = 40
"""Of a digest. Whoever finds two hunks with one identity has the second one passed over: with so many, that takes 2^80
trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of a hunk's lines.

    Attributes:
        hunk: The hunk's identity.
        start: Place of the first line in the hunk, from 0.
        end: Place after the last line.
        whole: Whether it is all of the hunk.
    """

    hunk: str
    start: int
    end: int
    whole: bool = True

    @property
    def id(self) -> str:
        """The hunk's identity, for a part with its places: ``4f…/0-120``."""
        return self.hunk if self.whole else f"{self.hunk}/{self.start}-{self.end}"


def hunk_ids(file: FileDiff) -> tuple[str, ...]:
    """The identity of each hunk of a file, in their order.

    It comes from the file's path and from the hunk's lines, context included, without their numbers. Of equal hunks in
    one file, the second and later ones are numbered.

    Example:
        >>> from reviewers.diff import FileDiff, Hunk, Line
        >>> twice = [
        ...     Hunk(old_start=0, old_count=0, new_start=number, new_count=1, lines=(Line("x", None, number),))
        ...     for number in (1, 9)
        ... ]
        >>> first, second = hunk_ids(FileDiff(path="a.py", hunks=tuple(twice)))
        >>> second == f"{first}.2"
        True
    """
    (ids,) = ids_of((file,))
    return ids


def ids_of(files: Sequence[FileDiff]) -> tuple[tuple[str, ...], ...]:
    """``hunk_ids`` of each file; where a path comes twice, in a series of patches, its hunks are numbered through."""
    seen: Counter[str] = Counter()
    return tuple(tuple(_id(file.path, hunk, seen) for hunk in file.hunks) for file in files)


def spans(origins: Iterable[Span], pieces: Iterable[Hunk]) -> tuple[Span, ...]:
    """For each piece the span that it is.

    Args:
        origins: Of what was cut, in order.
        pieces: All that was made of them, in the same order.
    """
    cut: list[Span] = []
    uncut = iter(origins)
    origin, place = Span(hunk="", start=0, end=0), 0
    for piece in pieces:
        if place == origin.end:
            origin = next(uncut)
            place = origin.start
        end = place + len(piece.lines)
        whole = origin.whole and (place, end) == (origin.start, origin.end)
        cut.append(Span(hunk=origin.hunk, start=place, end=end, whole=whole))
        place = end
    return tuple(cut)


def fact_ids(facts: Iterable[Fact], files: Iterable[FileDiff]) -> Mapping[Fact, str]:
    """For each tool report an identity: who says what of which code.

    Args:
        facts: The reports.
        files: The whole change, in which their code is looked up.
    """
    lines = {(file.path, line.new): line.text for file in files for line in file.lines}
    return {fact: _fact_id(fact, lines) for fact in facts}


def digest(text: str) -> str:
    """Hex digits that no other text has."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _fact_id(fact: Fact, lines: Mapping[tuple[str, int | None], str]) -> str:
    code = [lines.get((fact.path, number), "") for number in range(fact.start_line, fact.end_line + 1)]
    return f"fact:{digest(json.dumps([fact.source, fact.code, fact.rule, fact.path, code]))}"


def _id(path: str, hunk: Hunk, seen: Counter[str]) -> str:
    # A path holds no NUL and a line no line feed.
    name = digest("\n".join((f"{path}\0", *map(_row, hunk.lines))))
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}.{seen[name]}"


def _row(line: Line) -> str:
    marker = "+" if line.old is None else "-" if line.new is None else " "
    return f"{marker}{line.text}\n\\" if line.ends_file else f"{marker}{line.text}"
