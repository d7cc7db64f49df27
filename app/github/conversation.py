"""What is already said on a pull request by our own account.

Only what our own account wrote is believed, because the markers in it decide what is told again. GraphQL says of each
comment whether the viewer wrote it; by REST a seal says so, else the account is asked for, and where an App's token may
not ask, comments by Apps and by people who may write to the repository are believed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import GitHubError, GitHubRateLimited, GraphQLRefused, WrongToken
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.seals import is_sealed, unsealed

_MOST_ENTRIES = 3_000
_INSIDERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_MARKED = "<!-- quartet:"
_QUERY = """
query Conversation($owner: String!, $repo: String!, $number: Int!, $comments: String, $threads: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      headRefOid
      comments(first: 100, after: $comments) {
        nodes { fullDatabaseId body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
      reviewThreads(first: 100, after: $threads) {
        nodes { comments(first: 1) { nodes { body viewerDidAuthor } } }
        pageInfo { hasNextPage endCursor }
      }
      reviews(first: 10, states: [PENDING]) {
        nodes { fullDatabaseId body viewerDidAuthor author { __typename } comments(first: 1) { totalCount } }
      }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class OwnText:
    """Something that our account wrote."""

    id: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingReview:
    """A review of our account that was begun and not submitted; it keeps every other from being posted.

    Attributes:
        id: GitHub's number.
        body: Its text so far.
        disposable: Whether nobody misses it: it is an App's, or empty. A person's own unsent remarks are kept.
    """

    id: int
    body: str
    disposable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What our account has said on a pull request.

    Attributes:
        head: The pull request's head at this moment.
        comments: Our comments in the conversation, oldest first.
        remarks: Bodies of our comments on the diff.
        pending: Our unsubmitted reviews, as far as GraphQL told; by REST they would cost a request.
    """

    head: str
    comments: tuple[OwnText, ...] = ()
    remarks: tuple[str, ...] = ()
    pending: tuple[PendingReview, ...] = ()


def fetch_conversation(client: GitHubClient, pull: PullRequestId) -> Conversation:
    """What our account has said, in one request for each hundred comments, or in three to four by REST.

    Raises:
        GitHubError: One of its subclasses.
    """
    try:
        return _by_graphql(client, pull)
    except GraphQLRefused:
        return _by_rest(client, pull)


def fetch_pending(client: GitHubClient, pull: PullRequestId) -> tuple[PendingReview, ...]:
    """Our unsubmitted reviews; GitHub shows nobody those of others."""
    entries = client.pages(f"{pull.path}/reviews", about=f"the reviews of {pull}", most=_MOST_ENTRIES)
    pending = [entry for entry in entries if entry.get("state") == "PENDING"]
    return tuple(
        PendingReview(
            id=entry["id"],
            body=entry.get("body") or "",
            disposable=_by_app(entry) or not (entry.get("body") or _has_comments(client, pull, entry["id"])),
        )
        for entry in pending
    )


def fetch_own_reviews(client: GitHubClient, pull: PullRequestId) -> tuple[OwnText, ...]:
    """Our submitted reviews that carry a marker, oldest first."""
    marked = _marked(client, f"{pull.path}/reviews", pull)
    submitted = [entry for entry in marked if entry.get("state") != "PENDING"]
    return _own(submitted, believed(client, pull))


def _by_graphql(client: GitHubClient, pull: PullRequestId) -> Conversation:
    comments: list[OwnText] = []
    remarks: list[str] = []
    variables: dict[str, Any] = {"owner": pull.owner, "repo": pull.repo, "number": pull.number}
    try:
        while True:
            data = client.graphql(_QUERY, variables, about=f"the conversation of {pull}")
            found = data["repository"]["pullRequest"]
            own = (node for node in found["comments"]["nodes"] if node["viewerDidAuthor"])
            comments += [OwnText(int(node["fullDatabaseId"]), unsealed(node["body"])) for node in own]
            firsts = (node for thread in found["reviewThreads"]["nodes"] for node in thread["comments"]["nodes"])
            remarks += [unsealed(node["body"]) for node in firsts if node["viewerDidAuthor"]]
            more = {"comments": found["comments"]["pageInfo"], "threads": found["reviewThreads"]["pageInfo"]}
            # A list that is at its end is asked for again from there, and has nothing.
            variables |= {name: page["endCursor"] for name, page in more.items() if page["endCursor"]}
            if not any(page["hasNextPage"] for page in more.values()):
                break
        pending = tuple(_pending(node) for node in found["reviews"]["nodes"] if node["viewerDidAuthor"])
        return Conversation(head=found["headRefOid"], comments=tuple(comments), remarks=tuple(remarks), pending=pending)
    except (KeyError, TypeError, ValueError) as error:
        client.distrust_graphql()
        raise GraphQLRefused(f"GraphQL does not tell the conversation of {pull}") from error


def _pending(node: Mapping[str, Any]) -> PendingReview:
    by_app = (node["author"] or {}).get("__typename") == "Bot"
    empty = not node["body"] and node["comments"]["totalCount"] == 0
    return PendingReview(id=int(node["fullDatabaseId"]), body=node["body"], disposable=by_app or empty)


def _by_rest(client: GitHubClient, pull: PullRequestId) -> Conversation:
    head = client.get(pull.path, about=str(pull))["head"]["sha"]
    comments = _marked(client, f"{pull.issue_path}/comments", pull)
    remarks = _marked(client, f"{pull.path}/comments", pull)
    by_us = believed(client, pull)
    return Conversation(
        head=head,
        comments=_own(comments, by_us),
        remarks=tuple(remark.body for remark in _own(remarks, by_us)),
    )


def _marked(client: GitHubClient, path: str, pull: PullRequestId) -> list[Mapping[str, Any]]:
    entries = client.pages(path, about=f"the comments of {pull}", most=_MOST_ENTRIES)
    return [entry for entry in entries if _MARKED in (entry.get("body") or "")]


def _own(entries: Iterable[Mapping[str, Any]], believed: Callable[[Mapping[str, Any]], bool]) -> tuple[OwnText, ...]:
    return tuple(OwnText(int(entry["id"]), unsealed(entry["body"])) for entry in entries if believed(entry))


def believed(client: GitHubClient, pull: PullRequestId) -> Callable[[Mapping[str, Any]], bool]:
    """Tells whether we wrote an entry; the account is asked for at most once, and only where a seal does not say."""
    by_account = functools.cache(lambda: written_by_us(client))

    def by_us(entry: Mapping[str, Any]) -> bool:
        return (client.rest_alone and is_sealed(entry["body"], pull, client.digest)) or by_account()(entry)

    return by_us


def written_by_us(client: GitHubClient) -> Callable[[Mapping[str, Any]], bool]:
    """Tells by their accounts whether we wrote entries; where ours cannot be asked for, machines and insiders count.

    Raises:
        WrongToken: The token is not accepted.
        GitHubRateLimited: GitHub asks to wait too long.
    """
    try:
        login = client.login or client.get("/user", about="the token's account")["login"]
    except (WrongToken, GitHubRateLimited):
        raise
    except (GitHubError, KeyError, TypeError):
        return lambda entry: _by_app(entry) or entry.get("author_association") in _INSIDERS
    return lambda entry: bool((entry.get("user") or {}).get("login") == login)


def _by_app(entry: Mapping[str, Any]) -> bool:
    return bool((entry.get("user") or {}).get("type") == "Bot")


def _has_comments(client: GitHubClient, pull: PullRequestId, review: int) -> bool:
    entries = client.pages(f"{pull.path}/reviews/{review}/comments", about=f"a review of {pull}", most=1)
    return any(True for _ in entries)
