"""The configuration that an organisation sets for all its repositories, in its repository ``.github``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from app.errors import InstallationGone, NotPermitted, NotVisible
from app.github.addresses import repository_path
from app.github.contents import decoded

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient

REPOSITORY = ".github"
CONFIG_PATH = ".quartet.yml"
_MOST_BYTES = 1_000_000


def fetch_org_config(client_for: Callable[[RepositoryId], GitHubClient], repository: RepositoryId) -> str | None:
    """The text of ``.quartet.yml`` on the default branch of the organisation's repository ``.github``.

    Args:
        client_for: Opens a connection to a repository under its installation's token.
        repository: One of the organisation's.

    Returns:
        None where there is no such file, or the App is not installed on that repository.

    Raises:
        GitHubError: GitHub failed to say; to go on without it could be against its owner's will.
    """
    home = replace(repository, repo=REPOSITORY)
    path = f"{repository_path(home)}/contents/{CONFIG_PATH}"
    with closing(client_for(home)) as client:
        try:
            entry = client.get(path, about=f"{CONFIG_PATH} of {home.full_name}")
        except (NotVisible, InstallationGone, NotPermitted):
            return None
    if not isinstance(entry, dict) or entry.get("type") != "file" or entry.get("size", 0) > _MOST_BYTES:
        return None
    return decoded(entry)
