from __future__ import annotations

import pytest

from app.errors import GitHubFailed, GitHubRateLimited, GitHubUnreachable
from app.events import RepositoryId
from app.github.client import GitHubClient
from app.github.permissions import may_read, may_write
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_replies import rate_limited, refused
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Reply, json_reply

ASKED = "collaborators"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("admin", (True, True)),
        ("maintain", (True, True)),
        ("write", (True, True)),
        ("triage", (False, True)),
        ("read", (False, True)),
        ("none", (False, False)),
        pytest.param("security-auditor", (False, True), id="a role of the organisation that stands on read"),
    ],
)
def test_a_role_says_what_a_person_may_do(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState, role: str, may: tuple[bool, bool]
) -> None:
    octo.collaborators["lisa"] = role

    assert (may_write(client, repository, "lisa"), may_read(client, repository, "lisa")) == may


def test_a_login_is_the_same_in_any_case(client: GitHubClient, repository: RepositoryId) -> None:
    assert may_write(client, repository, "MONA")


def test_a_stranger_may_nothing(client: GitHubClient, repository: RepositoryId) -> None:
    assert not may_write(client, repository, "stranger")
    assert not may_read(client, repository, "stranger")


def test_permission_that_was_taken_away_counts_at_once(
    client: GitHubClient, repository: RepositoryId, octo: GitHubState
) -> None:
    assert may_write(client, repository, "mona")
    octo.collaborators["mona"] = "read"

    assert not may_write(client, repository, "mona")


@pytest.mark.parametrize(
    "login",
    ["", "mona/permission", "../../octo/app", "mona?x=1", "mona\n", "mоna", "-mona", "dependabot[bot]", "x" * 200],
)
def test_what_is_no_login_may_nothing_and_is_not_asked_for(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, login: str
) -> None:
    assert not may_write(client, repository, login)
    assert hub.requests == []


MONA = {"login": "mona", "id": 1}


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(refused(403, "Resource not accessible by integration"), id="forbidden"),
        pytest.param(refused(404, "Not Found"), id="unknown"),
        pytest.param(refused(422, "no"), id="refused"),
        pytest.param(Reply(body=b"<html>"), id="no JSON"),
        pytest.param(json_reply([]), id="a list"),
        pytest.param(json_reply({"user": MONA}), id="no word"),
        pytest.param(json_reply({"permission": "owner", "user": MONA}), id="an unknown word"),
        pytest.param(json_reply({"permission": ["admin"], "user": MONA}), id="no word but a list"),
        pytest.param(json_reply({"permission": "admin", "user": {"login": "lisa"}}), id="another account"),
        pytest.param(json_reply({"permission": "admin", "user": None}), id="no account"),
        pytest.param(json_reply({"permission": "none", "role_name": "admin", "user": MONA}), id="two answers"),
    ],
)
def test_whatever_is_not_a_clear_yes_is_a_no(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, reply: Reply
) -> None:
    hub.fault("GET", ASKED, reply)

    assert not may_write(client, repository, "mona")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(Reply(status=502), GitHubFailed, id="GitHub is down"),
        pytest.param(Reply(body=b"{}" * 99, cut=True), GitHubUnreachable, id="the answer breaks off"),
        pytest.param(rate_limited(reset_in=3_000), GitHubRateLimited, id="the limit is used up"),
    ],
)
def test_what_github_did_not_get_to_answer_is_neither_yes_nor_no(
    hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId, reply: Reply, error: type[Exception]
) -> None:
    hub.fault("GET", ASKED, reply, times=9)

    with pytest.raises(error):
        may_write(client, repository, "mona")
