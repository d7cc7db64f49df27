"""The REST requests of check runs: at most 50 annotations a request, 3 actions, 65,535 characters of output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.github_replies import page, refused
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Incoming, Reply, json_reply

MOST_ANNOTATIONS = 50
LONGEST_OUTPUT = 65_535
_ACTION = {"label": 20, "description": 40, "identifier": 20}
_CONCLUSIONS = {
    *("action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"),
}


def create_check(state: GitHubState, request: Incoming) -> Reply:
    body = request.json
    if not body.get("name") or not body.get("head_sha"):
        return refused(422, 'Invalid request.\n\n"name", "head_sha" weren\'t supplied.')
    if not known(state, body["head_sha"]):
        return refused(422, f"No commit found for SHA: {body['head_sha']}")
    if said := _wrong(body):
        return refused(422, "Invalid request.", said)
    number = state.new_id()
    check: dict[str, Any] = {
        "id": number,
        "node_id": f"CR_{number}",
        "head_sha": body["head_sha"],
        "name": body["name"],
        "external_id": "",
        "url": f"{state.api_url}/repos/{state.repository}/check-runs/{number}",
        "html_url": f"{state.url}/{state.repository}/runs/{number}",
        "details_url": state.url,
        "status": "queued",
        "conclusion": None,
        "started_at": "2026-11-21T12:00:00Z",
        "completed_at": None,
        "output": {"title": None, "summary": None, "text": None, "annotations_count": 0},
        "annotations": [],
        "actions": [],
        "updates": [],
    }
    state.checks.append(check)
    _apply(check, body)
    return json_reply(shown_check(state, check), status=201)


def update_check(state: GitHubState, request: Incoming, number: str) -> Reply:
    check = next((check for check in state.checks if check["id"] == int(number)), None)
    if check is None:
        return refused(404, "Not Found")
    if "app" in check:
        return refused(
            403, f"Invalid app_id `{state.app_id}` - check run can only be modified by the GitHub App that created it."
        )
    if said := _wrong(request.json):
        return refused(422, "Invalid request.", said)
    _apply(check, request.json)
    return json_reply(shown_check(state, check))


def get_check(state: GitHubState, _request: Incoming, number: str) -> Reply:
    check = next((check for check in state.checks if check["id"] == int(number)), None)
    return json_reply(shown_check(state, check)) if check else refused(404, "Not Found")


def list_annotations(state: GitHubState, request: Incoming, number: str) -> Reply:
    check = next((check for check in state.checks if check["id"] == int(number)), None)
    return page(request, check["annotations"], url=state.url) if check else refused(404, "Not Found")


def list_checks(state: GitHubState, request: Incoming, head: str) -> Reply:
    if not known(state, head):
        return refused(422, f"No commit found for SHA: {head}")
    wanted = request.query.get("check_name")
    found = [check for check in state.checks if check["head_sha"] == head and wanted in {None, check["name"]}]
    if request.query.get("filter", "latest") == "latest":
        found = list({check["name"]: check for check in found}.values())
    shown = [shown_check(state, check) for check in found]
    return json_reply({"total_count": len(shown), "check_runs": shown[: int(request.query.get("per_page", 30))]})


def known(state: GitHubState, commit: str) -> bool:
    return commit in state.history or any(commit in pull.commits for pull in state.pulls.values())


def _wrong(body: Mapping[str, Any]) -> str:
    output, actions = body.get("output") or {}, body.get("actions") or []
    annotations = output.get("annotations") or []
    longest = max(len(output.get(name) or "") for name in ("summary", "text"))
    rules = {
        "conclusion is required when status is completed": body.get("status") != "completed" or body.get("conclusion"),
        "no such conclusion": body.get("conclusion") in {None, *_CONCLUSIONS},
        "title and summary weren't supplied": body.get("output") is None
        or (output.get("title") and "summary" in output),
        f"summary exceeds a maximum of {LONGEST_OUTPUT} characters": longest <= LONGEST_OUTPUT,
        f"No more than {MOST_ANNOTATIONS} items are allowed": len(annotations) <= MOST_ANNOTATIONS,
        "end_line must not be before start_line": all(1 <= i["start_line"] <= i["end_line"] for i in annotations),
        "No more than 3 actions are allowed": len(actions) <= 3,
        "an action's text is too long": all(len(a[name]) <= most for a in actions for name, most in _ACTION.items()),
    }
    return next((said for said, kept in rules.items() if not kept), "")


def _apply(check: dict[str, Any], body: Mapping[str, Any]) -> None:
    check["updates"].append(dict(body))
    check.update({name: body[name] for name in ("external_id", "details_url", "actions", "name") if name in body})
    if "status" in body or "conclusion" in body:
        check["conclusion"] = body.get("conclusion")
        check["status"] = "completed" if body.get("conclusion") else body["status"]
        check["completed_at"] = "2026-11-21T12:01:00Z" if check["conclusion"] else None
    if output := body.get("output"):
        check["annotations"] += output.get("annotations") or []
        texts = {name: output.get(name) for name in ("title", "summary", "text")}
        check["output"] = {**texts, "annotations_count": len(check["annotations"])}


def shown_check(state: GitHubState, check: Mapping[str, Any]) -> dict[str, Any]:
    hidden = {"annotations", "updates", "actions"}
    pulls = [
        {"number": pull.number, "head": {"sha": pull.head_sha}, "base": {"sha": pull.base_sha}}
        for pull in state.pulls.values()
        if pull.head_sha == check["head_sha"] and not pull.fork
    ]
    shown = {name: value for name, value in check.items() if name not in hidden}
    app = check.get("app", {"id": state.app_id, "slug": state.viewer.removesuffix("[bot]")})
    return {**shown, "pull_requests": pulls, "app": app, "check_suite": {"id": 1}}


CHECKS: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("POST", r"check-runs", create_check),
    ("PATCH", r"check-runs/(\d+)", update_check),
    ("GET", r"check-runs/(\d+)", get_check),
    ("GET", r"check-runs/(\d+)/annotations", list_annotations),
    ("GET", r"commits/([^/]+)/check-runs", list_checks),
)
