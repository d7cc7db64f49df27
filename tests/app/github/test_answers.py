from __future__ import annotations

from collections.abc import Callable

import pytest

from app.errors import (
    GitHubError,
    NotGitHub,
    NotPermitted,
    NotVisible,
    Unprocessable,
    WrongToken,
)
from app.github.answers import Answer, requested_wait
from app.github.client import GitHubClient
from tests.app.conftest import StartGitHub
from tests.fakes.github import TOKEN, FakeGitHub, FakePull, refused
from tests.fakes.server import Reply, json_reply

Connect = Callable[..., GitHubClient]
PULL = "/repos/octo/app/pulls/7"


@pytest.fixture
def github(start_github: StartGitHub) -> FakeGitHub:
    return start_github(FakePull())


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        pytest.param(refused(401, "Bad credentials"), WrongToken, "set GITHUB_TOKEN to a valid one", id="401"),
        pytest.param(
            refused(404, "Not Found"),
            NotVisible,
            "octo/app#7 does not exist or this token cannot see it; check GITHUB_TOKEN",
            id="404",
        ),
        pytest.param(
            refused(403, "Resource not accessible by integration"),
            NotPermitted,
            "give the token the permission it lacks (contents: read, pull-requests: write and issues: write)",
            id="403",
        ),
        pytest.param(
            refused(403, "Resource not accessible", **{"x-accepted-github-permissions": "pull_requests=write"}),
            NotPermitted,
            "the permission it lacks (pull_requests=write)",
            id="403 that names the permission",
        ),
        pytest.param(
            refused(403, "Resource protected", **{"x-github-sso": "required; url=https://x"}),
            NotPermitted,
            "single sign-on",
            id="single sign-on",
        ),
        pytest.param(
            refused(403, "Repository was archived so is read-only."), NotPermitted, "unarchive", id="archived"
        ),
        pytest.param(refused(403, "issue is locked"), NotPermitted, "unlock the conversation", id="locked"),
        pytest.param(refused(451, "DMCA"), NotPermitted, "DMCA", id="451"),
        pytest.param(
            refused(422, "Validation Failed", {"resource": "Issue", "field": "title", "code": "missing"}, "and this"),
            Unprocessable,
            "Validation Failed; Issue title missing; and this",
            id="422",
        ),
        pytest.param(json_reply({"errors": "odd"}, status=422), Unprocessable, "status 422; odd", id="422, odd form"),
        pytest.param(
            refused(409, "Conflict here"), GitHubError, "refuses octo/app#7 with 409: Conflict here", id="409"
        ),
        pytest.param(Reply(status=404, body=b"[]"), NotVisible, "octo/app#7 does not exist", id="404, odd form"),
        pytest.param(Reply(status=307, headers={"location": "/x"}), NotGitHub, "redirects octo/app#7", id="307"),
        pytest.param(Reply(body=b"<html>"), NotGitHub, "check GITHUB_API_URL", id="a page"),
        pytest.param(
            Reply(status=301, headers={"location": "http://elsewhere.example/"}),
            NotGitHub,
            "check GITHUB_API",
            id="301",
        ),
    ],
)
def test_an_answer_becomes_an_error_of_one_line(
    github: FakeGitHub, connect: Connect, reply: Reply, error: type[GitHubError], words: str
) -> None:
    github.fault("GET", PULL, reply)

    with pytest.raises(error) as caught:
        connect(github).get(PULL, about="octo/app#7")

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(refused(401, "Requires authentication"), "GitHub asks for a token; set GITHUB_TOKEN", id="401"),
        pytest.param(refused(404, "Not Found"), "cannot see it; set GITHUB_TOKEN", id="404"),
    ],
)
def test_without_a_token_the_cure_is_to_set_one(
    start_github: StartGitHub, connect: Connect, reply: Reply, words: str
) -> None:
    github = start_github(FakePull(), token=None)
    github.fault("GET", PULL, reply)

    with pytest.raises(GitHubError, match=words):
        connect(github, token=None).get(PULL, about="octo/app#7")


def test_a_token_in_an_answer_does_not_reach_the_user(github: FakeGitHub, connect: Connect) -> None:
    github.fault("GET", PULL, refused(403, f"denied\nfor {TOKEN} " + "x" * 500))

    with pytest.raises(NotPermitted) as caught:
        connect(github).get(PULL, about="octo/app#7")

    assert TOKEN not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("token", ["ghp with space", "ghp_\nx", "ghp_ä"])
def test_a_token_that_no_header_takes_is_refused_at_once(token: str) -> None:
    with pytest.raises(WrongToken, match="holds characters that no token has") as caught:
        GitHubClient(token)

    assert token not in str(caught.value)


def test_a_reset_is_compared_with_our_clock_where_the_answer_has_no_date() -> None:
    answer = Answer(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000"}, "")

    assert requested_wait(answer, now=990) == 11
