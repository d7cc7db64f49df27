"""Real workers of a real parent, really killed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Misconfigured
from app.queue import JobQueue, Lane
from app.settings import Settings
from app.turns import Turns
from app.wishes import Wish
from app.worker import lanes_of_each, redis_url
from tests.app.processes import Running, door, is_running, knocked, port_of, running
from tests.app.test_turns import REPOSITORY, eventually
from tests.fakes.redis_server import own_prefix, own_redis, redis_server

KNOCK = "tests.app.queue_jobs.knock"


@pytest.fixture
def prefix() -> str:
    return own_prefix()


@pytest.fixture
def queue(prefix: str) -> Iterator[JobQueue]:
    with closing(JobQueue(redis_server().url, prefix=prefix)) as queue:
        yield queue


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with door() as listener:
        yield listener


@contextlib.contextmanager
def workers(prefix: str, processes: int, *, grace: float = 60, url: str | None = None) -> Iterator[Running]:
    environment = {"REDIS_URL": url or redis_server().url, "QUARTET_GRACE_SECONDS": str(grace)}
    with running("-m", "tests.app.worker_parent", prefix, str(processes), environment=environment) as parent:
        parent.hear("ready for")
        yield parent


def knock(queue: JobQueue, listener: socket.socket, says: str = "", *, lane: Lane = Lane.BACKGROUND) -> None:
    queue.enqueue(KNOCK, {"port": port_of(listener), "says": says}, lane=lane)


def test_a_job_is_done_and_nothing_of_it_stays(prefix: str, queue: JobQueue, listener: socket.socket) -> None:
    with workers(prefix, 1) as parent:
        knock(queue, listener, "one")
        with knocked(listener) as job:
            assert job.says == "one"
            job.answer()

        assert eventually(lambda: sum(queue.depths().values()) == 0)
        assert parent.end(signal.SIGTERM) == 0


def test_one_worker_is_always_free_for_people_who_wait(prefix: str, queue: JobQueue, listener: socket.socket) -> None:
    with workers(prefix, 2):
        knock(queue, listener, "review")
        knock(queue, listener, "another review")
        with knocked(listener) as review:
            knock(queue, listener, "command", lane=Lane.INTERACTIVE)
            with knocked(listener) as command:
                assert (review.says, command.says) == ("review", "command")


@pytest.mark.timeout(120)
def test_a_killed_worker_takes_its_job_along_and_another_does_it_within_a_minute(
    prefix: str, queue: JobQueue, listener: socket.socket
) -> None:
    with workers(prefix, 2) as parent:
        knock(queue, listener)
        with knocked(listener) as job:
            os.kill(job.worker, signal.SIGKILL)
            killed_at = time.monotonic()
            # The work horse does not go on with what will be done again.
            job.wait_for_the_end()
        assert "was killed (SIGKILL); it is started again" in parent.hear("worker 2")
        listener.settimeout(60)
        with knocked(listener) as again:
            assert time.monotonic() - killed_at < 60
            assert again.worker != job.worker
            again.answer()

        assert eventually(lambda: sum(queue.depths().values()) == 0)


def test_a_killed_work_horse_is_noticed_at_once(prefix: str, queue: JobQueue, listener: socket.socket) -> None:
    with workers(prefix, 1):
        knock(queue, listener)
        with knocked(listener) as job:
            os.kill(job.horse, signal.SIGKILL)

        assert eventually(lambda: queue.depths()["scheduled"] == 1)


def test_a_killed_parent_leaves_nobody_behind(prefix: str, queue: JobQueue, listener: socket.socket) -> None:
    with workers(prefix, 1) as parent:
        knock(queue, listener)
        with knocked(listener) as job:
            parent.end(signal.SIGKILL)
            job.answer()

            assert eventually(lambda: not is_running(job.worker))
            assert parent.rest() == ""


def test_what_runs_may_end_before_the_workers_stop(prefix: str, queue: JobQueue, listener: socket.socket) -> None:
    with workers(prefix, 2) as parent:
        knock(queue, listener)
        with knocked(listener) as job:
            parent.process.terminate()
            knock(queue, listener, "not begun any more")
            job.answer()

            assert parent.process.wait(30) == 0
        assert queue.depths()["background"] == 1
        assert queue.depths()["started"] == 0


def test_a_review_that_takes_too_long_is_handed_back_within_the_grace_time(
    prefix: str, queue: JobQueue, listener: socket.socket
) -> None:
    with closing(Turns(redis_server().url, prefix=prefix)) as turns, workers(prefix, 1, grace=5.5) as parent:
        turns.want(REPOSITORY, 7, Wish(reason="push"), not_before=0)
        arguments = {"url": redis_server().url, "prefix": prefix, "port": port_of(listener)}
        queue.enqueue("tests.app.queue_jobs.hold_turn", arguments, lane=Lane.BACKGROUND)
        with knocked(listener) as job:
            assert turns.state(REPOSITORY, 7).held_until is not None
            assert parent.end(signal.SIGTERM) == 0
            assert job.line.recv(100) == b"stopping"

        assert turns.orphans() == ((REPOSITORY, 7),)
        assert turns.state(REPOSITORY, 7).tries == 0


def test_a_job_that_does_not_listen_is_killed_when_the_grace_time_is_over(
    prefix: str, queue: JobQueue, listener: socket.socket
) -> None:
    with workers(prefix, 1, grace=0.5) as parent:
        knock(queue, listener)
        with knocked(listener) as job:
            assert parent.end(signal.SIGTERM) == 0

            job.wait_for_the_end()
            assert not is_running(job.worker)


def test_a_second_signal_ends_everything_at_once(prefix: str, queue: JobQueue, listener: socket.socket) -> None:
    with workers(prefix, 1, grace=600) as parent:
        knock(queue, listener)
        with knocked(listener) as job:
            parent.process.send_signal(signal.SIGINT)
            # It has heard the first one when its idle half is gone; signals of one kind are not counted otherwise.
            assert eventually(lambda: not parent_waits_for_signals(parent))
            assert parent.end(signal.SIGTERM) == 0

            job.wait_for_the_end()


def parent_waits_for_signals(parent: Running) -> bool:
    """Whether a signal is still to be delivered."""
    with open(f"/proc/{parent.process.pid}/status", encoding="ascii") as status:  # noqa: PTH123 - a file of the kernel
        pending = [line.split()[1] for line in status if line.startswith(("SigPnd", "ShdPnd"))]
    return any(int(mask, 16) for mask in pending)


def test_a_restart_of_redis_does_not_end_a_job_that_runs(listener: socket.socket) -> None:
    with (
        own_redis("--appendonly", "yes", "--appendfsync", "always") as server,
        closing(JobQueue(server.url)) as queue,
        workers("quartet", 1, url=server.url) as parent,
    ):
        knock(queue, listener)
        with knocked(listener) as job:
            server.kill()
            server.start()
            job.answer()
            job.wait_for_the_end()

        knock(queue, listener, "the next one")
        with knocked(listener) as following:
            assert following.says == "the next one"
            following.answer()
        assert eventually(lambda: sum(queue.depths().values()) == 0)
        assert parent.end(signal.SIGTERM) == 0


def test_the_last_line_of_an_error_is_all_that_is_kept_of_it(prefix: str, queue: JobQueue) -> None:
    with workers(prefix, 1), redis_server().client() as client:
        job = queue.enqueue("tests.app.queue_jobs.fail", {"code": "secret = 1"}, lane=Lane.INTERACTIVE)
        assert eventually(lambda: queue.depths()["scheduled"] == 1)

        kept = client.hgetall(f"rq:job:{job}")
        assert b"Traceback" not in b"".join(kept.values())


def test_workers_without_a_redis_are_told_which_variable_is_missing() -> None:
    with pytest.raises(Misconfigured, match="REDIS_URL is not set"):
        redis_url(Settings())


@given(st.integers(1, 20))
def test_there_is_a_worker_for_everything_and_as_many_as_were_asked_for(processes: int) -> None:
    each = lanes_of_each(processes, tuple(Lane))

    assert len(each) == processes
    assert (Lane.INTERACTIVE, Lane.BACKGROUND) in each


def test_where_one_lane_is_asked_for_all_workers_do_that() -> None:
    assert lanes_of_each(2, (Lane.BACKGROUND,)) == ((Lane.BACKGROUND,), (Lane.BACKGROUND,))
