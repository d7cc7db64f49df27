"""Payloads of webhooks as GitHub sends them, made from what the fake knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.fakes.github_checks import shown_check
from tests.fakes.github_reading import pull_in_brief
from tests.fakes.github_state import GitHubState


def pull_request(state: GitHubState, action: str, number: int = 7, *, sender: str = "", **rest: Any) -> dict[str, Any]:
    """``opened``, ``reopened``, ``synchronize``, ``ready_for_review``, ``closed``; ``labeled`` with ``label``."""
    pull = state.pulls[number]
    payload = {
        "action": action,
        "number": number,
        "pull_request": {**pull_in_brief(state, pull), "merged": pull.merged},
        **_common(state, sender or pull.author),
    }
    if action == "synchronize":
        payload |= {"before": next(reversed(state.history), pull.base_sha), "after": pull.head_sha}
    if label := rest.get("label"):
        payload["label"] = {"id": 1, "name": label, "color": "ededed", "default": False}
    return payload


def issue_comment(state: GitHubState, comment: Mapping[str, Any], action: str = "created") -> dict[str, Any]:
    """``comment`` is one that ``state.add_comment`` made."""
    number = comment["pull"]
    pull = state.pulls[number]
    address = f"{state.api_url}/repos/{state.repository}/pulls/{number}"
    return {
        "action": action,
        "issue": {
            "number": number,
            "title": pull.title,
            "state": pull.state,
            "user": state.user(pull.author),
            "labels": [],
            "pull_request": {"url": address, "html_url": f"{state.url}/{state.repository}/pull/{number}"},
        },
        "comment": _public(comment),
        **_common(state, comment["user"]["login"]),
    }


def review_comment(state: GitHubState, comment: Mapping[str, Any], action: str = "created") -> dict[str, Any]:
    """``comment`` is one that ``state.add_reply`` made, or one of ``state.review_comments()``."""
    pull = state.pulls[comment["pull"]]
    return {
        "action": action,
        "comment": _public(comment),
        "pull_request": pull_in_brief(state, pull),
        **_common(state, comment["user"]["login"]),
    }


def review_thread(
    state: GitHubState, comment: Mapping[str, Any], action: str = "resolved", *, sender: str = "mona"
) -> dict[str, Any]:
    """``comment`` is the first of the thread; ``action`` is ``resolved`` or ``unresolved``."""
    replies = [reply for reply in state.replies if reply["in_reply_to_id"] == comment["id"]]
    return {
        "action": action,
        "pull_request": pull_in_brief(state, state.pulls[comment["pull"]]),
        "thread": {"node_id": f"PRRT_{comment['id']}", "comments": [_public(item) for item in (comment, *replies)]},
        **_common(state, sender),
    }


def check_run(
    state: GitHubState,
    check: Mapping[str, Any],
    action: str = "rerequested",
    *,
    button: str = "",
    sender: str = "mona",
) -> dict[str, Any]:
    """``check`` is one of ``state.checks``; for ``requested_action``, ``button`` is what was pressed."""
    pressed = {"requested_action": {"identifier": button}} if button else {}
    return {"action": action, "check_run": shown_check(state, check), **pressed, **_common(state, sender)}


def check_suite(state: GitHubState, head: str, *, sender: str = "mona") -> dict[str, Any]:
    """All checks of a commit are asked for again."""
    pulls = [
        {"number": pull.number, "head": {"sha": pull.head_sha, "ref": pull.head_ref}, "base": {"ref": pull.base_ref}}
        for pull in state.pulls.values()
        if pull.head_sha == head and not pull.fork
    ]
    suite = {"id": 1, "head_sha": head, "head_branch": "change", "pull_requests": pulls, "app": {"id": state.app_id}}
    return {"action": "rerequested", "check_suite": suite, **_common(state, sender)}


def merge_group(state: GitHubState, head: str, *, sender: str = "mona") -> dict[str, Any]:
    group = {"head_sha": head, "head_ref": "refs/heads/gh-readonly-queue/main/pr-7", "base_ref": "refs/heads/main"}
    return {"action": "checks_requested", "merge_group": group, **_common(state, sender)}


def installation(number: int, account: str, action: str, repositories: Iterable[str] = ()) -> dict[str, Any]:
    """``created``, ``deleted``, ``suspend``, ``unsuspend``, ``new_permissions_accepted``."""
    listed = [{"id": 1, "name": name.split("/")[1], "full_name": name, "private": True} for name in repositories]
    return {
        "action": action,
        "installation": {"id": number, "account": _account(account), "app_id": 1},
        "repositories": listed,
        "sender": _account("mona"),
    }


def installation_repositories(
    number: int, account: str, *, added: Iterable[str] = (), removed: Iterable[str] = ()
) -> dict[str, Any]:
    def listed(names: Iterable[str]) -> list[dict[str, Any]]:
        return [{"id": 1, "name": name.split("/")[1], "full_name": name, "private": True} for name in names]

    return {
        "action": "added" if (more := listed(added)) else "removed",
        "installation": {"id": number, "account": _account(account), "app_id": 1},
        "repository_selection": "selected",
        "repositories_added": more,
        "repositories_removed": listed(removed),
        "sender": _account("mona"),
    }


def ping(app_id: int) -> dict[str, Any]:
    hook = {"type": "App", "id": 1, "active": True, "app_id": app_id, "events": ["pull_request"]}
    return {"zen": "Keep it logically awesome.", "hook_id": 1, "hook": hook}


def _common(state: GitHubState, sender: str) -> dict[str, Any]:
    owner, name = state.repository.split("/")
    return {
        "repository": {
            "id": 1,
            "name": name,
            "full_name": state.repository,
            "private": True,
            "default_branch": "main",
            "owner": state.user(owner),
            "url": f"{state.api_url}/repos/{state.repository}",
        },
        "installation": {"id": state.installation, "node_id": "I_1"},
        "sender": state.user(sender),
    }


def _public(comment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in comment.items() if name != "pull"}


def _account(login: str) -> dict[str, Any]:
    return {"login": login, "id": 1, "type": "User"}
