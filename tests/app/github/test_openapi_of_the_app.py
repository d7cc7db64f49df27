"""Every request of the App, and every answer of the fake, against what GitHub publishes of its API."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from app.events import RepositoryId
from app.github.app_api import AppApi
from app.github.checks import create_check, find_check, pulls_of_commit, update_check
from app.github.client import GitHubClient
from app.github.organisation import fetch_org_config
from app.github.permissions import may_write
from app.github.reactions import react, unreact
from app.github.threads import edit_remark, fetch_threads, mark_fixed, reply
from tests import openapi
from tests.app.github.conftest import OpenClient
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_state import GitHubState

_REMARK = {"path": "a.py", "start_line": 2, "end_line": 2, "annotation_level": "notice", "message": "m", "title": "t"}
_ENDPOINTS = {
    "GET /app",
    "GET /app/installations",
    "GET /app/installations/N",
    "POST /app/installations/N/access_tokens",
    "GET /app/hook/deliveries",
    "POST /app/hook/deliveries/N/attempts",
    "POST /repos/octo/app/check-runs",
    "PATCH /repos/octo/app/check-runs/N",
    "GET /repos/octo/app/check-runs/N",
    "GET /repos/octo/app/check-runs/N/annotations",
    "GET /repos/octo/app/commits/SHA/check-runs",
    "GET /repos/octo/app/commits/SHA/pulls",
    "GET /repos/octo/app/collaborators/mona/permission",
    "POST /repos/octo/app/issues/comments/N/reactions",
    "DELETE /repos/octo/app/issues/comments/N/reactions/N",
    "POST /repos/octo/app/pulls/comments/N/reactions",
    "POST /repos/octo/app/pulls/N/comments/N/replies",
    "PATCH /repos/octo/app/pulls/comments/N",
    "GET /repos/octo/.github/contents/.quartet.yml",
    "POST /graphql",
}
_ADVICE = re.compile(
    r"is a required property|is not of type 'null'|None is not of type|None is not one of|is not valid under any"
)


@pytest.fixture
def exercised(
    hub: FakeGitHubApp, api: AppApi, open_client: OpenClient, repository: RepositoryId, octo: GitHubState
) -> FakeGitHubApp:
    """Everything was asked for once."""
    client, head, pull = open_client(repository), octo.pulls[7].head_sha, repository.pull(7)
    hub.repository("octo/.github", files={".quartet.yml": "x: 1\n"})
    hub.webhook_url = "http://127.0.0.1:9/"
    hub.opened(octo)
    api.app()
    api.installations()
    api.resend_failed(0)
    hub.settle()
    _check(client, repository, head)
    pulls_of_commit(client, repository, head)
    may_write(client, repository, "mona")
    octo.add_review(comments=[{"path": "a.py", "line": 2, "side": "RIGHT", "body": "remark"}])
    remark, comment = int(octo.review_comments()[0]["id"]), int(octo.add_comment("/review", login="mona")["id"])
    react(client, repository, comment, False, "eyes")
    unreact(client, repository, comment, False, "eyes")
    react(client, repository, remark, True, "rocket")
    reply(client, pull, remark, "An answer.")
    edit_remark(client, pull, remark, "Other words.")
    mark_fixed(client, pull, fetch_threads(client, pull)[0], head)
    fetch_org_config(open_client, repository)
    return hub


def _check(client: GitHubClient, repository: RepositoryId, head: str) -> None:
    number = create_check(
        client, repository, head, status="in_progress", title="t", summary="s", annotations=[_REMARK], external_id="r"
    )
    update_check(
        client,
        repository,
        number,
        status="completed",
        conclusion="neutral",
        title="t",
        summary="s",
        annotations=[_REMARK, {**_REMARK, "message": "another"}],
    )
    find_check(client, repository, head, external_id="r")


def test_every_request_of_the_app_is_one_that_github_describes(exercised: FakeGitHubApp) -> None:
    if not openapi.available():
        pytest.skip(openapi.ABSENT)

    faults = [fault for request in exercised.requests for fault in openapi.request_faults(request)]

    asked = {re.sub(r"[0-9a-f]{40}", "SHA", f"{r.method} {r.path}") for r in exercised.requests}
    assert faults == []
    assert {re.sub(r"/\d+", "/N", name) for name in asked} >= _ENDPOINTS


def test_answers_of_the_fake_differ_from_the_description_in_what_they_leave_out_alone(
    exercised: FakeGitHubApp, record_property: Callable[[str, object], None]
) -> None:
    if not openapi.available():
        pytest.skip(openapi.ABSENT)

    differences = {fault for request, answer in exercised.exchanges for fault in openapi.answer_faults(request, answer)}

    record_property("differences", sorted(differences))
    assert [fault for fault in sorted(differences) if not _ADVICE.search(fault)] == []
