"""What keeps the promise that nothing is lost: jobs of dead workers, wishes that nobody works on, failed deliveries."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING

import redis
from rq import Queue, worker_registration
from rq.scheduler import RQScheduler

from app.dead_letters import last_line
from app.errors import AppError, QueueDown
from app.job_names import Lane, queue_name
from app.lost_jobs import bring_back
from app.queue import JobQueue
from app.redis_client import asking, connect
from app.turns import Turns

if TYPE_CHECKING:
    from app.events import RepositoryId

EVERY_SECONDS = 10.0
"""How often the queue is looked over."""

RESEND_SECONDS = 600.0
"""How often GitHub is asked for failed deliveries."""

PRUNE_SECONDS = 86_400
"""How often what has become old is deleted."""

OVERDUE_SECONDS = 15.0
"""A wish that is due has a job of its own in the queue; after so long that may be lost."""

_LOCK_SECONDS = 60
_RESEND_LOCK_SECONDS = 300


class Maintenance:
    """Looks after the queue, in a thread of the workers' parent; of several machines one at a time does each thing.

    Args:
        redis_url: The server.
        prefix: Beginning of the names of queues and keys.
        review: Dotted path of the function that takes a turn at a pull request.
        review_deadline_seconds: How long that may run.
        resend: Has GitHub send failed deliveries again; how many it were.
        prune: Dotted path of the function that deletes what has become old; None where nobody keeps anything.
        say: Takes one line for people.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        prefix: str,
        review: str,
        review_deadline_seconds: float,
        resend: Callable[[], int] | None,
        say: Callable[[str], None],
        prune: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = redis_url
        self._prefix = prefix
        self._review = review
        self._review_deadline_seconds = review_deadline_seconds
        self._resend = resend
        self._prune = prune
        self._say = say
        self._clock = clock
        self._over = threading.Event()
        self._suspects: frozenset[str] = frozenset()
        self._complaint = ""

    def check(self) -> None:
        """Do nothing, if the queue can be used.

        Raises:
            QueueDown: It cannot.
        """
        with closing(JobQueue(self._url, prefix=self._prefix)) as queue:
            queue.ping()

    def stop(self) -> None:
        """Have ``run`` come to its end."""
        self._over.set()

    def run(self) -> None:
        """Look after the queue until ``stop``; what fails is said once, and tried again."""
        look_at = resend_at = self._clock()
        with ExitStack() as stack:
            client = stack.enter_context(closing(connect(self._url, text=False)))
            queue = stack.enter_context(closing(JobQueue(self._url, prefix=self._prefix)))
            turns = stack.enter_context(closing(Turns(self._url, prefix=self._prefix)))
            scheduler = self._scheduler(client)
            stack.callback(scheduler.connection.close)
            while not self._over.is_set():
                now = self._clock()
                try:
                    with asking(self._url):
                        self._schedule(scheduler, anew=now >= look_at)
                        if now >= look_at:
                            look_at = now + EVERY_SECONDS
                            self.look_over(client, queue, turns)
                        if self._resend and now >= resend_at:
                            resend_at = now + RESEND_SECONDS
                            self._resend_failed(client, self._resend)
                    self._complaint = ""
                except QueueDown as error:
                    self._complain(str(error))
                except Exception as error:  # noqa: BLE001 - the edge of this thread: without it nothing is brought back
                    self._complain(f"looking after the queue failed: {last_line(f'{type(error).__name__}: {error}')}")
                self._over.wait(1.0)
            # Where Redis is away, they lapse.
            with suppress(redis.RedisError):
                scheduler.release_locks()  # type: ignore[no-untyped-call] # RQ has types for most, not for this

    def look_over(self, client: redis.Redis, queue: JobQueue, turns: Turns) -> None:
        """Bring back what nobody works on: jobs of dead workers, jobs on no list, pull requests that are wanted.

        Raises:
            QueueDown: Redis does not answer.
        """
        with asking(self._url), self._alone(client, "maintaining", _LOCK_SECONDS) as alone:
            if alone:
                for lane in Lane:
                    lane_queue = Queue(queue_name(self._prefix, lane), connection=client, serializer="json")
                    lane_queue.started_job_registry.cleanup()
                    lane_queue.failed_job_registry.cleanup()
                    worker_registration.clean_worker_registry(lane_queue)
                self._suspects = bring_back(client, self._prefix, self._suspects, self._say)
                for repository, number in turns.orphans(overdue_seconds=OVERDUE_SECONDS):
                    self._bring_back_review(queue, turns, repository, number)
                # Once a day, whoever looks first.
                if self._prune and client.set(f"{self._prefix}:pruning", b"1", nx=True, ex=PRUNE_SECONDS):
                    queue.enqueue(self._prune, {}, lane=Lane.BACKGROUND)

    def _bring_back_review(self, queue: JobQueue, turns: Turns, repository: RepositoryId, number: int) -> None:
        state = turns.state(repository, number)
        name = f"{repository.full_name.lower()}#{number} {state.wanted} {state.fence}"
        queue.enqueue(
            self._review,
            {
                "installation": repository.installation,
                "owner": repository.owner,
                "repo": repository.repo,
                "number": number,
            },
            lane=Lane.BACKGROUND,
            # While such a job waits, looking again does not make a second one.
            job_id=f"recover-{hashlib.sha256(name.encode()).hexdigest()[:32]}",
            deadline_seconds=self._review_deadline_seconds,
        )

    def _resend_failed(self, client: redis.Redis, resend: Callable[[], int]) -> None:
        with self._alone(client, "resending", _RESEND_LOCK_SECONDS) as alone:
            if alone:
                try:
                    count = resend()
                except AppError as error:
                    self._say(f"failed deliveries could not be looked for: {error}")
                else:
                    if count:
                        self._say(f"GitHub was asked to send {count} failed deliver{'ies' if count > 1 else 'y'} again")

    def _scheduler(self, client: redis.Redis) -> RQScheduler:
        queues = [queue_name(self._prefix, lane) for lane in Lane]
        return RQScheduler(queues, connection=client, serializer="json", logging_level="WARNING")

    @staticmethod
    def _schedule(scheduler: RQScheduler, *, anew: bool) -> None:
        """What RQ's own process for this does each second, here without a process: it would outlive a killed worker."""
        if anew:
            scheduler.acquire_locks()  # type: ignore[no-untyped-call] # as above
        if scheduler.acquired_locks:
            scheduler.heartbeat()  # type: ignore[no-untyped-call] # as above
            scheduler.enqueue_scheduled_jobs()  # type: ignore[no-untyped-call] # as above

    def _complain(self, told: str) -> None:
        if told != self._complaint:
            self._say(told)
        self._complaint = told

    @contextmanager
    def _alone(self, client: redis.Redis, what: str, seconds: int) -> Iterator[bool]:
        """Whether no other machine does this now."""
        key, token = f"{self._prefix}:{what}", uuid.uuid4().hex.encode()
        mine = bool(client.set(key, token, nx=True, ex=seconds))
        try:
            yield mine
        finally:
            if mine and client.get(key) == token:
                client.delete(key)
