"""What is in the queue at this moment, for people who operate it: read, and never changed, by whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from rq import Queue, Worker
from rq.job import Job
from rq.registry import FailedJobRegistry, ScheduledJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from app.dead_letters import last_line
from app.job_names import Lane, queue_name
from app.redis_client import asking

if TYPE_CHECKING:
    import redis
    from rq.registry import BaseRegistry
    from rq.worker import BaseWorker

MOST_JOBS = 25
"""Of a state in a lane; the counts are of all."""


class State(StrEnum):
    """What a job does, in the order in which people ask."""

    RUNNING = "running"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    FAILED = "failed for good"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """A job as people are shown it; never what it was sent.

    Attributes:
        id: Its name.
        what: What it is about, such as ``handle: pull_request owner/repo#7``.
        lane: Where.
        state: What it does.
        at: Since when it runs, waits or has failed, or when it is due; in UTC, None where nobody knows.
        tries_left: How often it is tried again.
        error: The last line of what went wrong, or empty.
    """

    id: str
    what: str
    lane: str
    state: State
    at: datetime | None
    tries_left: int
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLine:
    """A worker.

    Attributes:
        name: What it calls itself.
        lanes: What it takes jobs from.
        state: ``idle``, ``busy``, ``suspended``.
        job: Id of what it does, or empty.
        seen_at: When it last gave a sign of life, in UTC.
        done: Jobs that it ended well.
        failed: Jobs that it did not.
    """

    name: str
    lanes: tuple[str, ...]
    state: str
    job: str
    seen_at: datetime | None
    done: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """One look at everything.

    Attributes:
        counts: Of each lane and state.
        jobs: The first of each.
        workers: By name.
    """

    counts: dict[str, dict[State, int]]
    jobs: tuple[JobLine, ...]
    workers: tuple[WorkerLine, ...]


def view_queue(client: redis.Redis, url: str, *, prefix: str = "quartet") -> QueueView:
    """Look.

    Args:
        client: Answers in bytes, as RQ wants it.
        url: Where that is, for errors.
        prefix: Beginning of the names of queues.

    Raises:
        QueueDown: Redis does not answer.
    """
    counts: dict[str, dict[State, int]] = {}
    jobs: list[JobLine] = []
    with asking(url):
        for lane in Lane:
            # Everything here is told JSON: RQ's own choice would unpickle whatever somebody has put into Redis.
            queue = Queue(queue_name(prefix, lane), connection=client, serializer=JSONSerializer)
            counts[lane] = {}
            for state, count, ids in _states(queue):
                counts[lane][state] = count
                found = Job.fetch_many(ids, connection=client, serializer=JSONSerializer)
                jobs.extend(_line(job, lane, state) for job in found if job is not None)
        workers = Worker.all(connection=client, serializer=JSONSerializer)
        lines = [_worker(worker, prefix) for worker in workers if _is_ours(worker, prefix)]
    order = tuple(State)
    return QueueView(
        counts=counts,
        jobs=tuple(sorted(jobs, key=lambda job: order.index(job.state))),
        workers=tuple(sorted(lines, key=lambda line: line.name)),
    )


def _states(queue: Queue) -> Iterator[tuple[State, int, list[str]]]:
    registries: tuple[tuple[State, type[BaseRegistry]], ...] = (
        (State.RUNNING, StartedJobRegistry),
        (State.SCHEDULED, ScheduledJobRegistry),
        (State.FAILED, FailedJobRegistry),
    )
    yield State.WAITING, queue.count, queue.get_job_ids(0, MOST_JOBS)
    for state, kind in registries:
        registry = kind(queue=queue)
        # Cleaning up is the workers' business; who looks changes nothing.
        total = registry.get_job_count(cleanup=False)
        start = max(0, total - MOST_JOBS) if state is State.FAILED else 0
        yield state, total, registry.get_job_ids(start, start + MOST_JOBS - 1, cleanup=False)


def _line(job: Job, lane: Lane, state: State) -> JobLine:
    result = job.latest_result() if state is State.FAILED else None
    moments = {
        State.RUNNING: job.started_at,
        State.WAITING: job.enqueued_at,
        State.SCHEDULED: _due(job),
        State.FAILED: (result.created_at if result else None) or job.ended_at,
    }
    return JobLine(
        id=str(job.id),
        what=job.description or "",
        lane=lane,
        state=state,
        at=_utc(moments[state]),
        tries_left=job.retries_left or 0,
        error=last_line((result.exc_string if result else "") or ""),
    )


def _due(job: Job) -> datetime | None:
    score = job.connection.zscore(f"rq:scheduled:{job.origin}", str(job.id))
    return datetime.fromtimestamp(float(score), UTC) if score is not None else None


def _worker(worker: BaseWorker, prefix: str) -> WorkerLine:
    return WorkerLine(
        name=worker.name,
        lanes=tuple(name.removeprefix(f"{prefix}:") for name in worker.queue_names()),
        state=str(worker.get_state()),
        job=str(worker.get_current_job_id() or ""),
        seen_at=_utc(worker.last_heartbeat),
        done=worker.successful_job_count,
        failed=worker.failed_job_count,
    )


def _is_ours(worker: BaseWorker, prefix: str) -> bool:
    """A Redis may serve others than us."""
    return any(name.startswith(f"{prefix}:") for name in worker.queue_names())


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
