from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
import requests

from app.errors import (
    GitHubFailed,
    GitHubUnreachable,
    GraphQLRefused,
    NotGitHub,
    WrongToken,
)
from app.github.addresses import api_address
from app.github.client import GitHubClient
from app.github.transport import unreachable
from tests.app.conftest import StartGitHub, Waits
from tests.fakes.github import TOKEN, FakeGitHub, FakePull, refused
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply

Connect = Callable[..., GitHubClient]
PULL = "/repos/octo/app/pulls/7"
QUERY = "query { viewer { login } }"


@pytest.fixture
def github(start_github: StartGitHub) -> FakeGitHub:
    return start_github(FakePull())


def test_a_read_says_who_asks_and_for_which_version(github: FakeGitHub, connect: Connect) -> None:
    connect(github).get(PULL, about="octo/app#7")

    (request,) = github.requests
    assert request.headers["authorization"] == f"token {TOKEN}"
    assert request.headers["user-agent"] == "quartet-review"
    assert request.headers["x-github-api-version"] == "2022-11-28"
    assert request.headers["accept"] == "application/vnd.github+json"


def test_without_a_token_what_everybody_may_read_is_read(start_github: StartGitHub, connect: Connect) -> None:
    github = start_github(FakePull(), token=None)

    data = connect(github, token=None).get(PULL, about="octo/app#7")

    assert data["number"] == 7
    assert "authorization" not in github.requests[0].headers


def test_a_read_is_repeated_when_github_fails(github: FakeGitHub, connect: Connect, waits: Waits) -> None:
    github.fault("GET", PULL, Reply(status=502), times=3)

    data = connect(github).get(PULL, about="octo/app#7")

    assert data["number"] == 7
    assert waits.seconds == [0.5, 1.0, 2.0]


def test_a_read_that_fails_four_times_is_an_error(github: FakeGitHub, connect: Connect) -> None:
    github.fault("GET", PULL, Reply(status=503), times=4)

    with pytest.raises(GitHubFailed, match="failed with 503 on octo/app#7; try again later"):
        connect(github).get(PULL, about="octo/app#7")

    assert len(github.requests) == 4


@pytest.mark.parametrize("status", [405, 501])
def test_what_the_server_has_not_is_not_asked_for_again(github: FakeGitHub, connect: Connect, status: int) -> None:
    github.fault("GET", PULL, Reply(status=status))

    with pytest.raises(NotGitHub, match="does not know how to answer for octo/app#7; check GITHUB_API_URL"):
        connect(github).get(PULL, about="octo/app#7")

    assert len(github.requests) == 1


def test_a_read_whose_answer_breaks_off_is_repeated(github: FakeGitHub, connect: Connect) -> None:
    github.fault("GET", PULL, Reply(body=b"x" * 1000, cut=True))

    data = connect(github).get(PULL, about="octo/app#7")

    assert data["number"] == 7


def test_a_write_is_sent_once_whatever_is_answered(github: FakeGitHub, connect: Connect) -> None:
    github.fault("POST", "issues/7/comments", Reply(status=502), times=2)

    with pytest.raises(GitHubFailed):
        connect(github).write("POST", "/repos/octo/app/issues/7/comments", {"body": "x"}, about="a comment")

    assert len(github.requests) == 1


def test_a_write_whose_answer_breaks_off_is_sent_once(github: FakeGitHub, connect: Connect) -> None:
    github.fault("POST", "issues/7/comments", Reply(body=b"x" * 1000, cut=True), applied=True)

    with pytest.raises(GitHubUnreachable, match=r"no connection to http://127\.0\.0\.1:[0-9]+, or it broke"):
        connect(github).write("POST", "/repos/octo/app/issues/7/comments", {"body": "x"}, about="a comment")

    assert len(github.requests) == 1


def test_a_server_that_is_not_there_is_named(connect: Connect, github: FakeGitHub, waits: Waits) -> None:
    client = connect(github, address=api_address("http://127.0.0.1:9"))

    with pytest.raises(GitHubUnreachable, match=r"no connection to http://127\.0\.0\.1:9"):
        client.get(PULL, about="octo/app#7")


def test_pages_are_read_until_the_last(github: FakeGitHub, connect: Connect) -> None:
    for number in range(250):
        github.add_comment(f"comment {number}")

    entries = list(connect(github).pages("/repos/octo/app/issues/7/comments", about="comments", most=1000))

    assert len(entries) == 250
    assert len(github.requests) == 3


def test_no_more_pages_are_read_than_asked_for(github: FakeGitHub, connect: Connect) -> None:
    for number in range(250):
        github.add_comment(f"comment {number}")

    entries = list(connect(github).pages("/repos/octo/app/issues/7/comments", about="comments", most=200))

    assert len(entries) == 200
    assert len(github.requests) == 2


class Unlinked(FakeServer):
    """Pages of a hundred without ``Link`` headers, as a simple proxy gives them."""

    def answer(self, request: Incoming) -> Reply:
        first = 100 * (int(request.query["page"]) - 1)
        return json_reply(list(range(first, min(first + 100, 150))))


def test_pages_without_links_end_with_a_short_one() -> None:
    with Unlinked() as server:
        entries = list(GitHubClient("t", api_address(server.url)).pages("/x", about="x", most=1000))

    assert entries == list(range(150))


def test_a_list_that_is_none_is_not_github(github: FakeGitHub, connect: Connect) -> None:
    github.fault("GET", "issues/7/comments", json_reply({}))

    with pytest.raises(NotGitHub, match="comments is no list"):
        list(connect(github).pages("/repos/octo/app/issues/7/comments", about="comments", most=10))


class Plain(FakeServer):
    """A diff as text without a charset."""

    def answer(self, request: Incoming) -> Reply:
        return Reply(body="+ü→\n".encode(), headers={"content-type": "text/plain"})


def test_a_diff_is_utf_8_even_where_nobody_says_so() -> None:
    with Plain() as server:
        text = GitHubClient("t", api_address(server.url)).get_diff("/x", about="x")

    assert text == "+ü→\n"


def test_graphql_answers_at_its_own_address(github: FakeGitHub, connect: Connect) -> None:
    with Elsewhere() as other:
        address = api_address(github.api_url, f"{other.url}/some/graphql")
        data = connect(github, address=address).graphql(QUERY, {}, about="me")

    assert data == {"viewer": {"login": "mona"}}
    assert [request.path for request in other.requests] == ["/some/graphql"]


class Elsewhere(FakeServer):
    def answer(self, request: Incoming) -> Reply:
        return json_reply({"data": {"viewer": {"login": "mona"}}})


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(refused(404, "Not Found"), id="404"),
        pytest.param(refused(403, "Resource not accessible"), id="403"),
        pytest.param(json_reply({"errors": [{"type": "FORBIDDEN", "message": "no"}], "data": None}), id="errors"),
        pytest.param(json_reply({"data": None}), id="no data"),
        pytest.param(json_reply([]), id="something else"),
        pytest.param(Reply(body=b"<html>"), id="a page"),
    ],
)
def test_graphql_that_is_refused_is_not_asked_again(github: FakeGitHub, connect: Connect, reply: Reply) -> None:
    github.fault("POST", "/graphql", reply)
    client = connect(github)

    for _ in range(2):
        with pytest.raises(GraphQLRefused):
            client.graphql(QUERY, {}, about="me")

    assert len(github.requests) == 1


def test_graphql_is_not_asked_without_a_token(github: FakeGitHub, connect: Connect) -> None:
    with pytest.raises(GraphQLRefused):
        connect(github, token=None).graphql(QUERY, {}, about="me")

    assert github.requests == []


def test_a_wrong_token_is_not_mistaken_for_a_refusal_of_graphql(github: FakeGitHub, connect: Connect) -> None:
    with pytest.raises(WrongToken):
        connect(github, token="ghp_wrong").graphql(QUERY, {}, about="me")


def test_a_used_up_graphql_limit_is_waited_out(github: FakeGitHub, connect: Connect, waits: Waits) -> None:
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    reset = {"x-ratelimit-remaining": "0"}
    github.fault("POST", "/graphql", json_reply(limited, headers=reset))
    github.fault("POST", "/graphql", json_reply({"data": {"said": "RATE_LIMITED"}}))

    data = connect(github).graphql(QUERY, {}, about="me")

    assert data == {"said": "RATE_LIMITED"}
    assert waits.seconds == [60.0]


def test_no_code_and_no_token_is_logged(github: FakeGitHub, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    connect(github).write("POST", "/repos/octo/app/issues/7/comments", {"body": "secret code"}, about="a comment")

    assert "secret code" not in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(requests.ReadTimeout(), "does not answer within 15 s", id="timeout"),
        pytest.param(requests.exceptions.SSLError(), "set REQUESTS_CA_BUNDLE", id="certificate"),
        pytest.param(requests.exceptions.ProxyError(), "check HTTPS_PROXY and NO_PROXY", id="proxy"),
        pytest.param(requests.exceptions.ChunkedEncodingError(), "or it broke", id="broken off"),
    ],
)
def test_each_way_of_not_reaching_github_has_its_cure(error: requests.RequestException, words: str) -> None:
    assert words in unreachable(error, "https://git.example")
