"""Jobs, in RQ on Redis: a delivery is claimed and queued in one step, and what failed for good is kept for people."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rq import Queue, Retry
from rq.job import Job, JobStatus
from rq.utils import as_text

from app.dead_letters import DeadLetter, dead_letter, failed_jobs
from app.errors import Misconfigured
from app.events import to_data
from app.job_names import Lane, about, delivery_job_id, jobs_key, queue_name
from app.redis_client import asking, connect

if TYPE_CHECKING:
    from redis.client import Pipeline

    from app.events import Event

__all__ = ["Accepted", "DeadLetter", "JobQueue", "Lane"]

HANDLE = "app.jobs.handle"
"""The function that a delivery is handed to."""

REMEMBERED_SECONDS = 8 * 86_400
"""How long a delivery is known; GitHub sends one again up to three days later."""

DEAD_SECONDS = 14 * 86_400
"""How long a job that failed for good is kept."""

RETRY_SECONDS = (10, 30, 90, 300, 900, 3600, 7200)
"""Waits before a job that failed is tried again: through a restart of anything, the hour after which GitHub's limits
begin anew, and an afternoon of GitHub's worst; GitHub does not send again what was acknowledged."""

HANDLING_SECONDS = 1_200.0
"""The deadline of a job that is given none: time for a comment full of questions to models, which have less each."""

_WAITING: tuple[str, ...] = (JobStatus.QUEUED, JobStatus.SCHEDULED, JobStatus.STARTED, JobStatus.DEFERRED)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A delivery that is in the queue, or was.

    Attributes:
        job: Id of its job.
        new: Whether it was put there now; False where it had been accepted before.
    """

    job: str
    new: bool


class JobQueue:
    """The queue; threads may share it.

    Args:
        redis_url: The server.
        prefix: Beginning of the names of queues and keys.
        handler: Dotted path of the function that takes ``delivery`` and ``event``.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        prefix: str = "quartet",
        handler: str = HANDLE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = redis_url
        self._prefix = prefix
        self._handler = handler
        self._clock = clock
        self._client = connect(redis_url, text=False)
        self._queues = {
            lane: Queue(queue_name(prefix, lane), connection=self._client, serializer="json") for lane in Lane
        }

    def accept(self, delivery: str, event: Event) -> Accepted:
        """Claim a delivery and queue what it means, both or neither.

        A delivery whose job has failed for good is accepted anew when GitHub sends it again.

        Args:
            delivery: GitHub's id of it.
            event: What it means.

        Raises:
            QueueDown: It is not in the queue.
        """
        job_id = delivery_job_id(delivery)
        claim = f"{self._prefix}:delivery:{job_id}"
        data = to_data(event)
        job = self._job(
            Lane.INTERACTIVE,
            self._handler,
            {"delivery": delivery, "event": data},
            job_id=job_id,
            deadline_seconds=HANDLING_SECONDS,
            description=f"handle: {data['kind']} {about(data)}",
        )

        new = False

        def unless_claimed(pipeline: Pipeline) -> None:
            nonlocal new
            known = pipeline.exists(claim)
            new = not known or self._status(pipeline, job_id) == JobStatus.FAILED
            pipeline.multi()
            if new:
                pipeline.set(claim, "1", ex=REMEMBERED_SECONDS)
                self._put(job, Lane.INTERACTIVE, pipeline, after_seconds=0.0)

        with asking(self._url):
            self._client.transaction(unless_claimed, claim)
        return Accepted(job_id, new=new)

    def enqueue(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        lane: Lane,
        after_seconds: float = 0.0,
        job_id: str | None = None,
        deadline_seconds: float | None = None,
    ) -> str:
        """Queue a job.

        Args:
            function: Dotted path of what is to be called.
            arguments: Its keyword arguments, as JSON takes them.
            lane: Where.
            after_seconds: How long it is to wait at least.
            job_id: A name for it; while a job of that name waits or runs, nothing is queued.
            deadline_seconds: How long it may run.

        Returns:
            The id of the job.

        Raises:
            QueueDown: It is not in the queue.
        """
        job = self._job(
            lane,
            function,
            arguments,
            job_id=job_id,
            deadline_seconds=deadline_seconds or HANDLING_SECONDS,
            description=f"{function.rpartition('.')[2]}: {about(arguments)}",
        )

        def unless_there(pipeline: Pipeline) -> None:
            waiting = self._status(pipeline, job.id) in _WAITING
            pipeline.multi()
            if not waiting:
                self._put(job, lane, pipeline, after_seconds=after_seconds)

        with asking(self._url):
            self._client.transaction(unless_there, job.key)
        return str(job.id)

    def depths(self) -> Mapping[str, int]:
        """How many jobs wait to be begun in each lane, wait for their moment, run, and have failed for good.

        Raises:
            QueueDown: Redis does not answer.
        """
        with asking(self._url), self._client.pipeline(transaction=False) as pipeline:
            for queue in self._queues.values():
                pipeline.llen(queue.key)
            for registry in ("scheduled", "wip", "failed"):
                for queue in self._queues.values():
                    pipeline.zcard(f"rq:{registry}:{queue.name}")
            counts = pipeline.execute()
        lanes, rest = counts[: len(Lane)], counts[len(Lane) :]
        sums = [sum(rest[start : start + len(Lane)]) for start in range(0, len(rest), len(Lane))]
        return dict(zip((*Lane, "scheduled", "started", "dead"), (*lanes, *sums), strict=True))

    def dead_letters(self) -> tuple[DeadLetter, ...]:
        """Jobs that failed for good, the newest last.

        Raises:
            QueueDown: Redis does not answer.
        """
        letters: list[DeadLetter] = []
        with asking(self._url):
            for queue in self._queues.values():
                ids = failed_jobs(queue).get_job_ids(cleanup=False)
                jobs = Job.fetch_many(ids, connection=self._client, serializer="json")
                letters.extend(dead_letter(job) for job in jobs if job is not None)
        return tuple(sorted(letters, key=lambda letter: letter.failed_at or datetime.min.replace(tzinfo=UTC)))

    def retry_dead(self, job: str) -> None:
        """Queue a job that failed for good once more, with all its tries.

        Raises:
            Misconfigured: There is no such dead letter.
            QueueDown: Redis does not answer.
        """
        with asking(self._url):
            for lane, queue in self._queues.items():
                if job in failed_jobs(queue):
                    dead = Job.fetch(job, connection=self._client, serializer="json")
                    dead.retries_left = len(RETRY_SECONDS)
                    with self._client.pipeline() as pipeline:
                        pipeline.multi()
                        self._put(dead, lane, pipeline, after_seconds=0.0)
                        pipeline.execute()
                    return
        msg = f"there is no dead letter {job[:100]!r}; quartet doctor lists them"
        raise Misconfigured(msg)

    def ping(self) -> None:
        """Do nothing, if Redis answers and takes writes.

        Raises:
            QueueDown: It does not.
        """
        with asking(self._url):
            self._client.set(f"{self._prefix}:ping", "1", ex=60)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _job(
        self,
        lane: Lane,
        function: str,
        arguments: Mapping[str, Any],
        *,
        job_id: str | None,
        deadline_seconds: float,
        description: str,
    ) -> Job:
        return self._queues[lane].create_job(
            function,
            kwargs=dict(arguments),
            timeout=max(1, round(deadline_seconds)),
            result_ttl=0,
            failure_ttl=DEAD_SECONDS,
            description=description,
            job_id=job_id,
            retry=Retry(max=len(RETRY_SECONDS), interval=list(RETRY_SECONDS)),
        )

    def _put(self, job: Job, lane: Lane, pipeline: Pipeline, *, after_seconds: float) -> None:
        queue = self._queues[lane]
        # What a job of the same name has left behind when it failed.
        pipeline.delete(job.key, f"rq:results:{job.id}")
        pipeline.zrem(failed_jobs(queue).key, job.id)
        # Workers take a job off its queue before they have noted that it runs; what is lost in between is found here.
        pipeline.zadd(jobs_key(self._prefix), {job.id: self._clock() + after_seconds})
        if after_seconds > 0:
            queue.schedule_job(job, datetime.now(UTC) + timedelta(seconds=after_seconds), pipeline=pipeline)
        else:
            queue.enqueue_job(job, pipeline=pipeline)

    @staticmethod
    def _status(pipeline: Pipeline, job_id: str) -> str:
        # A pipeline that watches answers at once.
        return as_text(pipeline.hget(Job.key_for(job_id), "status") or b"")
