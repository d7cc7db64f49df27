"""All that was said on a pull request, by everybody, in one reading: who said it, when, and on which lines.

One request by GraphQL for each hundred comments and fifty threads; where it does not answer, two by REST, which does
not know what is resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.errors import GraphQLRefused, NotGitHub
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.conversation import believed
from app.github.seals import unsealed
from reviewers.diff import Side

_MOST_ENTRIES = 3_000
_QUERY = """
query Transcript($owner: String!, $repo: String!, $number: Int!, $comments: String, $threads: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      comments(first: 100, after: $comments) {
        nodes { fullDatabaseId body createdAt viewerDidAuthor author { __typename login } }
        pageInfo { hasNextPage endCursor }
      }
      reviewThreads(first: 50, after: $threads) {
        nodes {
          isResolved path line originalLine startLine originalStartLine diffSide
          resolvedBy { login }
          comments(first: 50) {
            nodes {
              fullDatabaseId body createdAt viewerDidAuthor author { __typename login }
              originalCommit { oid }
            }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment.

    Attributes:
        comment: GitHub's number of it; comments on the diff have numbers of their own.
        author: Login of who wrote it, as REST has it; the empty string for a deleted account.
        own: Whether that is our own account.
        by_bot: Whether that is a machine's.
        body: Its text as it is now, without a seal.
        at: When it was written.
    """

    comment: int
    author: str
    own: bool
    by_bot: bool
    body: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A thread on the diff.

    Attributes:
        path: The file.
        start_line: The first line it stands on, now or, where that is gone, when it was begun; None for a whole file.
        end_line: The last one.
        side: On which side of the diff.
        head: The commit it was begun on, or the empty string.
        said: Its comments, oldest first, at least one; of a long thread the first fifty.
        resolved: Whether it is resolved; None where GraphQL does not tell.
        resolved_by: Login of who resolved it, or the empty string.
    """

    path: str
    start_line: int | None
    end_line: int | None
    side: Side
    head: str
    said: tuple[Said, ...]
    resolved: bool | None = None
    resolved_by: str = ""

    @property
    def first(self) -> Said:
        """What it began with."""
        return self.said[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """All that was said.

    Attributes:
        comments: In the conversation, oldest first.
        talks: The threads on the diff.
    """

    comments: tuple[Said, ...] = ()
    talks: tuple[Talk, ...] = ()

    def without(self, comment: int, *, on_diff: bool) -> Transcript:
        """The same as if one comment had not been written; of a thread that is its first, nothing is left.

        Args:
            comment: GitHub's number of it.
            on_diff: Whether it stands on the diff, where comments have numbers of their own.
        """
        if not on_diff:
            return replace(self, comments=tuple(one for one in self.comments if one.comment != comment))
        others = (talk for talk in self.talks if talk.first.comment != comment)
        talks = (replace(talk, said=tuple(one for one in talk.said if one.comment != comment)) for talk in others)
        return replace(self, talks=tuple(talks))


def fetch_transcript(client: GitHubClient, pull: PullRequestId) -> Transcript:
    """Read it.

    Raises:
        GitHubError: One of its subclasses.
    """
    try:
        return _by_graphql(client, pull)
    except GraphQLRefused:
        pass
    try:
        return _by_rest(client, pull)
    except (KeyError, TypeError, ValueError) as error:
        raise NotGitHub(f"what answers for {pull} is not GitHub's API; check GITHUB_API_URL") from error


def _by_graphql(client: GitHubClient, pull: PullRequestId) -> Transcript:
    comments: list[Said] = []
    talks: list[Talk] = []
    variables: dict[str, Any] = {"owner": pull.owner, "repo": pull.repo, "number": pull.number}
    try:
        while True:
            data = client.graphql(_QUERY, variables, about=f"what was said on {pull}")
            found = data["repository"]["pullRequest"]
            comments += map(_said, found["comments"]["nodes"])
            talks += (_talk(node) for node in found["reviewThreads"]["nodes"] if node["comments"]["nodes"])
            more = {"comments": found["comments"]["pageInfo"], "threads": found["reviewThreads"]["pageInfo"]}
            # A list that is at its end is asked for again from there, and has nothing.
            variables |= {name: page["endCursor"] for name, page in more.items() if page["endCursor"]}
            if not any(page["hasNextPage"] for page in more.values()):
                return Transcript(comments=tuple(comments), talks=tuple(talks))
    except (KeyError, TypeError, ValueError) as error:
        client.distrust_graphql()
        raise GraphQLRefused(f"GraphQL does not tell what was said on {pull}") from error


def _said(node: Mapping[str, Any]) -> Said:
    author = node["author"] or {}
    by_bot = author.get("__typename") == "Bot"
    login = author.get("login", "")
    return Said(
        comment=int(node["fullDatabaseId"]),
        # GraphQL names bots without their suffix.
        author=f"{login}[bot]" if by_bot else login,
        own=node["viewerDidAuthor"],
        by_bot=by_bot,
        body=unsealed(node["body"]),
        at=datetime.fromisoformat(node["createdAt"]),
    )


def _talk(node: Mapping[str, Any]) -> Talk:
    first = node["comments"]["nodes"][0]
    end = node["line"] or node["originalLine"]
    return Talk(
        path=node["path"],
        start_line=(node["startLine"] if node["line"] else node["originalStartLine"]) or end,
        end_line=end,
        side=Side(node["diffSide"]),
        head=(first["originalCommit"] or {}).get("oid", ""),
        said=tuple(map(_said, node["comments"]["nodes"])),
        resolved=node["isResolved"],
        resolved_by=(node["resolvedBy"] or {}).get("login", ""),
    )


def _by_rest(client: GitHubClient, pull: PullRequestId) -> Transcript:
    about, by_us = f"the comments of {pull}", believed(client, pull)
    written = client.pages(f"{pull.issue_path}/comments", about=about, most=_MOST_ENTRIES)
    comments = sorted((_entry(entry, by_us) for entry in written), key=lambda said: said.comment)
    remarks = tuple(client.pages(f"{pull.path}/comments", about=about, most=_MOST_ENTRIES))
    replies: dict[int, list[Said]] = {}
    for entry in remarks:
        if first := entry.get("in_reply_to_id"):
            replies.setdefault(int(first), []).append(_entry(entry, by_us))
    firsts = [entry for entry in remarks if not entry.get("in_reply_to_id")]
    talks = (_thread(entry, replies.get(int(entry["id"]), ()), by_us) for entry in firsts)
    return Transcript(comments=tuple(comments), talks=tuple(talks))


def _entry(entry: Mapping[str, Any], by_us: Callable[[Mapping[str, Any]], bool]) -> Said:
    author = entry.get("user") or {}
    text = entry.get("body") or ""
    return Said(
        comment=int(entry["id"]),
        author=author.get("login", ""),
        own=by_us(entry),
        by_bot=author.get("type") == "Bot",
        body=unsealed(text),
        at=datetime.fromisoformat(entry["created_at"]),
    )


def _thread(entry: Mapping[str, Any], replies: Iterable[Said], by_us: Callable[[Mapping[str, Any]], bool]) -> Talk:
    end = entry.get("line") or entry.get("original_line")
    return Talk(
        path=entry.get("path", ""),
        start_line=(entry.get("start_line") if entry.get("line") else entry.get("original_start_line")) or end,
        end_line=end,
        side=Side(entry.get("side") or Side.RIGHT),
        head=entry.get("original_commit_id") or entry.get("commit_id") or "",
        said=(_entry(entry, by_us), *sorted(replies, key=lambda said: said.comment)),
    )
