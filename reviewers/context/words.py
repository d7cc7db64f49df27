"""What people wrote that bears on a chunk: the issue it closes, threads on its files, guidance for its folders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewers.context.piece import Piece, Rank

if TYPE_CHECKING:
    from reviewers.context.shown import Shown
    from reviewers.snapshot import PullRequestSnapshot

MAX_ISSUE_CHARACTERS = 3_000
MAX_SAID_CHARACTERS = 600
MAX_GUIDANCE_CHARACTERS = 4_000


def words(shown: Shown, snapshot: PullRequestSnapshot) -> Iterator[Piece]:
    """Issues, threads on the chunk's files, and the guidance of the nearest folders around them."""
    for issue in snapshot.issues:
        text = f"{issue.title}\n\n{_cut(issue.body, MAX_ISSUE_CHARACTERS)}".strip()
        yield Piece(rank=Rank.ISSUE, label=f"issue #{issue.number}, which the change says it closes", words=text)
    paths = {file.path for file in shown.files}
    for said in snapshot.threads:
        if said.path in paths:
            place = f"{said.path} line {said.line}" if said.line else f"an earlier version of {said.path}"
            state = ", resolved since" if said.resolved else ""
            yield Piece(
                rank=Rank.THREAD,
                label=f"said by {said.author} on {place}{state}",
                words=_cut(said.body, MAX_SAID_CHARACTERS),
            )
    for guidance in snapshot.folder_guidance:
        folder = guidance.path.rpartition("/")[0]
        if any(path.startswith(f"{folder}/") for path in paths):
            yield Piece(
                rank=Rank.GUIDANCE,
                label=f"how this repository wants the code below {folder}/ ({guidance.path} of the base branch)",
                words=_cut(guidance.text, MAX_GUIDANCE_CHARACTERS),
            )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]} [… {len(text) - limit} more characters not shown]"
