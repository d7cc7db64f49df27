"""A folder comes in, the repository's own configuration as a review there would find it goes out, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.errors import Misconfigured
from app.git import GitRepository
from app.local_changes import change_in_diff, change_in_repository
from app.repo_config import CONFIG_PATH, RepoConfig, parse_config

if TYPE_CHECKING:
    from pathlib import Path

    from app.local_changes import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The configuration in force, and what is to be said of it.

    Attributes:
        config: All defaults where there is none or it cannot be used.
        there: Whether there is one.
        changed: Whether the change at hand brings another one, which is not in force yet.
        fault: Why it cannot be used, with the cure; empty if it can.
    """

    config: RepoConfig = field(default_factory=RepoConfig)
    there: bool = False
    changed: bool = False
    fault: str = ""


def find_config(folder: Path) -> Found:
    """The configuration that is in force for a review of ``folder``, by the same rule as there."""
    try:
        change = _change(folder)
        for text in change.other_configs:
            parse_config(text, f"{CONFIG_PATH} as it is changed here,")
        return Found(
            config=parse_config(change.config, change.config_source),
            there=change.config is not None,
            changed=bool(change.other_configs),
        )
    except Misconfigured as error:
        return Found(fault=str(error))


def _change(folder: Path) -> Change:
    try:
        repository = GitRepository.around(folder)
    except Misconfigured:
        # Outside a repository only a diff can be reviewed; the configuration beside it counts.
        return change_in_diff(b"", "no change", folder)
    return change_in_repository(repository, base=None, head=None)
