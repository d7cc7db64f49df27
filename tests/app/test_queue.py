from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from rq import Queue, SimpleWorker
from rq.timeouts import TimerDeathPenalty

from app.errors import Misconfigured, QueueDown
from app.events import PullRequestChanged, RepositoryId
from app.job_names import delivery_job_id
from app.queue import Accepted, JobQueue, Lane
from tests.fakes.redis_server import own_prefix, own_redis, redis_server

OPENED = PullRequestChanged(
    repository=RepositoryId(installation=5, owner="Acme", repo="shop"), number=7, action="opened", head="a" * 40
)
ABOUT = {"owner": "Acme", "repo": "shop", "number": 7}
REVIEW = "tests.app.queue_jobs.review"


@pytest.fixture
def prefix() -> str:
    return own_prefix()


@pytest.fixture
def queue(prefix: str) -> Iterator[JobQueue]:
    with closing(JobQueue(redis_server().url, prefix=prefix, handler="tests.app.queue_jobs.fail")) as queue:
        yield queue


class _ThreadedDeath(SimpleWorker):
    death_penalty_class = TimerDeathPenalty


def work(prefix: str, lane: Lane) -> None:
    """Do what waits in a lane, without more tries."""
    with redis_server().client() as client:
        queue = Queue(f"{prefix}:{lane}", connection=client, serializer="json")
        for job in queue.jobs:
            job.retries_left = 0
            job.save()
        _ThreadedDeath([queue], connection=client, serializer="json").work(burst=True, logging_level="CRITICAL")
        client.connection_pool.disconnect()


def test_a_delivery_is_accepted_once(queue: JobQueue) -> None:
    first = queue.accept("d-1", OPENED)
    again = queue.accept("d-1", OPENED)

    assert first == Accepted("delivery-d-1", new=True)
    assert again == Accepted("delivery-d-1", new=False)
    assert queue.depths() == {"interactive": 1, "background": 0, "scheduled": 0, "started": 0, "dead": 0}


def test_of_many_threads_with_the_same_delivery_one_queues_it(queue: JobQueue) -> None:
    with ThreadPoolExecutor(8) as threads:
        accepted = list(threads.map(lambda _: queue.accept("d-1", OPENED), range(24)))

    assert [entry.new for entry in accepted].count(True) == 1
    assert queue.depths()["interactive"] == 1


def test_a_delivery_is_still_known_when_its_job_is_done(queue: JobQueue, prefix: str) -> None:
    with closing(JobQueue(redis_server().url, prefix=prefix, handler="tests.app.queue_jobs.succeed")) as healthy:
        healthy.accept("d-1", OPENED)
        work(prefix, Lane.INTERACTIVE)

        assert healthy.accept("d-1", OPENED).new is False
        assert healthy.depths()["interactive"] == 0


def test_a_job_that_failed_for_good_is_shown_without_what_was_in_it(queue: JobQueue, prefix: str) -> None:
    queue.accept("d-1", OPENED)
    work(prefix, Lane.INTERACTIVE)

    (letter,) = queue.dead_letters()

    assert letter.job == "delivery-d-1"
    assert letter.what == "handle: pull_request Acme/shop#7"
    assert letter.error == "RuntimeError: the work failed"
    assert letter.failed_at is not None
    assert queue.depths()["dead"] == 1


def test_a_delivery_whose_job_failed_for_good_is_accepted_when_it_is_sent_again(queue: JobQueue, prefix: str) -> None:
    queue.accept("d-1", OPENED)
    work(prefix, Lane.INTERACTIVE)

    again = queue.accept("d-1", OPENED)

    assert again.new is True
    assert queue.dead_letters() == ()
    assert queue.depths()["interactive"] == 1


def test_a_dead_letter_can_be_tried_again(queue: JobQueue, prefix: str) -> None:
    queue.accept("d-1", OPENED)
    work(prefix, Lane.INTERACTIVE)

    queue.retry_dead("delivery-d-1")

    assert queue.depths() == {"interactive": 1, "background": 0, "scheduled": 0, "started": 0, "dead": 0}


def test_a_dead_letter_that_there_is_not_cannot_be_tried_again(queue: JobQueue) -> None:
    with pytest.raises(Misconfigured, match="there is no dead letter 'nobody'"):
        queue.retry_dead("nobody")


def test_a_job_is_put_off_by_the_seconds_that_were_asked(queue: JobQueue, prefix: str) -> None:
    now = time.time()
    job = queue.enqueue(REVIEW, ABOUT, lane=Lane.BACKGROUND, after_seconds=20)

    with redis_server().client() as client:
        due = client.zscore(f"rq:scheduled:{prefix}:background", job)
    assert due == pytest.approx(now + 20, abs=2)
    assert queue.depths()["background"] == 0


def test_while_a_job_of_the_same_name_waits_nothing_is_queued(queue: JobQueue) -> None:
    queue.enqueue(REVIEW, ABOUT, lane=Lane.BACKGROUND, job_id="one")
    queue.enqueue(REVIEW, ABOUT, lane=Lane.BACKGROUND, job_id="one")
    queue.enqueue(REVIEW, ABOUT, lane=Lane.BACKGROUND, after_seconds=5, job_id="two")
    queue.enqueue(REVIEW, ABOUT, lane=Lane.BACKGROUND, after_seconds=5, job_id="two")

    depths = queue.depths()
    assert (depths["background"], depths["scheduled"]) == (1, 1)


def test_a_job_has_a_deadline_tries_and_a_serializer_that_runs_nothing(queue: JobQueue, prefix: str) -> None:
    job_id = queue.enqueue(REVIEW, ABOUT, lane=Lane.BACKGROUND, deadline_seconds=3600)

    with redis_server().client() as client:
        job = Queue(f"{prefix}:background", connection=client, serializer="json").fetch_job(job_id)
        assert job is not None
        assert (job.timeout, job.retries_left, job.result_ttl) == (3600, 7, 0)
        assert job.retry_intervals == [10, 30, 90, 300, 900, 3600, 7200]
        assert (job.func_name, job.kwargs, job.description) == (REVIEW, ABOUT, "review: Acme/shop#7")


@pytest.mark.parametrize("delivery", ["", "a b", "../x", "x" * 5_000, "dé", "\ud800", "a\nb", "a:b"])
def test_an_unusual_delivery_id_gets_a_name_that_rq_takes(queue: JobQueue, delivery: str) -> None:
    assert queue.accept(delivery, OPENED).new is True
    assert queue.accept(delivery, OPENED).new is False
    assert len(delivery_job_id(delivery)) < 110


def test_without_redis_nothing_is_accepted() -> None:
    with own_redis() as server, closing(JobQueue(server.url)) as queue:
        queue.ping()
        server.kill()

        with pytest.raises(QueueDown, match="cannot be reached"):
            queue.accept("d-1", OPENED)
        with pytest.raises(QueueDown, match="cannot be reached"):
            queue.ping()


def test_what_was_accepted_is_there_after_a_restart_of_redis() -> None:
    with (
        own_redis("--appendonly", "yes", "--appendfsync", "always") as server,
        closing(JobQueue(server.url)) as queue,
    ):
        queue.accept("d-1", OPENED)
        server.kill()
        server.start()

        assert queue.depths()["interactive"] == 1
        assert queue.accept("d-1", OPENED).new is False


def test_a_server_that_is_full_takes_nothing_and_says_so() -> None:
    with (
        own_redis("--maxmemory", "1") as server,
        closing(JobQueue(server.url)) as queue,
        pytest.raises(QueueDown, match="has no memory left; raise its maxmemory"),
    ):
        queue.accept("d-1", OPENED)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(Misconfigured, match="REDIS_URL cannot be used"):
        JobQueue("http://127.0.0.1:6379")
