"""The part of GitHub's GraphQL schema that is asked for, answered by graphql-core, which refuses what is not in it.

Names, arguments and nullability are GitHub's; that a query keeps the whole published schema is tested apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import GraphQLSchema, build_schema, graphql_sync

from tests.fakes.github_repository import as_bytes, blob_sha
from tests.fakes.github_state import GitHubState

_TEXT_LIMIT = 500_000

SCHEMA: GraphQLSchema = build_schema(
    """
    scalar BigInt
    scalar GitObjectID
    type Query { repository(owner: String!, name: String!, followRenames: Boolean = true): Repository, viewer: User! }
    interface Actor { login: String! }
    type User implements Actor { login: String! }
    type Bot implements Actor { login: String! }
    type Repository { object(expression: String, oid: GitObjectID): GitObject, pullRequest(number: Int!): PullRequest }
    interface GitObject { oid: GitObjectID! }
    type Blob implements GitObject {
      oid: GitObjectID!, text: String, isBinary: Boolean, isTruncated: Boolean!, byteSize: Int!
    }
    type Tree implements GitObject { oid: GitObjectID! }
    type PageInfo { hasNextPage: Boolean!, endCursor: String }
    enum PullRequestState { CLOSED MERGED OPEN }
    enum PullRequestReviewState { APPROVED CHANGES_REQUESTED COMMENTED DISMISSED PENDING }
    type PullRequest {
      headRefOid: GitObjectID!
      state: PullRequestState!
      comments(first: Int, after: String): IssueCommentConnection!
      reviews(first: Int, after: String, states: [PullRequestReviewState!]): PullRequestReviewConnection
      reviewThreads(first: Int, after: String): PullRequestReviewThreadConnection!
    }
    type IssueCommentConnection { nodes: [IssueComment], pageInfo: PageInfo!, totalCount: Int! }
    type IssueComment { fullDatabaseId: BigInt, body: String!, viewerDidAuthor: Boolean! }
    type PullRequestReviewConnection { nodes: [PullRequestReview], pageInfo: PageInfo!, totalCount: Int! }
    type PullRequestReview {
      fullDatabaseId: BigInt, body: String!, state: PullRequestReviewState!, viewerDidAuthor: Boolean!, author: Actor
      comments(first: Int, after: String): PullRequestReviewCommentConnection!
    }
    type PullRequestReviewThreadConnection { nodes: [PullRequestReviewThread], pageInfo: PageInfo!, totalCount: Int! }
    type PullRequestReviewThread {
      isResolved: Boolean!, comments(first: Int, after: String): PullRequestReviewCommentConnection!
    }
    type PullRequestReviewCommentConnection {
      nodes: [PullRequestReviewComment], pageInfo: PageInfo!, totalCount: Int!
    }
    type PullRequestReviewComment { fullDatabaseId: BigInt, body: String!, viewerDidAuthor: Boolean! }
    """
)


def answer(body: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """What a query gets. Values of ``root`` are data, or functions of ``info`` and the field's arguments."""
    result = graphql_sync(SCHEMA, body["query"], root, variable_values=dict(body.get("variables") or {}))
    formatted: dict[str, Any] = dict(result.formatted)
    return formatted


def connection(every: list[dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A connection over a list. A cursor is the number of items before the page."""

    def page(
        _info: Any, first: int | None = None, after: str | None = None, states: list[str] | None = None
    ) -> dict[str, Any]:
        if first is None or not 1 <= first <= 100:
            raise ValueError("You must provide a `first` value between 1 and 100 to properly paginate the connection.")
        items = [item for item in every if states is None or item["state"] in states]
        start = int(after or 0)
        nodes = items[start : start + first]
        end = start + len(nodes)
        return {
            "nodes": nodes,
            "totalCount": len(items),
            "pageInfo": {"hasNextPage": end < len(items), "endCursor": str(end) if nodes else None},
        }

    return page


def root(state: GitHubState) -> dict[str, Any]:
    """What the fields of ``Query`` resolve to."""

    def repository(_info: Any, owner: str, name: str, **_rest: Any) -> dict[str, Any] | None:
        if f"{owner}/{name}" != state.repository:
            return None
        return {
            "object": lambda _info, expression: _object(state, expression),
            "pullRequest": lambda _info, number: _pull(state, number),
        }

    return {"repository": repository}


def _object(state: GitHubState, expression: str) -> dict[str, Any] | None:
    commit, path = expression.split(":", 1)
    content = (state.at(commit) or {}).get(path)
    if content is None:
        return None
    data = as_bytes(content)
    binary, cut_off = b"\0" in data, len(data) > _TEXT_LIMIT
    return {
        "__typename": "Blob",
        "oid": blob_sha(data),
        "text": None if binary else data.decode("utf-8", "replace")[:_TEXT_LIMIT],
        "isBinary": binary,
        "isTruncated": cut_off,
        "byteSize": len(data),
    }


def _pull(state: GitHubState, number: int) -> dict[str, Any] | None:
    pull = state.pulls.get(number)
    if pull is None:
        return None
    reviews = [r for r in state.all_reviews if r["pull"] == number and (r["state"] != "PENDING" or state.own(r))]
    submitted = [review for review in reviews if review["state"] != "PENDING"]
    threads = [
        {"isResolved": False, "comments": _written(state, [{**comment, "user": review["user"]}])}
        for review in submitted
        for comment in review["comments"]
    ]
    return {
        "headRefOid": pull.head_sha,
        "state": "MERGED" if pull.merged else pull.state.upper(),
        "comments": _written(state, [c for c in state.issue_comments if c["pull"] == number]),
        "reviews": _written(state, reviews),
        "reviewThreads": connection(threads),
    }


def _written(state: GitHubState, items: Iterable[Mapping[str, Any]]) -> Callable[..., dict[str, Any]]:
    return connection(
        [
            {
                **item,
                "fullDatabaseId": str(item.get("id", 1)),
                "viewerDidAuthor": state.own(item),
                "author": {"__typename": item["user"]["type"], "login": item["user"]["login"]},
                "comments": _written(state, [{**comment, "user": item["user"]} for comment in item.get("comments", ())])
                if "comments" in item
                else None,
            }
            for item in items
        ]
    )
