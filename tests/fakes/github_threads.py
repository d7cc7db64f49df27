"""Threads on the diff and reactions: replies, edits, and the GraphQL mutations that resolve and hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError

from tests.fakes.github_replies import LONGEST_BODY, page, refused, too_long
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Incoming, Reply, json_reply

_CONTENTS = {"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}


def get_review_comment(state: GitHubState, _request: Incoming, comment: str) -> Reply:
    found = state.review_comment(int(comment))
    return json_reply(found) if found else refused(404, "Not Found")


def get_issue_comment(state: GitHubState, _request: Incoming, comment: str) -> Reply:
    found = next((item for item in state.issue_comments if item["id"] == int(comment)), None)
    return json_reply(found) if found else refused(404, "Not Found")


def edit_review_comment(state: GitHubState, request: Incoming, comment: str) -> Reply:
    if len(request.json["body"]) > LONGEST_BODY:
        return too_long("PullRequestReviewComment")
    stored = state.stored_comment(int(comment))
    if stored is None:
        return refused(404, "Not Found")
    stored["body"] = request.json["body"]
    return json_reply(state.review_comment(int(comment)))


def reply_to_comment(state: GitHubState, request: Incoming, number: str, comment: str) -> Reply:
    first = state.review_comment(int(comment))
    if first is None or first["pull"] != int(number):
        return refused(404, "Not Found")
    if first.get("in_reply_to_id"):
        return refused(422, "Validation Failed", "in_reply_to must be a top-level comment")
    if len(request.json["body"]) > LONGEST_BODY:
        return too_long("PullRequestReviewComment")
    return json_reply(state.add_reply(int(comment), request.json["body"]), status=201)


def list_reactions(state: GitHubState, request: Incoming, comment: str) -> Reply:
    key = (_kind(request), int(comment))
    wanted = request.query.get("content")
    found = [item for item in state.reactions.get(key, []) if wanted in {None, item["content"]}]
    return page(request, found, url=state.url) if _there(state, key) else refused(404, "Not Found")


def add_reaction(state: GitHubState, request: Incoming, comment: str) -> Reply:
    key, content = (_kind(request), int(comment)), request.json["content"]
    if not _there(state, key):
        return refused(404, "Not Found")
    if content not in _CONTENTS:
        return refused(422, "Validation Failed", {"resource": "Reaction", "field": "content", "code": "invalid"})
    for reaction in state.reactions.get(key, []):
        if reaction["content"] == content and state.own(reaction):
            return json_reply(reaction)
    number = state.new_id()
    written = {"id": number, "node_id": f"REA_{number}", "created_at": "2026-11-21T12:00:00Z"}
    reaction = {**written, "user": state.user(state.viewer), "content": content}
    state.reactions.setdefault(key, []).append(reaction)
    return json_reply(reaction, status=201)


def remove_reaction(state: GitHubState, request: Incoming, comment: str, reaction: str) -> Reply:
    there = state.reactions.get((_kind(request), int(comment)), [])
    for item in there:
        if item["id"] == int(reaction) and state.own(item):
            there.remove(item)
            return Reply(status=204)
    return refused(404, "Not Found")


def resolve(state: GitHubState, thread: str, *, resolved: bool, may: bool) -> dict[str, Any]:
    """What ``resolveReviewThread`` and its opposite answer; they need contents: write."""
    if not may:
        raise forbidden()
    number = int(thread.removeprefix("PRRT_"))
    if state.review_comment(number) is None:
        raise not_found(thread)
    state.threads.setdefault(number, {})["resolved"] = resolved
    return {"thread": {"id": thread, "isResolved": resolved}}


def minimize(state: GitHubState, subject: str, classifier: str, *, may: bool) -> dict[str, Any]:
    if not may:
        raise forbidden()
    nodes = {item["node_id"] for item in (*state.review_comments(), *state.issue_comments)}
    if subject not in nodes:
        raise not_found(subject)
    state.minimized[subject] = classifier
    return {"minimizedComment": {"__typename": "PullRequestReviewComment", "isMinimized": True}}


def forbidden() -> GraphQLError:
    return GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})


def not_found(node: str) -> GraphQLError:
    return GraphQLError(f"Could not resolve to a node with the global id of '{node}'", extensions={"type": "NOT_FOUND"})


def _kind(request: Incoming) -> str:
    return "issue" if "/issues/comments/" in request.path else "review"


def _there(state: GitHubState, key: tuple[str, int]) -> bool:
    kind, number = key
    written: list[Mapping[str, Any]] = [*(state.issue_comments if kind == "issue" else state.review_comments())]
    return any(item["id"] == number for item in written)


THREADS: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"pulls/comments/(\d+)", get_review_comment),
    ("PATCH", r"pulls/comments/(\d+)", edit_review_comment),
    ("GET", r"issues/comments/(\d+)", get_issue_comment),
    ("POST", r"pulls/(\d+)/comments/(\d+)/replies", reply_to_comment),
    ("GET", r"(?:pulls|issues)/comments/(\d+)/reactions", list_reactions),
    ("POST", r"(?:pulls|issues)/comments/(\d+)/reactions", add_reaction),
    ("DELETE", r"(?:pulls|issues)/comments/(\d+)/reactions/(\d+)", remove_reaction),
)
