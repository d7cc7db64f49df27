"""The part of GitHub's GraphQL schema that is asked for, answered by graphql-core, which refuses what is not in it.

Names, arguments and nullability are GitHub's; that a query keeps the whole published schema is tested apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync

from tests.fakes.github_repository import FakePull, as_bytes, blob_sha
from tests.fakes.github_state import WRITTEN, GitHubState
from tests.fakes.github_threads import minimize, not_found, resolve

_TEXT_LIMIT = 500_000

SCHEMA: GraphQLSchema = build_schema(
    """
    scalar BigInt
    scalar DateTime
    scalar GitObjectID
    type Query { repository(owner: String!, name: String!, followRenames: Boolean = true): Repository, viewer: User! }
    interface Actor { login: String! }
    type User implements Actor { login: String! }
    type Bot implements Actor { login: String! }
    type Repository {
      object(expression: String, oid: GitObjectID): GitObject
      pullRequest(number: Int!): PullRequest
      pullRequests(
        first: Int, after: String, states: [PullRequestState!], orderBy: IssueOrder
      ): PullRequestConnection!
    }
    input IssueOrder { field: IssueOrderField!, direction: OrderDirection! }
    enum IssueOrderField { COMMENTS CREATED_AT UPDATED_AT }
    enum OrderDirection { ASC DESC }
    type PullRequestConnection { nodes: [PullRequest], pageInfo: PageInfo!, totalCount: Int! }
    interface GitObject { oid: GitObjectID! }
    type Blob implements GitObject {
      oid: GitObjectID!, text: String, isBinary: Boolean, isTruncated: Boolean!, byteSize: Int!
    }
    type Tree implements GitObject { oid: GitObjectID! }
    type PageInfo { hasNextPage: Boolean!, endCursor: String }
    enum PullRequestState { CLOSED MERGED OPEN }
    enum PullRequestReviewState { APPROVED CHANGES_REQUESTED COMMENTED DISMISSED PENDING }
    type PullRequest {
      number: Int!
      headRefOid: GitObjectID!
      author: Actor
      createdAt: DateTime!
      mergedAt: DateTime
      closedAt: DateTime
      state: PullRequestState!
      comments(first: Int, after: String): IssueCommentConnection!
      reviews(first: Int, after: String, states: [PullRequestReviewState!]): PullRequestReviewConnection
      reviewThreads(first: Int, after: String): PullRequestReviewThreadConnection!
      closingIssuesReferences(first: Int, after: String): IssueConnection
    }
    type IssueConnection { nodes: [Issue], pageInfo: PageInfo!, totalCount: Int! }
    type Issue { number: Int!, title: String!, body: String! }
    type IssueCommentConnection { nodes: [IssueComment], pageInfo: PageInfo!, totalCount: Int! }
    type IssueComment {
      fullDatabaseId: BigInt, body: String!, createdAt: DateTime!, viewerDidAuthor: Boolean!, author: Actor
    }
    type PullRequestReviewConnection { nodes: [PullRequestReview], pageInfo: PageInfo!, totalCount: Int! }
    type PullRequestReview {
      fullDatabaseId: BigInt, body: String!, state: PullRequestReviewState!, viewerDidAuthor: Boolean!, author: Actor
      submittedAt: DateTime
      comments(first: Int, after: String): PullRequestReviewCommentConnection!
    }
    type PullRequestReviewThreadConnection { nodes: [PullRequestReviewThread], pageInfo: PageInfo!, totalCount: Int! }
    type PullRequestReviewThread {
      id: ID!, isResolved: Boolean!, isOutdated: Boolean!, resolvedBy: User, path: String!
      line: Int, originalLine: Int, startLine: Int, originalStartLine: Int, diffSide: DiffSide!
      comments(first: Int, after: String): PullRequestReviewCommentConnection!
    }
    type PullRequestReviewCommentConnection {
      nodes: [PullRequestReviewComment], pageInfo: PageInfo!, totalCount: Int!
    }
    interface Minimizable { isMinimized: Boolean!, minimizedReason: String }
    type PullRequestReviewComment implements Minimizable {
      id: ID!, fullDatabaseId: BigInt, body: String!, viewerDidAuthor: Boolean!, author: Actor
      isMinimized: Boolean!, minimizedReason: String, createdAt: DateTime!, originalCommit: Commit
    }
    type Commit { oid: GitObjectID! }
    enum DiffSide { LEFT RIGHT }
    enum ReportedContentClassifiers { ABUSE DUPLICATE LOW_QUALITY OFF_TOPIC OUTDATED RESOLVED SPAM }
    input ResolveReviewThreadInput { threadId: ID!, clientMutationId: String }
    input UnresolveReviewThreadInput { threadId: ID!, clientMutationId: String }
    input MinimizeCommentInput {
      subjectId: ID!, classifier: ReportedContentClassifiers!, clientMutationId: String
    }
    type ResolveReviewThreadPayload { thread: PullRequestReviewThread }
    type UnresolveReviewThreadPayload { thread: PullRequestReviewThread }
    type MinimizeCommentPayload { minimizedComment: Minimizable }
    type Mutation {
      resolveReviewThread(input: ResolveReviewThreadInput!): ResolveReviewThreadPayload
      unresolveReviewThread(input: UnresolveReviewThreadInput!): UnresolveReviewThreadPayload
      minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
    }
    """
)


def answer(body: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """What a query gets. Values of ``root`` are data, or functions of ``info`` and the field's arguments."""
    result = graphql_sync(SCHEMA, body["query"], root, variable_values=dict(body.get("variables") or {}))
    formatted: dict[str, Any] = dict(result.formatted)
    for error in formatted.get("errors", ()):  # GitHub has the kind of an error beside its message
        error.update(error.pop("extensions", {}))
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


def root(
    *states: GitHubState,
    resolves: Callable[[GitHubState], bool] = lambda _: True,
    hides_pulls: Callable[[GitHubState], bool] = lambda _: False,
) -> dict[str, Any]:
    """What the fields of ``Query`` and ``Mutation`` resolve to.

    Args:
        states: The repositories that the token sees.
        resolves: Whether the token may write the contents of one, which is what resolving a thread needs.
        hides_pulls: Whether the token may not read the pull requests of one.
    """

    def repository(_info: Any, owner: str, name: str, **_rest: Any) -> dict[str, Any] | None:
        state = next((state for state in states if state.repository.lower() == f"{owner}/{name}".lower()), None)
        if state is None:
            return None
        return {
            "object": lambda _info, expression: _object(state, expression),
            "pullRequest": lambda _info, number: _pull(state, number),
            "pullRequests": _pulls(state, hidden=hides_pulls(state)),
        }

    def changed(resolved: bool) -> Callable[..., dict[str, Any]]:
        def change(_info: Any, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 - GitHub's name
            state = _holder(states, input["threadId"])
            return resolve(state, input["threadId"], resolved=resolved, may=resolves(state))

        return change

    def minimized(_info: Any, input: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 - GitHub's name
        return minimize(_holder(states, input["subjectId"]), input["subjectId"], input["classifier"], may=True)

    return {
        "repository": repository,
        "resolveReviewThread": changed(True),
        "unresolveReviewThread": changed(False),
        "minimizeComment": minimized,
    }


def _holder(states: Iterable[GitHubState], node: str) -> GitHubState:
    for state in states:
        nodes = {item["node_id"] for item in (*state.review_comments(), *state.issue_comments)}
        if node.replace("PRRT_", "PRRC_") in nodes:
            return state
    raise not_found(node)


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


def _pulls(state: GitHubState, *, hidden: bool) -> Callable[..., dict[str, Any]]:
    """Pull requests, the newest first where that is asked for."""

    def listed(info: Any, orderBy: Mapping[str, str] | None = None, **rest: Any) -> dict[str, Any]:  # noqa: N803 - GitHub's name
        if hidden:
            raise GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})
        newest_first = orderBy is not None and orderBy["direction"] == "DESC"
        pulls = sorted(state.pulls.values(), key=lambda pull: (pull.created_at, pull.number), reverse=newest_first)
        shown = [found for pull in pulls if (found := _pull(state, pull.number)) is not None]
        return connection(shown)(info, **rest)

    return listed


def _pull(state: GitHubState, number: int) -> dict[str, Any] | None:
    pull = state.pulls.get(number)
    if pull is None:
        return None
    reviews = [r for r in state.all_reviews if r["pull"] == number and (r["state"] != "PENDING" or state.own(r))]
    comments = [comment for comment in state.review_comments() if comment["pull"] == number]
    threads = [_thread(state, first, comments) for first in comments if not first.get("in_reply_to_id")]
    return {
        "number": number,
        "headRefOid": pull.head_sha,
        "author": {"__typename": "User", "login": pull.author} if pull.author else None,
        "createdAt": pull.created_at,
        "mergedAt": pull.merged_at,
        "closedAt": pull.closed_at,
        "state": "MERGED" if pull.merged else pull.state.upper(),
        "comments": _written(state, [c for c in state.issue_comments if c["pull"] == number]),
        "reviews": _written(state, reviews),
        "reviewThreads": connection(threads),
        "closingIssuesReferences": _closing(pull),
    }


def _closing(pull: FakePull) -> Callable[..., dict[str, Any]]:
    """The issues that a pull request closes; who may not read issues is refused them, and gets the rest."""
    if pull.issues_hidden:

        def hidden(_info: Any, **_rest: Any) -> dict[str, Any]:
            raise GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})

        return hidden
    return connection([{"number": number, "title": title, "body": body} for number, title, body in pull.closes])


def _thread(state: GitHubState, first: Mapping[str, Any], comments: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    known = state.threads.get(first["id"], {})
    resolver = known.get("resolved_by", "")
    return {
        "id": f"PRRT_{first['id']}",
        "isResolved": known.get("resolved", False),
        "isOutdated": state.outdated(first),
        "path": first.get("path", ""),
        "line": None if state.outdated(first) else first.get("line"),
        "originalLine": first.get("line"),
        "startLine": None if state.outdated(first) else first.get("start_line"),
        "originalStartLine": first.get("start_line"),
        "diffSide": first.get("side", "RIGHT"),
        "resolvedBy": {"login": resolver} if resolver and known.get("resolved") else None,
        "comments": _written(state, [first, *(item for item in comments if item.get("in_reply_to_id") == first["id"])]),
    }


def _written(state: GitHubState, items: Iterable[Mapping[str, Any]]) -> Callable[..., dict[str, Any]]:
    return connection(
        [
            {
                **item,
                "id": item.get("node_id", "N_1"),
                "isMinimized": item.get("node_id") in state.minimized,
                "minimizedReason": state.minimized.get(item.get("node_id", ""), "").lower() or None,
                "fullDatabaseId": str(item.get("id", 1)),
                "viewerDidAuthor": state.own(item),
                "createdAt": item.get("created_at", WRITTEN),
                "submittedAt": item.get("submitted_at"),
                "originalCommit": {"oid": item["commit_id"]} if "commit_id" in item else None,
                # GraphQL names bots without the suffix that they have in REST.
                "author": {
                    "__typename": item["user"].get("type", "User"),
                    "login": item["user"]["login"].removesuffix("[bot]"),
                },
                "comments": _written(state, [{**comment, "user": item["user"]} for comment in item.get("comments", ())])
                if "comments" in item
                else None,
            }
            for item in items
        ]
    )
