from __future__ import annotations

import pytest

from app.errors import Misconfigured, NotAPullRequest
from app.github.addresses import PullRequestId, api_address, parse_pull_request

PULL = PullRequestId(owner="octo", repo="app.js", number=7)


@pytest.mark.parametrize(
    ("text", "api"),
    [
        pytest.param("octo/app.js#7", "https://api.github.com", id="short"),
        pytest.param("  octo/app.js#7\n", "https://api.github.com", id="with space around"),
        pytest.param("https://github.com/octo/app.js/pull/7", "https://api.github.com", id="from the browser"),
        pytest.param("http://www.github.com/octo/app.js/pull/7/", "https://api.github.com", id="www, slash at the end"),
        pytest.param("github.com/octo/app.js/pull/7", "https://api.github.com", id="without a scheme"),
        pytest.param("https://github.com/octo/app.js/pull/7/files#diff-1R2", "https://api.github.com", id="its files"),
        pytest.param("https://github.com/octo/app.js/pull/7?w=1", "https://api.github.com", id="with a query"),
        pytest.param("https://api.github.com/repos/octo/app.js/pulls/7", "https://api.github.com", id="from the API"),
        pytest.param("https://git.example/octo/app.js/pull/7", "https://git.example/api/v3", id="Enterprise"),
        pytest.param(
            "https://git.example:8443/api/v3/repos/octo/app.js/pulls/7",
            "https://git.example:8443/api/v3",
            id="Enterprise, from the API",
        ),
        pytest.param("https://sub.ghe.com/octo/app.js/pull/7", "https://api.sub.ghe.com", id="ghe.com"),
        pytest.param("https://github.com/octo/app.js/pull/7", "http://127.0.0.1:8000", id="a simulator on loopback"),
    ],
)
def test_a_pull_request_is_known_by_what_people_write(text: str, api: str) -> None:
    pull = parse_pull_request(text, api_address(api))

    assert pull == PULL


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("7", id="a number"),
        pytest.param("octo/app", id="a repository"),
        pytest.param("octo/app#0", id="number 0"),
        pytest.param("octo/app#7x", id="letters after the number"),
        pytest.param("https://github.com/octo/app/issues/7", id="an issue"),
        pytest.param("https://github.com/octo/app/pull/new", id="no number"),
        pytest.param("https://github.com/octo/../app/pull/7", id="dots"),
        pytest.param("ftp://github.com/octo/app/pull/7", id="another scheme"),
        pytest.param("https://[github.com/octo/app/pull/7", id="a broken address"),
    ],
)
def test_an_error_names_the_forms_that_are_understood(text: str) -> None:
    with pytest.raises(NotAPullRequest) as caught:
        parse_pull_request(text)

    assert "owner/repo#7 or https://github.com/owner/repo/pull/7" in str(caught.value)


def test_an_address_on_another_host_than_the_api_is_refused() -> None:
    with pytest.raises(
        NotAPullRequest, match=r"git.example, but the API asked is https://api.github.com; set GITHUB_A"
    ):
        parse_pull_request("https://git.example/octo/app/pull/7")


@pytest.mark.parametrize(
    ("rest", "graphql"),
    [
        pytest.param("https://api.github.com", "https://api.github.com/graphql", id="github.com"),
        pytest.param("https://git.example/api/v3/", "https://git.example/api/graphql", id="Enterprise"),
        pytest.param("https://api.sub.ghe.com", "https://api.sub.ghe.com/graphql", id="ghe.com"),
        pytest.param("http://127.0.0.1:80", "http://127.0.0.1:80/graphql", id="loopback"),
    ],
)
def test_the_graphql_address_follows_from_the_rest_address(rest: str, graphql: str) -> None:
    assert api_address(rest).graphql == graphql


def test_the_graphql_address_may_be_given() -> None:
    assert api_address("https://a.example", "https://b.example/q/").graphql == "https://b.example/q"


@pytest.mark.parametrize("rest", ["api.github.com", "file:///etc", "https://", "http://host:port", ""])
def test_an_api_address_that_is_none_is_refused(rest: str) -> None:
    with pytest.raises(Misconfigured, match="GITHUB_API_URL is no http or https address"):
        api_address(rest)


def test_names_are_encoded_in_paths() -> None:
    assert PULL.path == "/repos/octo/app.js/pulls/7"
    assert PULL.issue_path == "/repos/octo/app.js/issues/7"
    assert str(PULL) == "octo/app.js#7"
