"""Which pull request a step is about, where its event does not say: asked of GitHub, and believed from nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.errors import NotCollected, NotVisible
from app.events import PullRequestChanged
from app.github.addresses import repository_path
from app.github.deliveries import Ignored
from app.github.webhook import parse_in_workflow

if TYPE_CHECKING:
    from app.action.collected import Collected
    from app.action.occasions import Collecting
    from app.events import RepositoryId
    from app.services import Access


def pull_of_branch(github: Access, repository: RepositoryId, branch: str) -> int | None:
    """The open pull request from a branch of the repository itself; of several the first one that was opened.

    Raises:
        GitHubError: GitHub does not answer.
    """
    if not branch:
        return None
    parameters = {"state": "open", "head": f"{repository.owner}:{branch}", "per_page": 100}
    with closing(github.client(repository)) as client:
        pulls = client.get(
            f"{repository_path(repository)}/pulls",
            about=f"the pull requests of {repository.full_name}",
            parameters=parameters,
        )
    # Looked at once more: a server that does not know the parameter lists all of them.
    return min((int(pull["number"]) for pull in pulls if _is_from(pull, repository, branch)), default=None)


def change_of(github: Access, repository: RepositoryId, number: int) -> PullRequestChanged:
    """A pull request as if it had just been pushed to.

    Raises:
        GitHubError: It cannot be read.
    """
    return _changed(_fetched(github, repository, number), repository)


def collected_change(github: Access, occasion: Collecting, collected: Collected, *, known: bool) -> PullRequestChanged:
    """The pull request that a workflow without secrets ran for.

    The file names it, and GitHub says whether that is true: its head is the commit that the workflow ran for, from the
    repository that the commit came from, and it goes to this repository and is open.

    Args:
        github: Where it is looked up.
        occasion: What GitHub says of the workflow's run.
        collected: What the workflow left.
        known: Whether this pull request was reviewed before.

    Raises:
        NotCollected: It is another one, or none.
        GitHubError: It cannot be read.
    """
    number, repository = collected.pull_request, occasion.repository
    if occasion.repository_id and collected.repository != occasion.repository_id:
        raise NotCollected(_other(number, "the file is about another repository"))
    try:
        data = _fetched(github, repository, number)
    except NotVisible as error:
        raise NotCollected(_other(number, "there is none of that number")) from error
    head, base = data.get("head") or {}, data.get("base") or {}
    if head.get("sha") != occasion.head:
        raise NotCollected(_other(number, "its head is another commit; a newer push has a run of its own"))
    if (head.get("repo") or {}).get("id") != occasion.head_repository_id:
        raise NotCollected(_other(number, "its head is in another repository"))
    if occasion.repository_id and (base.get("repo") or {}).get("id") != occasion.repository_id:
        raise NotCollected(_other(number, "it goes to another repository"))
    if data.get("state") != "open":
        raise NotCollected(_other(number, "it is closed"))
    change = _changed(data, repository)
    return change if known else replace(change, action="opened")


def _fetched(github: Access, repository: RepositoryId, number: int) -> Mapping[str, Any]:
    pull = repository.pull(number)
    with closing(github.client(repository)) as client:
        data: Mapping[str, Any] = client.get(pull.path, about=str(pull))
    return data


def _changed(data: Mapping[str, Any], repository: RepositoryId) -> PullRequestChanged:
    where = {"name": repository.repo, "owner": {"login": repository.owner}}
    payload = {"action": "synchronize", "pull_request": data, "repository": where, "sender": data.get("user")}
    found = parse_in_workflow("pull_request", payload)
    if not isinstance(found, PullRequestChanged):
        reason = found.reason if isinstance(found, Ignored) else "it cannot be read"
        raise NotCollected(f"what GitHub says of the pull request is not used: {reason}")
    return found


def _is_from(pull: Mapping[str, Any], repository: RepositoryId, branch: str) -> bool:
    head = pull.get("head") or {}
    name = str((head.get("repo") or {}).get("full_name", ""))
    return head.get("ref") == branch and name.lower() == repository.full_name.lower()


def _other(number: int, why: str) -> str:
    return f"pull request {number} is not the one that the collecting workflow ran for ({why}); nothing is reviewed"
