from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import redis

from app.errors import GitHubUnreachable, QueueDown
from app.lost_jobs import bring_back
from app.maintenance import OVERDUE_SECONDS, Maintenance
from app.queue import JobQueue, Lane
from app.turns import Turns
from app.wishes import Wish
from tests.app.test_turns import REPOSITORY, eventually
from tests.fakes.redis_server import own_prefix, own_redis, redis_server

ABOUT = {"installation": 5, "owner": "Acme", "repo": "shop", "number": 7}
NOTHING: frozenset[str] = frozenset()
IGNORED: list[str] = []


@pytest.fixture
def prefix() -> str:
    return own_prefix()


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    with redis_server().client() as client:
        yield client


@pytest.fixture
def queue(prefix: str) -> Iterator[JobQueue]:
    with closing(JobQueue(redis_server().url, prefix=prefix, clock=lambda: time.time() - 60)) as queue:
        yield queue


@pytest.fixture
def turns(prefix: str) -> Iterator[Turns]:
    with closing(Turns(redis_server().url, prefix=prefix)) as turns:
        yield turns


def maintenance(prefix: str, url: str = "", **options: Any) -> Maintenance:
    settings: dict[str, Any] = {
        "prefix": prefix,
        "review": "tests.app.queue_jobs.review",
        "review_deadline_seconds": 60,
        "resend": None,
        "say": IGNORED.append,
        **options,
    }
    return Maintenance(url or redis_server().url, **settings)


@contextmanager
def at_work(looked_after: Maintenance) -> Iterator[None]:
    thread = threading.Thread(target=looked_after.run)
    thread.start()
    try:
        yield
    finally:
        looked_after.stop()
        thread.join(30)


def test_a_job_that_was_taken_off_its_queue_and_never_begun_comes_back(
    prefix: str, client: redis.Redis, queue: JobQueue
) -> None:
    job = queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.BACKGROUND)
    client.lpop(f"rq:queue:{prefix}:background")
    said: list[str] = []

    suspects = bring_back(client, prefix, NOTHING, said.append)
    assert suspects == {job}
    assert queue.depths()["background"] == 0
    assert bring_back(client, prefix, suspects, said.append) == NOTHING

    assert queue.depths()["background"] == 1
    assert said == [f"job {job} was lost by a worker that died; it is in the queue again"]


def test_a_job_that_was_moved_aside_and_never_begun_comes_back_once(
    prefix: str, client: redis.Redis, queue: JobQueue
) -> None:
    job = queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.INTERACTIVE)
    key = f"rq:queue:{prefix}:interactive"
    client.lmove(key, f"{key}:intermediate")

    bring_back(client, prefix, frozenset({job}), IGNORED.append)

    assert queue.depths()["interactive"] == 1
    assert client.llen(f"{key}:intermediate") == 0


def test_jobs_that_wait_or_run_are_left_alone_and_those_that_ended_forgotten(
    prefix: str, client: redis.Redis, queue: JobQueue
) -> None:
    waiting = queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.BACKGROUND)
    ended = queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.BACKGROUND)
    parked = queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.BACKGROUND, after_seconds=30)
    runs = queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.BACKGROUND)
    client.lrem(f"rq:queue:{prefix}:background", 0, ended)
    client.delete(f"rq:job:{ended}")
    client.lrem(f"rq:queue:{prefix}:background", 0, runs)
    client.zadd(f"rq:wip:{prefix}:background", {f"{runs}:execution": time.time() + 60})

    suspects = bring_back(client, prefix, frozenset({waiting, ended, parked, runs}), IGNORED.append)

    assert suspects == NOTHING
    assert queue.depths()["background"] == 1
    assert client.zscore(f"{prefix}:jobs", ended) is None
    assert client.zcard(f"{prefix}:jobs") == 3


def test_a_review_that_is_wanted_and_has_no_job_gets_one(
    prefix: str, client: redis.Redis, queue: JobQueue, turns: Turns
) -> None:
    turns.want(REPOSITORY, 7, Wish(reason="push"), not_before=time.time() - OVERDUE_SECONDS - 1)
    turns.want(REPOSITORY, 8, Wish(reason="push"), not_before=time.time() + 600)
    looked_after = maintenance(prefix)

    looked_after.look_over(client, queue, turns)
    looked_after.look_over(client, queue, turns)

    assert queue.depths()["background"] == 1


def test_of_two_machines_one_looks_the_queue_over(
    prefix: str, client: redis.Redis, queue: JobQueue, turns: Turns
) -> None:
    turns.want(REPOSITORY, 7, Wish(reason="push"), not_before=0)
    client.set(f"{prefix}:maintaining", "another machine", ex=60)

    maintenance(prefix).look_over(client, queue, turns)

    assert queue.depths()["background"] == 0
    assert client.get(f"{prefix}:maintaining") == b"another machine"


def test_what_was_put_off_is_queued_when_its_moment_comes(prefix: str, queue: JobQueue) -> None:
    queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.BACKGROUND, after_seconds=0.1)

    with at_work(maintenance(prefix)):
        assert eventually(lambda: queue.depths()["background"] == 1)


def test_failed_deliveries_are_asked_for_at_the_start(prefix: str) -> None:
    said: list[str] = []

    with at_work(maintenance(prefix, resend=lambda: 2, say=said.append)):
        assert eventually(lambda: bool(said))

    assert said == ["GitHub was asked to send 2 failed deliveries again"]


def test_failed_deliveries_are_asked_for_by_one_machine_at_a_time(prefix: str, client: redis.Redis) -> None:
    client.set(f"{prefix}:resending", "another machine", ex=60)
    said: list[str] = []

    with at_work(maintenance(prefix, resend=lambda: 2, say=said.append)):
        assert eventually(lambda: bool(client.exists(f"rq:scheduler-lock:{prefix}:background")))

    assert said == []


def test_what_goes_wrong_is_said_and_the_rest_goes_on(prefix: str, queue: JobQueue) -> None:
    said: list[str] = []

    def resend() -> int:
        raise GitHubUnreachable("GitHub does not answer; try again later")

    queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.BACKGROUND, after_seconds=0.1)
    with at_work(maintenance(prefix, resend=resend, say=said.append)):
        assert eventually(lambda: queue.depths()["background"] == 1)

    assert said == ["failed deliveries could not be looked for: GitHub does not answer; try again later"]


def test_a_restart_of_redis_is_said_once_and_survived() -> None:
    said: list[str] = []
    with own_redis("--appendonly", "yes") as server, closing(JobQueue(server.url)) as queue:
        looked_after = maintenance("quartet", server.url, say=said.append)
        looked_after.check()
        with at_work(looked_after):
            server.kill()
            assert eventually(lambda: bool(said))
            server.start()
            queue.enqueue("tests.app.queue_jobs.succeed", ABOUT, lane=Lane.BACKGROUND, after_seconds=0.1)
            assert eventually(lambda: queue.depths()["background"] == 1)

    assert said == [f"Redis at 127.0.0.1:{server.port} cannot be reached; start it, or correct REDIS_URL"]


def test_without_redis_there_is_nothing_to_look_after() -> None:
    with own_redis() as server:
        server.kill()

        with pytest.raises(QueueDown, match="cannot be reached"):
            maintenance("quartet", server.url).check()


def test_what_has_become_old_is_deleted_once_a_day(
    prefix: str, client: redis.Redis, queue: JobQueue, turns: Turns
) -> None:
    for _ in range(3):
        maintenance(prefix, prune="tests.app.queue_jobs.succeed").look_over(client, queue, turns)

    assert queue.depths()["background"] == 1
    assert 86_000 < client.ttl(f"{prefix}:pruning") <= 86_400
