"""Who reads what, and what of it each reviewer has answered before; the rest of each file out, by its readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewers.chunks import part
from reviewers.hunk_identity import Span, ids_of
from reviewers.prompts import MAX_LINE_CHARACTERS
from reviewers.selection import PathFilter

if TYPE_CHECKING:
    from reviewers.chunks import Chunk
    from reviewers.diff import FileDiff, Hunk, Line
    from reviewers.incremental import Memory
    from reviewers.reviewer import Reviewer

_Runs = tuple[tuple[int, int, int], ...]
"""What is left of a file to be asked: number of the hunk, place of its first line, place after its last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What is left of a file.

    Attributes:
        file: The file with these hunks only, or parts of them.
        spans: For each of its hunks what it is of which hunk.
    """

    file: FileDiff
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portions:
    """The files of a change, parted.

    Attributes:
        groups: For the names of those that are to read it together, what they read.
        unread: Files that none of the reviewers reads.
        read: The others, whole.
        answered: Changed lines that one of a file's readers answered before, by hunk and place in it.
        unchanged: How many hunks of ``read`` nobody is to be asked about.
    """

    groups: Mapping[tuple[str, ...], list[Portion]]
    unread: tuple[FileDiff, ...]
    read: tuple[FileDiff, ...]
    answered: frozenset[tuple[str, int]]
    unchanged: int


def portions(files: Sequence[FileDiff], reviewers: Iterable[Reviewer], memories: Mapping[str, Memory]) -> Portions:
    """Part files by readers and by what these have answered.

    Args:
        files: Those that are looked at.
        reviewers: In the order in which money is spent on them.
        memories: For each reviewer's name what it has answered.
    """
    reads = {reviewer.name: _reader(reviewer) for reviewer in reviewers}
    groups: dict[tuple[str, ...], list[Portion]] = {}
    unread: list[FileDiff] = []
    read: list[FileDiff] = []
    answered: set[tuple[str, int]] = set()
    unchanged = 0
    for file, ids in zip(files, ids_of(files), strict=True):
        left = {name: _left(file, ids, memories[name]) for name, reads_it in reads.items() if reads_it(file.path)}
        if not left:
            unread.append(file)
            continue
        read.append(file)
        sharing: dict[_Runs, list[str]] = {}
        for name, runs in left.items():
            answered |= _done(file, ids, runs)
            sharing.setdefault(runs, []).append(name)
        for runs, names in sharing.items():
            if runs:
                groups.setdefault(tuple(names), []).append(_portion(file, ids, runs))
        asked = {number for runs in sharing for number, _, _ in runs}
        unchanged += sum(bool(hunk.changed_lines) and number not in asked for number, hunk in enumerate(file.hunks))
    return Portions(
        groups=groups,
        unread=tuple(unread),
        read=tuple(read),
        answered=frozenset(answered),
        unchanged=unchanged,
    )


def counted(chunk: Chunk) -> Iterator[tuple[str, tuple[str, int]]]:
    """For each line of a chunk that counts in the coverage its path, and the hunk and place that it is known by."""
    return ((path, (span.hunk, place)) for path, span, place, line in chunk.places if _counts(line))


def _reader(reviewer: Reviewer) -> Callable[[str], bool]:
    only = PathFilter(reviewer.only) if reviewer.only else None
    skips = PathFilter(reviewer.skips)
    return lambda path: (only is None or only.matches(path)) and not skips.matches(path)


def _left(file: FileDiff, ids: Iterable[str], memory: Memory) -> _Runs:
    """Runs that the memory lacks and that have something to ask about."""
    return tuple(
        (number, start, end)
        for number, (hunk_id, hunk) in enumerate(zip(ids, file.hunks, strict=True))
        for start, end in memory.left(hunk_id, len(hunk.lines))
        if any(line.changed for line in hunk.lines[start:end])
    )


def _done(file: FileDiff, ids: Sequence[str], left: _Runs) -> set[tuple[str, int]]:
    if left == tuple((number, 0, len(hunk.lines)) for number, hunk in enumerate(file.hunks)):
        return set()
    asked = {(number, place) for number, start, end in left for place in range(start, end)}
    return {
        (hunk_id, place)
        for number, (hunk_id, hunk) in enumerate(zip(ids, file.hunks, strict=True))
        for place, line in enumerate(hunk.lines)
        if (number, place) not in asked and _counts(line)
    }


def _portion(file: FileDiff, ids: Sequence[str], runs: _Runs) -> Portion:
    hunks: list[Hunk] = []
    cut: list[Span] = []
    for number, start, end in runs:
        hunk = file.hunks[number]
        whole = (start, end) == (0, len(hunk.lines))
        hunks.append(hunk if whole else part(hunk, hunk.lines[start:end]))
        cut.append(Span(hunk=ids[number], start=start, end=end, whole=whole))
    return Portion(file=replace(file, hunks=tuple(hunks)), spans=tuple(cut))


def _counts(line: Line) -> bool:
    return line.changed and len(line.text) <= MAX_LINE_CHARACTERS
