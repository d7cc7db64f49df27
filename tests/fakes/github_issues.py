"""The REST requests that list, write and edit issues; GitHub lists pull requests among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.github_replies import LONGEST_BODY, page, refused, too_long
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Incoming, Reply, json_reply

NOW = "2026-11-21T12:00:00Z"


def add_issue(
    state: GitHubState, title: str, body: str, *, login: str = "", at: str = NOW, association: str = "NONE"
) -> dict[str, Any]:
    """An issue that somebody wrote, by default our own account; changed at that moment for the last time."""
    number = max([*state.pulls, *(issue["number"] for issue in state.issues), 0]) + 1
    issue = {
        "id": state.new_id(),
        "number": number,
        "title": title,
        "body": body,
        "state": "open",
        "user": state.user(login or state.viewer),
        "html_url": f"{state.url}/{state.repository}/issues/{number}",
        "author_association": association,
        "created_at": at,
        "updated_at": at,
    }
    state.issues.append(issue)
    return issue


def list_issues(state: GitHubState, request: Incoming) -> Reply:
    pulls = [
        {
            "number": pull.number,
            "title": pull.title,
            "body": pull.body,
            "user": state.user(pull.author),
            "state": "open",
        }
        | {"pull_request": {}, "created_at": pull.created_at, "updated_at": NOW}
        for pull in state.pulls.values()
    ]
    wanted = request.query.get("state", "open")
    shown = [
        issue
        for issue in (*state.issues, *pulls)
        if wanted in ("all", issue["state"]) and issue["updated_at"] >= request.query.get("since", "")
    ]
    newest_first = request.query.get("direction", "desc") == "desc"
    key = "created_at" if request.query.get("sort", "created") == "created" else "updated_at"
    return page(request, sorted(shown, key=lambda issue: issue[key], reverse=newest_first), url=state.url)


def create_issue(state: GitHubState, request: Incoming) -> Reply:
    if len(request.json["body"]) > LONGEST_BODY:
        return too_long("Issue")
    return json_reply(add_issue(state, request.json["title"], request.json["body"]), status=201)


def edit_issue(state: GitHubState, request: Incoming, number: str) -> Reply:
    for issue in state.issues:
        if issue["number"] == int(number):
            issue |= {name: value for name, value in request.json.items() if name in {"title", "body", "state"}}
            return json_reply(issue)
    return refused(404, "Not Found")


ISSUES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"issues", list_issues),
    ("POST", r"issues", create_issue),
    ("PATCH", r"issues/(\d+)", edit_issue),
)
