"""A chunk and its snapshot go in, the pieces that are shown beside it come out, the most telling first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from reviewers.context.callers import callers
from reviewers.context.definitions import enclosing_symbols, used_definitions
from reviewers.context.piece import Piece
from reviewers.context.shown import Known, Shown
from reviewers.context.tested import tests
from reviewers.context.words import words

if TYPE_CHECKING:
    from reviewers.chunks import Chunk
    from reviewers.snapshot import PullRequestSnapshot

MAX_TOKENS = 4_000
"""Of the context of one chunk, unless the repository says otherwise."""

LEAST_TOKENS = 1_000
"""A small chunk may have that much beside it: a definition and its caller."""

SHARE = 0.25
"""Of a chunk's tokens; the reasons are in docs/decisions/context.md."""


_MOST_PIECES = 60


@dataclass(frozen=True, slots=True)
class Chosen:
    """A piece that is shown, and its size in tokens."""

    piece: Piece
    tokens: int


def budget(chunk_tokens: int, most: int) -> int:
    """Tokens of context for a chunk.

    >>> budget(800, 4_000), budget(10_000, 4_000), budget(24_000, 4_000), budget(24_000, 0)
    (1000, 2500, 4000, 0)
    """
    return min(most, max(LEAST_TOKENS, int(chunk_tokens * SHARE)))


def context_for(
    chunk: Chunk,
    snapshot: PullRequestSnapshot,
    texts: Known,
    *,
    count: Callable[[str], int],
    most: int = MAX_TOKENS,
) -> tuple[Chosen, ...]:
    """What is shown beside a chunk: no line that the chunk shows, no line twice, within its budget.

    Args:
        chunk: What is asked about.
        snapshot: Where issues, threads, guidance and texts at the base come from.
        texts: From ``known(snapshot)``, once for all chunks, as each of its files is parsed once.
        count: Tokens of a text.
        most: Tokens at most; 0 for no context.
    """
    room = budget(chunk.tokens, most)
    if not room:
        return ()
    shown = Shown(chunk.files, texts)
    found = (
        used_definitions(shown),
        callers(shown, snapshot.before),
        enclosing_symbols(shown),
        words(shown, snapshot),
        tests(shown),
    )
    pieces = [piece for kind in found for piece in islice(kind, _MOST_PIECES)]
    return _within(sorted(pieces, key=lambda piece: -piece.rank), room, count)


def _within(pieces: Sequence[Piece], room: int, count: Callable[[str], int]) -> tuple[Chosen, ...]:
    """As many as fit, in their order; one that does not fit leaves its place to smaller ones."""
    chosen: list[Chosen] = []
    taken: set[tuple[str, int]] = set()
    for piece in pieces:
        if piece.lines:
            left = tuple(line for line in piece.lines if (piece.path, line[0]) not in taken)
            if not left:
                continue
            piece = replace(piece, lines=left)  # noqa: PLW2901 - the same piece without what stands in another
        tokens = count(piece.text)
        if tokens <= room:
            chosen.append(Chosen(piece, tokens))
            room -= tokens
            taken |= {(piece.path, number) for number, _ in piece.lines}
    return tuple(chosen)
