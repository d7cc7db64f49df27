from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest

from app.errors import (
    GitHubRateLimited,
)
from app.github.client import GitHubClient
from app.github.pacing import FREE_WRITES
from tests.app.conftest import StartGitHub, Waits
from tests.fakes.github import FakeGitHub, FakePull, rate_limited, refused, secondary_limited
from tests.fakes.server import Reply

Connect = Callable[..., GitHubClient]
PULL = "/repos/octo/app/pulls/7"


@pytest.fixture
def github(start_github: StartGitHub) -> FakeGitHub:
    return start_github(FakePull())


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(partial(secondary_limited, retry_after=7), 7, id="secondary, says how long"),
        pytest.param(partial(secondary_limited, retry_after=7, status=429), 7, id="the same as 429"),
        pytest.param(partial(secondary_limited, retry_after=0), 1, id="at least a second"),
        pytest.param(partial(refused, 403, "no", **{"retry-after": "Fri, 31 Dec"}), 60, id="a wait that is no number"),
        pytest.param(secondary_limited, 60, id="secondary, says nothing"),
        pytest.param(partial(Reply, status=429), 60, id="429 without a word"),
        pytest.param(partial(rate_limited, reset_in=20), pytest.approx(20, abs=2), id="primary"),
        pytest.param(partial(rate_limited, reset_in=-5), 1, id="primary, filled already"),
        pytest.param(partial(rate_limited, reset_in=20, status=429), pytest.approx(20, abs=2), id="primary as 429"),
        pytest.param(partial(refused, 403, "no", **{"x-ratelimit-remaining": "0"}), 60, id="primary without a time"),
    ],
)
def test_a_limit_is_waited_out_with_a_word(
    github: FakeGitHub, connect: Connect, waits: Waits, reply: Callable[[], Reply], expected: float
) -> None:
    github.fault("POST", "issues/7/comments", reply())

    connect(github).write("POST", "/repos/octo/app/issues/7/comments", {"body": "x"}, about="a comment")

    assert waits.seconds == [expected]
    assert re.fullmatch(
        r"GitHub's (secondary )?rate limit is used up; waiting \d+ s, until [0-9:]+ UTC", waits.words[0]
    )
    assert len(github.issue_comments) == 1


def test_a_limit_that_lasts_too_long_is_an_error_that_says_until_when(
    github: FakeGitHub, connect: Connect, waits: Waits
) -> None:
    github.fault("GET", PULL, rate_limited(reset_in=3000))

    with pytest.raises(GitHubRateLimited, match=r"used up until [0-9:]+ UTC \(\d+ s\); run again after that") as caught:
        connect(github).get(PULL, about="octo/app#7")

    assert 2990 < caught.value.wait < 3010
    assert waits.seconds == []


def test_waiting_does_not_go_on_for_ever(github: FakeGitHub, connect: Connect, waits: Waits) -> None:
    github.fault("GET", PULL, secondary_limited(retry_after=1), times=100)

    with pytest.raises(GitHubRateLimited):
        connect(github).get(PULL, about="octo/app#7")

    assert sum(waits.seconds) == 5


def test_the_first_writes_go_at_once_and_the_next_a_second_apart(
    github: FakeGitHub, connect: Connect, waits: Waits
) -> None:
    client = connect(github)

    for _ in range(FREE_WRITES + 2):
        client.write("POST", "/repos/octo/app/issues/7/comments", {"body": "x"}, about="a comment")

    assert waits.seconds == [1.0, 1.0]


def test_a_write_after_a_pause_does_not_wait(github: FakeGitHub, connect: Connect, waits: Waits) -> None:
    client = connect(github)

    for _ in range(FREE_WRITES + 2):
        client.write("POST", "/repos/octo/app/issues/7/comments", {"body": "x"}, about="a comment")
        waits.time += 10

    assert waits.seconds == []
