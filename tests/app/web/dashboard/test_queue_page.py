"""What operators see of the queue: real RQ on a real Redis."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from app.job_names import Lane, queue_name
from app.queue import JobQueue
from app.queue_view import MOST_JOBS, State, view_queue
from app.redis_client import connect
from tests.app.web.dashboard.conftest import TOKEN, SignIn, StartDashboard
from tests.fakes.github_oauth import FakeGitHubSignIn
from tests.fakes.redis_server import RedisServer, own_redis

BEARER = {"Authorization": f"Bearer {TOKEN}"}
FAIL, SUCCEED = "tests.app.queue_jobs.fail", "tests.app.queue_jobs.succeed"


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture
def redis(server: RedisServer) -> Iterator[Any]:
    client = connect(server.url, text=False)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def queue(server: RedisServer, redis: Any) -> Iterator[JobQueue]:
    queue = JobQueue(server.url)
    yield queue
    queue.close()


@pytest.fixture
def web(start: StartDashboard, server: RedisServer) -> FlaskClient:
    return start(redis_url=server.url, prefix="quartet")


@pytest.fixture
def worker(redis: Any) -> Iterator[SimpleWorker]:
    lane = Queue(queue_name("quartet", Lane.BACKGROUND), connection=redis, serializer=JSONSerializer)
    worker = SimpleWorker([lane], connection=redis, serializer=JSONSerializer, name="host-1")
    worker.register_birth()  # type: ignore[no-untyped-call] # RQ has types for most
    yield worker
    worker.register_death()  # type: ignore[no-untyped-call] # the same


def fail_for_good(queue: JobQueue, redis: Any, job: str) -> None:
    queue.enqueue(FAIL, {"owner": "octo", "repo": "app", "number": 7}, lane=Lane.BACKGROUND, job_id=job)
    redis.hset(f"rq:job:{job}", "retries_left", 0)
    lane = Queue(queue_name("quartet", Lane.BACKGROUND), connection=redis, serializer=JSONSerializer)
    SimpleWorker([lane], connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="CRITICAL")


def test_it_tells_what_waits_and_what_is_due_later(queue: JobQueue, server: RedisServer, redis: Any) -> None:
    queue.enqueue(SUCCEED, {"owner": "octo", "repo": "app", "number": 7}, lane=Lane.INTERACTIVE, job_id="now")
    queue.enqueue(SUCCEED, {"owner": "octo", "repo": "lib"}, lane=Lane.BACKGROUND, job_id="later", after_seconds=600)

    view = view_queue(redis, server.url)

    assert [(job.id, job.what, job.lane, job.state) for job in view.jobs] == [
        ("now", "succeed: octo/app#7", Lane.INTERACTIVE, State.WAITING),
        ("later", "succeed: octo/lib", Lane.BACKGROUND, State.SCHEDULED),
    ]
    now, later = (job.at for job in view.jobs)
    assert now is not None
    assert later is not None
    assert 590 < (later - now).total_seconds() < 610
    assert view.counts[Lane.INTERACTIVE][State.WAITING] == view.counts[Lane.BACKGROUND][State.SCHEDULED] == 1


def test_it_tells_why_a_job_failed_in_one_line(queue: JobQueue, server: RedisServer, redis: Any) -> None:
    fail_for_good(queue, redis, "broken")

    (job,) = view_queue(redis, server.url).jobs

    assert (job.id, job.state, job.error) == ("broken", State.FAILED, "RuntimeError: the work failed")


def test_it_tells_who_works_and_on_what(queue: JobQueue, server: RedisServer, redis: Any, worker: SimpleWorker) -> None:
    queue.enqueue(SUCCEED, {}, lane=Lane.BACKGROUND, job_id="busy-with-this")
    redis.hset(worker.key, mapping={"current_job": "busy-with-this", "state": "busy"})

    (line,) = view_queue(redis, server.url).workers

    assert (line.name, line.lanes, line.state, line.job) == ("host-1", ("background",), "busy", "busy-with-this")
    assert line.seen_at is not None


def test_of_very_many_jobs_the_first_are_shown_and_all_are_counted(
    queue: JobQueue, server: RedisServer, redis: Any
) -> None:
    for number in range(MOST_JOBS + 5):
        queue.enqueue(SUCCEED, {}, lane=Lane.BACKGROUND, job_id=f"job-{number}")

    view = view_queue(redis, server.url)

    assert len(view.jobs) == MOST_JOBS
    assert view.counts[Lane.BACKGROUND][State.WAITING] == MOST_JOBS + 5


class Bomb:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_nothing_that_somebody_puts_into_redis_is_run(
    web: FlaskClient, queue: JobQueue, redis: Any, worker: SimpleWorker, tmp_path: Path
) -> None:
    queue.enqueue(SUCCEED, {}, lane=Lane.BACKGROUND, job_id="bad")
    redis.hset("rq:job:bad", mapping={"data": pickle.dumps(Bomb(tmp_path / "went-off"))})
    redis.hset(worker.key, "current_job", "bad")

    answer = web.get("/dashboard/queue", headers=BEARER)

    assert answer.status_code == 200
    assert ">host-1<" in answer.text
    assert list(tmp_path.iterdir()) == []


def test_what_stands_in_a_job_is_text(web: FlaskClient, queue: JobQueue, redis: Any) -> None:
    queue.enqueue(SUCCEED, {}, lane=Lane.BACKGROUND, job_id="odd")
    redis.hset("rq:job:odd", "description", "<img src=x onerror=alert(1)>")

    answer = web.get("/dashboard/queue", headers=BEARER)

    assert "&lt;img src=x onerror=alert(1)&gt;" in answer.text
    assert "<img" not in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_who_looks_changes_nothing(
    web: FlaskClient, queue: JobQueue, server: RedisServer, redis: Any, worker: SimpleWorker
) -> None:
    fail_for_good(queue, redis, "broken")
    queue.enqueue(SUCCEED, {}, lane=Lane.INTERACTIVE, job_id="waits")
    names = [name for name in redis.scan_iter() if b":dashboard:" not in name]
    before = {name: redis.dump(name) for name in names}

    web.get("/dashboard/queue", headers=BEARER)

    assert {name: redis.dump(name) for name in names} == before


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_done_there(web: FlaskClient, method: str) -> None:
    assert getattr(web, method)("/dashboard/queue", headers=BEARER).status_code == 405


def test_without_a_worker_it_says_so(web: FlaskClient, redis: Any) -> None:
    answer = web.get("/dashboard/queue", headers=BEARER)

    assert "No worker is running" in answer.text
    assert "Nothing waits, runs or has failed." in answer.text


def test_it_is_for_operators_alone(github: FakeGitHubSignIn, sign_in: SignIn) -> None:
    github.install("octo", "octo/app")
    github.people["mona"] = {"octo/app"}

    assert sign_in("mona").get("/dashboard/queue").status_code == 403
    assert sign_in("mona").application.test_client().get("/dashboard/queue").status_code == 401


def test_it_reloads_itself_when_asked_to(web: FlaskClient) -> None:
    assert 'http-equiv="refresh"' not in web.get("/dashboard/queue", headers=BEARER).text
    assert '<meta http-equiv="refresh" content="5">' in web.get("/dashboard/queue?reload=on", headers=BEARER).text
