"""What the fake GitHub delivers is what the App understands: end-to-end tests stand on both."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest

from app.events import (
    CheckAsked,
    CommentWritten,
    Event,
    InstallationChanged,
    MergeGroupAsked,
    PullRequestChanged,
    ThreadChanged,
)
from app.github.webhook import parse, verify
from tests.fakes import github_payloads
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_hooks import signature
from tests.fakes.github_state import GitHubState
from tests.fakes.server import FakeServer, Incoming, Reply


class Web(FakeServer):
    def answer(self, request: Incoming) -> Reply:
        return Reply(status=202)

    @property
    def event(self) -> Any:
        """What the last delivery means."""
        request = self.requests[-1]
        return parse(request.headers["x-github-event"], request.json)


@pytest.fixture
def web(hub: FakeGitHubApp) -> Iterator[Web]:
    with Web() as server:
        hub.webhook_url = f"{server.url}/webhooks/github"
        yield server


def test_a_delivery_is_signed_as_github_signs(hub: FakeGitHubApp, octo: GitHubState, web: Web) -> None:
    assert hub.opened(octo) == 202

    (request,) = web.requests
    assert verify(hub.webhook_secret, request.body, request.headers["x-hub-signature-256"])
    expected = hmac.new(hub.webhook_secret.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-hub-signature-256"] == f"sha256={expected}"
    # docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries: GitHub's own example
    assert signature("It's a Secret to Everybody", b"Hello, World!").endswith("6d7586c22c46f4379c8b043e17")


def test_pull_requests_are_told(hub: FakeGitHubApp, octo: GitHubState, web: Web) -> None:
    hub.opened(octo)
    opened = web.event
    hub.push(octo, 7, {"a.py": "one\nthree\n"})
    pushed = web.event

    assert isinstance(opened, PullRequestChanged)
    assert (opened.action, opened.number, opened.author) == ("opened", 7, "mona")
    assert opened.repository.installation == octo.installation
    assert isinstance(pushed, PullRequestChanged)
    assert (pushed.action, pushed.head) == ("synchronize", octo.pulls[7].head_sha)
    assert pushed.head != opened.head


def test_comments_are_told(hub: FakeGitHubApp, octo: GitHubState, web: Web) -> None:
    octo.add_review(comments=[{"path": "a.py", "line": 2, "side": "RIGHT", "body": "remark"}])
    (remark,) = octo.review_comments()

    hub.comment(octo, 7, "/review", login="lisa")
    comment = web.event
    hub.reply(octo, remark["id"], "not a bug")
    reply = web.event

    assert isinstance(comment, CommentWritten)
    assert (comment.author, comment.body, comment.on_diff) == ("lisa", "/review", False)
    assert isinstance(reply, CommentWritten)
    assert (reply.in_reply_to, reply.body, reply.on_diff) == (remark["id"], "not a bug", True)


def test_threads_are_told(hub: FakeGitHubApp, octo: GitHubState, web: Web) -> None:
    octo.add_review(comments=[{"path": "a.py", "line": 2, "side": "RIGHT", "body": "remark"}])
    (remark,) = octo.review_comments()

    hub.resolve(octo, remark["id"], login="lisa")

    assert isinstance(web.event, ThreadChanged)
    assert (web.event.comment, web.event.resolved, web.event.sender) == (remark["id"], True, "lisa")


def test_buttons_of_checks_are_told(hub: FakeGitHubApp, octo: GitHubState, web: Web) -> None:
    octo.checks.append({"id": 1, "name": "quartet", "head_sha": octo.pulls[7].head_sha, "external_id": ""})

    hub.rerun(octo, octo.checks[0])
    again = web.event
    hub.rerun(octo, octo.checks[0], button="full")
    full = web.event

    assert isinstance(again, CheckAsked)
    assert (again.action, again.numbers, again.head) == ("review", (7,), octo.pulls[7].head_sha)
    assert isinstance(full, CheckAsked)
    assert full.action == "full"


def _others(state: GitHubState) -> list[tuple[str, dict[str, Any], type[Event]]]:
    head = state.pulls[7].head_sha
    return [
        ("check_suite", github_payloads.check_suite(state, head), CheckAsked),
        ("merge_group", github_payloads.merge_group(state, head), MergeGroupAsked),
        ("pull_request", github_payloads.pull_request(state, "labeled", label="review"), PullRequestChanged),
        ("pull_request", github_payloads.pull_request(state, "closed"), PullRequestChanged),
        ("installation", github_payloads.installation(1, "octo", "deleted", ["octo/app"]), InstallationChanged),
        (
            "installation_repositories",
            github_payloads.installation_repositories(1, "octo", removed=["octo/app"]),
            InstallationChanged,
        ),
    ]


def test_everything_else_is_told(octo: GitHubState) -> None:
    for name, payload, kind in _others(octo):
        assert isinstance(parse(name, payload), kind), name


def test_a_server_that_is_not_there_answers_nothing(hub: FakeGitHubApp, octo: GitHubState) -> None:
    hub.webhook_url = "http://127.0.0.1:9/webhooks/github"

    assert hub.opened(octo) == 0
    assert [delivery.status for delivery in hub.deliveries] == [0]
