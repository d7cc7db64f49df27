"""Cutting files into chunks that a model's window takes: by file, then by hunk, then by line, never silently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from reviewers.diff import FileDiff, Hunk, Line
from reviewers.hunk_identity import Span


@dataclass(frozen=True, slots=True)
class Chunk:
    """Files, or parts of them, that are asked about together.

    Attributes:
        number: Its place in the plan, from 1.
        files: File diffs whose hunks may be a part of the file's; a path comes once.
        tokens: Estimated size of the code as it is shown.
        spans: For each hunk of its files, in order, what it is of which hunk; empty where nobody asked for that.
    """

    number: int
    files: tuple[FileDiff, ...]
    tokens: int
    spans: tuple[Span, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of its files."""
        return tuple(file.path for file in self.files)

    @property
    def changed_lines(self) -> int:
        """Number of added and removed lines in it."""
        return sum(line.changed for file in self.files for line in file.lines)

    @property
    def places(self) -> Iterator[tuple[str, Span, int, Line]]:
        """For each line the file's path, the span it is in, and its place in the whole hunk."""
        hunks = ((file.path, hunk) for file in self.files for hunk in file.hunks)
        for (path, hunk), span in zip(hunks, self.spans, strict=True):
            for place, line in enumerate(hunk.lines, start=span.start):
                yield path, span, place, line


def cut(
    files: Iterable[FileDiff], *, limit: int, size: Callable[[FileDiff], int], first_number: int = 1
) -> tuple[Chunk, ...]:
    """Chunks of at most ``limit`` tokens, in the order of the files.

    Whole files are kept together as long as they fit; a file that does not fit is cut between hunks, and a hunk that
    does not fit between lines. A single line larger than the limit makes a chunk of its own.

    Args:
        files: What is to be asked about.
        limit: Tokens of a chunk at most.
        size: Tokens of a file diff as it is shown to a model.
        first_number: Number of the first chunk.
    """
    chunks: list[Chunk] = []
    gathered: list[FileDiff] = []
    used = 0

    def close() -> None:
        nonlocal gathered, used
        if gathered:
            chunks.append(Chunk(first_number + len(chunks), tuple(gathered), used))
        gathered, used = [], 0

    for piece in (piece for file in files for piece in _pieces(file, limit, size)):
        tokens = size(piece)
        if used + tokens > limit or any(piece.path == other.path for other in gathered):
            close()
        gathered.append(piece)
        used += tokens
    close()
    return tuple(chunks)


def _pieces(file: FileDiff, limit: int, size: Callable[[FileDiff], int]) -> Iterator[FileDiff]:
    if size(file) <= limit:
        yield file
        return
    gathered: list[Hunk] = []
    used = 0
    for hunk, tokens in _small_hunks(file, limit, size):
        if gathered and used + tokens > limit:
            yield replace(file, hunks=tuple(gathered))
            gathered, used = [], 0
        gathered.append(hunk)
        used += tokens
    if gathered:
        yield replace(file, hunks=tuple(gathered))


def _small_hunks(file: FileDiff, limit: int, size: Callable[[FileDiff], int]) -> Iterator[tuple[Hunk, int]]:
    waiting = list(reversed(file.hunks))
    while waiting:
        hunk = waiting.pop()
        tokens = size(replace(file, hunks=(hunk,)))
        if len(hunk.lines) == 1 or tokens <= limit:
            yield hunk, tokens
        else:
            middle = len(hunk.lines) // 2
            waiting += [part(hunk, hunk.lines[middle:]), part(hunk, hunk.lines[:middle])]


def part(hunk: Hunk, lines: tuple[Line, ...]) -> Hunk:
    """A run of a hunk's lines as a hunk of its own."""
    old = [line.old for line in lines if line.old is not None]
    new = [line.new for line in lines if line.new is not None]
    return replace(
        hunk,
        old_start=old[0] if old else hunk.old_start,
        old_count=len(old),
        new_start=new[0] if new else hunk.new_start,
        new_count=len(new),
        lines=lines,
    )
