"""A commit in, the open pull requests whose head it is out: checks on commits of forks do not name theirs."""

from __future__ import annotations

from typing import Any

from app.github.addresses import Named, repository_path
from app.github.client import GitHubClient

_MOST_PULLS = 300


def pulls_of_commit(client: GitHubClient, repository: Named, head: str) -> tuple[int, ...]:
    """Open pull requests whose head a commit is.

    GitHub tells those of branches of the repository by the commit; those of forks are looked for among the open ones.
    """
    path, about = repository_path(repository), f"the pull requests of {repository.owner}/{repository.repo}"
    told = client.pages(f"{path}/commits/{head}/pulls", about=about, most=_MOST_PULLS)
    if numbers := _heads(told, head):
        return numbers
    return _heads(client.pages(f"{path}/pulls", about=about, most=_MOST_PULLS), head)


def _heads(pulls: Any, head: str) -> tuple[int, ...]:
    return tuple(pull["number"] for pull in pulls if pull["state"] == "open" and pull["head"]["sha"] == head)
