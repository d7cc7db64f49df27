"""What is asked of GitHub about a visitor, and what its answers may look like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from app.errors import GitHubError, GitHubUnreachable, NotGitHub, WrongToken
from app.web.dashboard import readable as module
from app.web.dashboard.readable import Readable, readable
from tests import openapi
from tests.app.web.dashboard.conftest import nobody
from tests.fakes.github_oauth import PREFIX, FakeGitHubSignIn
from tests.fakes.server import Reply, json_reply

_ADVICE = re.compile(r"is a required property|is not valid under any|was unexpected")
"""The fake leaves out most of what a repository or a person has beside its name."""


@pytest.fixture
def github() -> Iterator[FakeGitHubSignIn]:
    with FakeGitHubSignIn() as github:
        github.install("octo", "Octo/App", "octo/lib")
        github.install("other", "other/app")
        github.people["mona"] = {"Octo/App"}
        github.tokens["ghu_mona"] = ("mona", github.clock() + 60)
        yield github


def test_names_are_as_tables_have_them(github: FakeGitHubSignIn) -> None:
    assert readable(github.api_url, "ghu_mona", held_by_others=nobody) == Readable(
        login="mona", repositories=frozenset({"octo/app"})
    )


def test_who_has_no_good_token_is_nobody(github: FakeGitHubSignIn) -> None:
    with pytest.raises(WrongToken):
        readable(github.api_url, "ghu_other", held_by_others=nobody)


@pytest.mark.skipif(not openapi.available(), reason=openapi.ABSENT)
def test_what_is_asked_and_answered_is_as_github_describes_it(github: FakeGitHubSignIn) -> None:
    readable(github.api_url, "ghu_mona", held_by_others=nobody)

    faults = [
        fault
        for request, reply in github.exchanges
        for fault in (
            *openapi.request_faults(request, prefix=PREFIX),
            *openapi.answer_faults(request, reply, prefix=PREFIX),
        )
        if not _ADVICE.search(fault)
    ]
    assert faults == []
    assert len(github.exchanges) == 3


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("/user$", json_reply([])),
        ("/user$", json_reply({"login": 7})),
        ("/user$", Reply(body=b"<html>")),
        ("/installations$", json_reply({"installations": {}})),
        ("/installations$", json_reply([])),
        ("/installations$", json_reply({"total_count": 1})),
        ("/repositories$", json_reply({"repositories": None})),
        ("/repositories$", Reply(status=500)),
        ("/repositories$", Reply(body=b"{}", cut=True)),
    ],
)
def test_half_an_answer_counts_as_none(github: FakeGitHubSignIn, path: str, reply: Reply) -> None:
    github.fault("GET", path, reply, times=10)

    with pytest.raises(GitHubError):
        readable(github.api_url, "ghu_mona", held_by_others=nobody)


def test_what_is_no_name_of_a_repository_is_passed_over(github: FakeGitHubSignIn) -> None:
    names = ["octo/app", "octo", "", "a/b/c", "octo/a b", "octo/app\n", None, 7, "<script>/x"]
    entries = [{"full_name": name} for name in names]
    github.fault("GET", "/repositories$", json_reply({"total_count": 9, "repositories": [*entries, "octo/lib"]}))

    assert readable(github.api_url, "ghu_mona", held_by_others=nobody).repositories == {"octo/app"}


def test_of_very_many_repositories_it_says_that_these_are_not_all(
    github: FakeGitHubSignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_REPOSITORIES", 1)
    github.people["mona"] = {"Octo/App", "octo/lib"}

    told = readable(github.api_url, "ghu_mona", held_by_others=nobody)

    assert (len(told.repositories), told.complete) == (1, False)


def test_a_github_that_takes_too_long_has_not_answered(github: FakeGitHubSignIn) -> None:
    seconds = iter(range(0, 1_000, 6))

    with pytest.raises(GitHubUnreachable, match="takes too long"):
        readable(github.api_url, "ghu_mona", held_by_others=nobody, now=lambda: float(next(seconds)))


def test_an_address_that_is_no_github_is_told_so(github: FakeGitHubSignIn) -> None:
    github.fault("GET", "/user$", Reply(status=302, headers={"location": "http://127.0.0.2:9/user"}))

    with pytest.raises(NotGitHub):
        readable(github.api_url, "ghu_mona", held_by_others=nobody)


def test_a_name_that_stood_for_somebody_elses_repository_is_left_out(github: FakeGitHubSignIn) -> None:
    github.people["mona"] = {"Octo/App", "octo/lib"}
    asked: list[dict[str, int]] = []

    def held(told: Mapping[str, int]) -> frozenset[str]:
        asked.append(dict(told))
        return frozenset({"octo/app"})

    told = readable(github.api_url, "ghu_mona", held_by_others=held)

    assert asked == [{"octo/app": 60_000_001, "octo/lib": 60_000_001}]
    assert told.repositories == {"octo/lib"}
    assert told.complete
