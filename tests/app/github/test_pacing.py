from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.errors import GitHubRateLimited
from app.events import RepositoryId
from app.github.pacing import MemoryPacer, Pacer
from app.github.shared_pacing import RedisPacer
from tests.app.conftest import Waits
from tests.app.github.conftest import OpenClient
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_replies import secondary_limited
from tests.fakes.github_state import GitHubState
from tests.fakes.redis_server import own_prefix, own_redis, redis_server

COMMENTS = "/repos/octo/app/issues/7/comments"
TAKE_PLACES = """
import json, sys, time
from app.github.shared_pacing import RedisPacer
pacer = RedisPacer(sys.argv[1], 1, now=time.time, prefix=sys.argv[2])
places = []
for _ in range(10):
    pause = pacer.pause()
    places.append(time.time() + pause)
pacer.close()
print(json.dumps(places))
"""


@pytest.fixture(params=["memory", "redis"])
def pacer(request: pytest.FixtureRequest, waits: Waits) -> Iterator[Pacer]:
    made: Pacer = MemoryPacer(waits.now)
    if request.param == "redis":
        made = RedisPacer(redis_server().url, 1, now=waits.now, prefix=own_prefix())
    with closing(made):
        yield made


def test_five_writes_go_at_once_and_the_others_a_second_apart(pacer: Pacer, waits: Waits) -> None:
    assert [pacer.pause() for _ in range(8)] == pytest.approx([0, 0, 0, 0, 0, 1, 2, 3], abs=0.5)


def test_nobody_writes_while_github_asks_to_wait(pacer: Pacer) -> None:
    pacer.pause()

    pacer.hold(60)

    assert pacer.pause() == pytest.approx(60, abs=0.5)


def test_a_shorter_wait_does_not_shorten_a_longer_one(pacer: Pacer) -> None:
    pacer.hold(60)
    pacer.hold(5)

    assert pacer.pause() == pytest.approx(60, abs=0.5)


def test_processes_take_turns_a_second_apart() -> None:
    arguments = [sys.executable, "-c", TAKE_PLACES, redis_server().url, own_prefix()]
    processes = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(4)]

    places = sorted(place for process in processes for place in json.loads(process.communicate(timeout=50)[0]))

    gaps = [later - earlier for earlier, later in itertools.pairwise(places[5:])]
    assert len(places) == 40
    assert min(gaps) > 0.5
    assert sum(gaps) / len(gaps) == pytest.approx(1.0, abs=0.05)
    assert all(process.returncode == 0 for process in processes)


def test_installations_do_not_wait_for_each_other() -> None:
    prefix = own_prefix()
    url = redis_server().url
    with (
        closing(RedisPacer(url, 1, now=time.time, prefix=prefix)) as one,
        closing(RedisPacer(url, 2, now=time.time, prefix=prefix)) as other,
    ):
        one.hold(60)

        assert other.pause() == 0
        assert one.pause() > 50


def test_what_one_process_was_told_holds_for_all() -> None:
    prefix = own_prefix()
    url = redis_server().url
    with (
        closing(RedisPacer(url, 1, now=time.time, prefix=prefix)) as one,
        closing(RedisPacer(url, 1, now=time.time, prefix=prefix)) as other,
    ):
        one.hold(60)

        assert other.pause() == pytest.approx(60, abs=2)


def test_without_redis_a_process_paces_itself(waits: Waits) -> None:
    with own_redis() as server, closing(RedisPacer(server.url, 1, now=waits.now)) as pacer:
        server.kill()
        pacer.hold(5)

        assert [pacer.pause() for _ in range(7)] == [5, 5, 5, 5, 5, 6, 7]


def test_what_nobody_needs_any_more_leaves_redis() -> None:
    prefix = own_prefix()
    with closing(RedisPacer(redis_server().url, 1, now=time.time, prefix=prefix)) as pacer:
        pacer.pause()

        left = redis_server().command("PTTL", f"{prefix}:writes:1")

    assert isinstance(left, int)
    assert 0 < left <= 1_000


def test_a_limit_that_a_write_meets_holds_the_writes_of_other_clients(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, waits: Waits
) -> None:
    shared = MemoryPacer(waits.now)
    one, other = open_client(repository, pacer=shared), open_client(repository, pacer=shared, longest_wait=10)
    hub.fault("POST", "issues/7/comments", secondary_limited(retry_after=120), times=99)

    with pytest.raises(GitHubRateLimited):
        open_client(repository, pacer=shared, longest_wait=10).write("POST", COMMENTS, {"body": "x"}, about="a comment")
    before = len(hub.writes)
    with pytest.raises(GitHubRateLimited, match="not to write for 120 s; run again after that") as caught:
        other.write("POST", COMMENTS, {"body": "x"}, about="a comment")

    assert len(hub.writes) == before
    assert caught.value.wait == pytest.approx(120, abs=1)
    assert one.get("/repos/octo/app/pulls/7", about="a pull request")["number"] == 7


def test_a_paced_installation_stays_below_githubs_limit(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, octo: GitHubState, waits: Waits
) -> None:
    hub.writes_per_minute = 80
    shared = MemoryPacer(waits.now)
    clients = [open_client(repository, pacer=shared) for _ in range(4)]

    for number in range(200):
        clients[number % 4].write("POST", COMMENTS, {"body": "x"}, about="a comment")

    assert len(octo.issue_comments) == 200
    assert max(waits.seconds) <= 1.0
