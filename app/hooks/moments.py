"""A repository in; what is under way in it, of which a commit is only a step, out."""

from __future__ import annotations

import os

from app.git import GitRepository

_SIGNS = {
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "sequencer": "a cherry-pick",
    "MERGE_HEAD": "a merge",
}


def under_way(repository: GitRepository) -> str:
    """What git is in the middle of, ``a rebase``; empty where nothing is.

    Such commits hold changes that were made, and reviewed, elsewhere: a rebase may make fifty of them.
    """
    asked = [word for sign in _SIGNS for word in ("--git-path", sign)]
    paths = repository.ask("rev-parse", *asked).decode("utf-8", "surrogateescape").rstrip("\n").split("\n")
    there = (
        what for path, what in zip(paths, _SIGNS.values(), strict=False) if os.path.lexists(repository.root / path)
    )
    return next(there, "")
