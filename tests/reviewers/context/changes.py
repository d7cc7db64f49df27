"""Changes from the texts of files before and after."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from reviewers.chunks import Chunk
from reviewers.context.piece import Piece
from reviewers.context.retrieval import context_for
from reviewers.context.shown import known
from reviewers.diff import Diff
from reviewers.diff_parser import parse_diff
from reviewers.snapshot import PullRequestSnapshot
from tests import builders
from tests.builders import added_file


def change(
    before: Mapping[str, str], after: Mapping[str, str], *, around: int = 1, **fields: Any
) -> PullRequestSnapshot:
    """A snapshot of the change from some texts to others; what is the same in both is a neighbour.

    Args:
        before: Texts at the base, by path.
        after: Texts at the head.
        around: Unchanged lines that the diff shows around changed ones.
        fields: More of the snapshot.
    """
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    whole = {path: added_file(path, after[path]) for path in changed if path not in before}
    text = "".join(
        line
        for path in changed
        if path not in whole
        for line in _patch(path, before.get(path), after.get(path), around)
    )
    return PullRequestSnapshot(
        target=builders.target(),
        diff=Diff((*parse_diff(text).files, *whole.values())),
        contents={path: after[path] for path in changed if path in after},
        before={path: before[path] for path in changed if path in before},
        neighbours={path: after[path] for path in after if path not in changed},
        **fields,
    )


def pieces(snapshot: PullRequestSnapshot, *, most: int = 4_000, tokens: int = 20_000) -> list[Piece]:
    """The context of one chunk that holds the whole change; a token is four characters."""
    chunk = Chunk(1, snapshot.diff.files, tokens)
    found = context_for(chunk, snapshot, known(snapshot), count=lambda text: len(text) // 4, most=most)
    return [chosen.piece for chosen in found]


def _patch(path: str, before: str | None, after: str | None, around: int) -> Iterator[str]:
    yield f"diff --git a/{path} b/{path}\n"
    if before is None:
        yield "new file mode 100644\n"
    if after is None:
        yield "deleted file mode 100644\n"
    yield from difflib.unified_diff(
        (before or "").splitlines(keepends=True),
        (after or "").splitlines(keepends=True),
        f"a/{path}" if before is not None else "/dev/null",
        f"b/{path}" if after is not None else "/dev/null",
        n=around,
    )
