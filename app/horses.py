"""The worker that RQ runs here: it notices death early, says little, and leaves no work horse behind."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import redis
from rq import Worker

from app.dead_letters import last_line
from app.leash import end_with_parent

if TYPE_CHECKING:
    from redis.client import Pipeline
    from rq import Queue
    from rq.job import Job
    from rq.registry import StartedJobRegistry

HEARTBEAT_SECONDS = 5
"""How often a worker says that its job still runs."""

MISSING_SECONDS = 25
"""After so long without that, the worker is dead and its job is somebody else's."""

WORKER_TTL_SECONDS = 60


class QuartetWorker(Worker):
    """RQ's worker, with what RQ leaves to be wished.

    - A job of a worker that died is found after ``MISSING_SECONDS``, not after 90 s.
    - A Redis that restarts while a job runs does not end the worker, and with it the job.
    - The work horse is killed when its worker dies: it would go on with a job that is being done again.
    - A job that was begun by a worker that died, and done by another, is done: RQ stumbles over the first one's entry.
    - Of an error the last line is kept; a traceback shows people's code to whoever reads the queue.
    - Registries are cleaned by ``app.maintenance``, in one process of a machine.
    """

    log_result_lifespan = False

    def get_heartbeat_ttl(self, job: Job) -> int:  # noqa: ARG002 - RQ's signature
        """Seconds until a job that nobody reports of is given to another worker."""
        return MISSING_SECONDS

    def maintain_heartbeats(self, job: Job) -> None:
        """Say that the job still runs; where Redis is away, the next time."""
        try:
            super().maintain_heartbeats(job)
        except redis.RedisError as error:
            self.log.warning("no heartbeat, Redis does not answer (%s); the job goes on", type(error).__name__)

    def set_current_job_working_time(self, current_job_working_time: float, pipeline: Pipeline | None = None) -> None:
        """Note how long the job runs; where Redis is away, in memory only."""
        try:
            super().set_current_job_working_time(current_job_working_time, pipeline)
        except redis.RedisError as error:
            self.log.warning("Redis does not answer (%s); the job goes on", type(error).__name__)

    def run_maintenance_tasks(self) -> None:
        """Nothing: the parent does it."""

    @property
    def should_run_maintenance_tasks(self) -> bool:
        """Never."""
        return False

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Say in one line what failed."""
        told = last_line(f"{exc_info[0].__name__}: {exc_info[1]}")
        self.log.error("job %s failed: %s", job.id, told, exc_info=_debugging() and exc_info)

    def handle_job_failure(
        self, job: Job, queue: Queue, started_job_registry: StartedJobRegistry | None = None, exc_string: str = ""
    ) -> None:
        """Keep the last line of what went wrong."""
        super().handle_job_failure(job, queue, started_job_registry, last_line(exc_string))

    def handle_job_success(self, job: Job, queue: Queue, started_job_registry: StartedJobRegistry) -> None:
        """Forget the job, and who else has begun it.

        RQ 2.12 loads every execution on the job's list when it deletes the job. That of a worker that died has expired
        by then, which would count as a failure of the job that has just succeeded, and have it done again.
        """
        self.connection.delete(job.execution_registry.key)
        super().handle_job_success(job, queue, started_job_registry)

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Remember who the parent is, for the work horse to end with it."""
        self._parent = os.getpid()
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Do the job, for as long as the worker lives."""
        end_with_parent(self._parent, signal.SIGKILL)
        super().main_work_horse(job, queue)


def _debugging() -> bool:
    return bool(os.environ.get("QUARTET_DEBUG"))
