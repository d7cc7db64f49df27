"""A local change in, the same with what its context is found in: a few files beside the changed ones, and guidance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewers.base_texts import with_base_texts
from reviewers.context.searching import (
    MAX_FILE_CHARACTERS,
    MAX_FILES,
    guidance_candidates,
    has_code,
    likely_paths,
    names_to_search,
)
from reviewers.snapshot import Guidance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.git import GitRepository
    from reviewers.snapshot import PullRequestSnapshot

_MOST_SEARCHED = 16
"""Files that are read because a changed signature's name stands in them: a common name stands in thousands."""


def with_surroundings(
    snapshot: PullRequestSnapshot,
    repository: GitRepository,
    *,
    commit: str,
    read: Callable[[Sequence[str]], Mapping[str, str]],
    read_base: Callable[[Sequence[str]], Mapping[str, str]],
) -> PullRequestSnapshot:
    """The same change, with neighbours from its head and the guidance of folders from its base.

    Args:
        snapshot: The change.
        repository: Where its tree is listed and searched.
        commit: Its head, or the empty string for the work tree.
        read: Texts at the head.
        read_base: Texts at the base.
    """
    folders = read_base(guidance_candidates(snapshot))
    guided = replace(
        snapshot,
        folder_guidance=tuple(Guidance(path, text) for path, text in folders.items() if text.strip()),
    )
    if not has_code(snapshot):
        return guided
    known = with_base_texts(snapshot)
    touched = {path for file in snapshot.diff.files for path in (file.path, file.old_path)}
    names = names_to_search(known)
    callers = repository.mentioning(names.altered, names.endings, commit=commit)
    homes = repository.mentioning(names.called, names.endings, commit=commit, defining=True)
    likely = likely_paths(known, repository.paths(commit))
    wanted = dict.fromkeys((*callers[:_MOST_SEARCHED], *likely[: MAX_FILES - _MOST_SEARCHED], *homes, *likely))
    texts = read([path for path in wanted if path not in touched][:MAX_FILES])
    neighbours = {path: text for path, text in texts.items() if len(text) <= MAX_FILE_CHARACTERS}
    return replace(guided, neighbours=neighbours)
