"""A pull request in; the commit that it ends in and the branch that it goes to out, as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import NotGitHub

if TYPE_CHECKING:
    from app.github.addresses import PullRequestId
    from app.github.client import GitHubClient


def head_and_base(client: GitHubClient, pull: PullRequestId) -> tuple[str, str]:
    """The commit at its head, and the name of its base branch.

    Raises:
        GitHubError: It cannot be read, or what answers is not GitHub.
    """
    data = client.get(pull.path, about=str(pull))
    try:
        return str(data["head"]["sha"]), str(data["base"]["ref"])
    except (KeyError, TypeError) as error:
        raise NotGitHub(f"what answers for {pull} is not GitHub's API; check GITHUB_API_URL") from error
