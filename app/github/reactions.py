"""The small answers under a comment: 👀 seen, 🚀 done, 👎 may not, 😕 not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.errors import NotGitHub, NotVisible
from app.github.addresses import Named, repository_path
from app.github.client import GitHubClient

Content = Literal["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]

_MOST_REACTIONS = 300


@dataclass(frozen=True, slots=True)
class Reaction:
    """What somebody put under a comment.

    Attributes:
        content: Which.
        login: Who; the empty string for a deleted account.
        by_bot: Whether that is a machine.
    """

    content: str
    login: str
    by_bot: bool


def reactions_on(client: GitHubClient, repository: Named, comment: int) -> tuple[Reaction, ...]:
    """Everybody's reactions under a comment in a thread on the diff, the oldest first; none where it is gone.

    Raises:
        GitHubError: One of its subclasses.
    """
    about = f"the reactions on {repository.owner}/{repository.repo}"
    try:
        entries = list(client.pages(_path(repository, comment, on_diff=True), about=about, most=_MOST_REACTIONS))
    except NotVisible:
        return ()
    found = ((entry.get("content", ""), entry.get("user") or {}) for entry in entries)
    return tuple(Reaction(content, user.get("login", ""), user.get("type") == "Bot") for content, user in found)


def react(client: GitHubClient, repository: Named, comment: int, on_diff: bool, content: Content) -> int:
    """Put a reaction under a comment; the one that is there already, if it is; its number.

    Args:
        client: Writes under its token.
        repository: Where the comment stands.
        comment: GitHub's number of it.
        on_diff: Whether it stands in a thread on the diff; numbers of the two kinds overlap.
        content: Which.

    Raises:
        NotVisible: The comment is not there any more.
        GitHubError: Another of its subclasses.
    """
    about = f"a reaction on {repository.owner}/{repository.repo}"
    made = client.write("POST", _path(repository, comment, on_diff), {"content": content}, about=about, repeatable=True)
    number = made.get("id") if isinstance(made, dict) else None
    if not isinstance(number, int):
        raise NotGitHub(f"what answers for {about} is not GitHub's API; check GITHUB_API_URL")
    return number


def unreact(client: GitHubClient, repository: Named, comment: int, on_diff: bool, content: Content) -> None:
    """Take our reaction away; where there is none, nothing happens.

    Which of the reactions is ours, GitHub tells who reacts again: that is answered with the one that is there.
    It raises what ``react`` does, apart from ``NotVisible``.
    """
    about = f"a reaction on {repository.owner}/{repository.repo}"
    try:
        number = react(client, repository, comment, on_diff, content)
        path = f"{_path(repository, comment, on_diff)}/{number}"
        client.write("DELETE", path, about=about, repeatable=True)
    except NotVisible:
        return  # the comment is gone, or an earlier try has done it


def _path(repository: Named, comment: int, on_diff: bool) -> str:
    return f"{repository_path(repository)}/{'pulls' if on_diff else 'issues'}/comments/{comment}/reactions"
