"""Threads on the diff of a pull request: which there are, and what is answered in them.

By GraphQL, which alone knows what is resolved and outdated; where it does not answer, by REST, without that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import GraphQLRefused
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.conversation import believed
from app.github.seals import unsealed

_MOST_ENTRIES = 3_000
_QUERY = """
query Threads($owner: String!, $repo: String!, $number: Int!, $threads: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: 50, after: $threads) {
        nodes {
          id isResolved isOutdated
          comments(first: 50) {
            nodes { id fullDatabaseId body viewerDidAuthor isMinimized author { __typename login } }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer in a thread.

    Attributes:
        author: Login of who wrote it; the empty string for a deleted account.
        body: Its text.
        own: Whether that is our own account.
    """

    author: str
    body: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread on the diff.

    Attributes:
        id: GitHub's name of it for GraphQL; the empty string where it is known by REST alone.
        comment: GitHub's number of its first comment.
        node_id: GitHub's name of that comment for GraphQL.
        body: Text of that comment, without a seal.
        own: Whether our account wrote it.
        resolved: Whether somebody has resolved it; False where GraphQL does not tell.
        outdated: Whether the code it stands on has changed; False where GraphQL does not tell.
        minimised: Whether its first comment is hidden.
        replies: What was answered, oldest first.
    """

    id: str
    comment: int
    node_id: str
    body: str
    own: bool
    resolved: bool = False
    outdated: bool = False
    minimised: bool = False
    replies: tuple[Reply, ...] = ()


def fetch_threads(client: GitHubClient, pull: PullRequestId) -> tuple[Thread, ...]:
    """Every thread on the diff, everybody's, oldest first; of each the first fifty comments.

    Raises:
        GitHubError: One of its subclasses.
    """
    try:
        return _by_graphql(client, pull)
    except GraphQLRefused:
        return _by_rest(client, pull)


def _by_graphql(client: GitHubClient, pull: PullRequestId) -> tuple[Thread, ...]:
    threads: list[Thread] = []
    variables: dict[str, Any] = {"owner": pull.owner, "repo": pull.repo, "number": pull.number}
    try:
        while True:
            data = client.graphql(_QUERY, variables, about=f"the threads of {pull}")
            found = data["repository"]["pullRequest"]["reviewThreads"]
            threads += [_thread(node) for node in found["nodes"] if node["comments"]["nodes"]]
            if not found["pageInfo"]["hasNextPage"]:
                return tuple(threads)
            variables["threads"] = found["pageInfo"]["endCursor"]
    except (KeyError, TypeError, ValueError) as error:
        client.distrust_graphql()
        raise GraphQLRefused(f"GraphQL does not tell the threads of {pull}") from error


def _thread(node: Mapping[str, Any]) -> Thread:
    first, *rest = node["comments"]["nodes"]
    return Thread(
        id=node["id"],
        comment=int(first["fullDatabaseId"]),
        node_id=first["id"],
        body=unsealed(first["body"]),
        own=first["viewerDidAuthor"],
        resolved=node["isResolved"],
        outdated=node["isOutdated"],
        minimised=first["isMinimized"],
        replies=tuple(
            Reply(
                author=_author(item["author"] or {}),
                body=unsealed(item["body"]),
                own=item["viewerDidAuthor"],
            )
            for item in rest
        ),
    )


def _author(actor: Mapping[str, Any]) -> str:
    """The login as REST and webhooks have it: GraphQL names bots without their suffix."""
    return f"{actor['login']}[bot]" if actor.get("__typename") == "Bot" else actor.get("login", "")


def _by_rest(client: GitHubClient, pull: PullRequestId) -> tuple[Thread, ...]:
    about = f"the comments of {pull}"
    entries = sorted(client.pages(f"{pull.path}/comments", about=about, most=_MOST_ENTRIES), key=_number)
    by_us = believed(client, pull)
    answers: dict[int, list[Reply]] = {}
    for entry in entries:
        if first := entry.get("in_reply_to_id"):
            author = (entry.get("user") or {}).get("login", "")
            text = unsealed(entry.get("body") or "")
            answers.setdefault(int(first), []).append(Reply(author=author, body=text, own=by_us(entry)))
    return tuple(
        Thread(
            id="",
            comment=_number(entry),
            node_id=entry.get("node_id", ""),
            body=unsealed(entry.get("body") or ""),
            own=by_us(entry),
            replies=tuple(answers.get(_number(entry), ())),
        )
        for entry in _firsts(entries)
    )


def _firsts(entries: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (entry for entry in entries if not entry.get("in_reply_to_id"))


def _number(entry: Mapping[str, Any]) -> int:
    return int(entry["id"])
