"""A repository's configuration as it is in force: read from GitHub, its base branch and its organisation's."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from app.errors import NotVisible
from app.github.addresses import repository_path
from app.github.contents import decoded
from app.github.organisation import fetch_org_config
from app.repo_config import Effective, effective

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient
    from app.services import Services


def read_effective(services: Services, client: GitHubClient, repository: RepositoryId, base_ref: str = "") -> Effective:
    """The configuration at the tip of a branch, by default the repository's own default branch.

    Raises:
        ConfigRejected: The repository's own file cannot be used.
        GitHubError: It cannot be read.
    """
    return with_organisation(services, repository, _text(client, repository, base_ref, services.config_path))


def with_organisation(services: Services, repository: RepositoryId, own: str | None) -> Effective:
    """The configuration that a repository's own text makes together with its organisation's.

    The organisation's counts for up to five minutes after it was changed: most have none, and to find that out takes
    the refusal of a token each time.

    Raises:
        ConfigRejected: The repository's own file cannot be used.
        GitHubError: The organisation's cannot be read.
    """
    github = services.github
    name = f"organisation:{repository.installation}:{repository.owner.lower()}"
    below = github.for_a_while(name, lambda: fetch_org_config(github.client, repository))
    return services.adjust(effective(below, own, repository_source=services.config_path))


def _text(client: GitHubClient, repository: RepositoryId, ref: str, place: str) -> str | None:
    path = f"{repository_path(repository)}/contents/{quote(place)}"
    try:
        entry = client.get(path, about=f"{place} of {repository.full_name}", parameters={"ref": ref} if ref else {})
    except NotVisible:
        return None
    return decoded(entry) if isinstance(entry, dict) and entry.get("type") == "file" else None
