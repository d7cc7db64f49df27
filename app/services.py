"""What a job of the App works with, opened together and closed together; a fork opens its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.github_access import GitHubAccess
from app.job_metrics import job_metrics
from app.queue import JobQueue, Lane
from app.recording import bookkeeping
from app.store.address import store_url
from app.store.store import Store, open_store
from app.turns import Turns
from app.worker import redis_url

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.settings import Settings
    from app.wishes import Wish
    from llm_runtime.analytics.records import Record
    from llm_runtime.events import Observer

REVIEW = "app.jobs.review"
"""The function that takes a turn at a pull request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a job reaches.

    Attributes:
        settings: The environment.
        queue: Where further jobs go.
        turns: What is wanted of which pull request, and who works on it.
        store: What was answered, found, decided and spent.
        github: GitHub, repository by repository.
        observers: Told of everything that happens to the calls of models.
        record: Keeps books of what became of reviews that have ended, in the database and in Langfuse.
        say: Takes one line for the log.
        now: Seconds since 1970.
    """

    settings: Settings
    queue: JobQueue
    turns: Turns
    store: Store
    github: GitHubAccess
    observers: tuple[Observer, ...]
    record: Callable[[Iterable[Record]], None]
    say: Callable[[str], None]
    now: Callable[[], float] = time.time

    def want(self, repository: RepositoryId, number: int, wish: Wish, *, after_seconds: float = 0.0) -> int:
        """Ask for a review, and queue the job that makes it; its number."""
        wanted = self.turns.want(repository, number, wish, not_before=self.now() + after_seconds)
        self.queue_review(repository, number, after_seconds=after_seconds)
        return wanted

    def queue_review(self, repository: RepositoryId, number: int, *, after_seconds: float = 0.0) -> None:
        """Queue the job that takes a turn at a pull request; where there is nothing to do by then, it does nothing."""
        self.queue.enqueue(
            REVIEW,
            {
                "installation": repository.installation,
                "owner": repository.owner,
                "repo": repository.repo,
                "number": number,
            },
            lane=Lane.BACKGROUND,
            after_seconds=after_seconds,
            deadline_seconds=self.settings.quartet_review_deadline_seconds,
        )


@contextmanager
def services(settings: Settings, *, say: Callable[[str], None]) -> Iterator[Services]:
    """All of them, for one job in one process.

    Raises:
        Misconfigured: The App is not set up.
        StoreDown: The database cannot be used.
        QueueDown: Redis does not answer.
    """
    with ExitStack() as stack:
        url = redis_url(settings)
        yield Services(
            settings=settings,
            queue=stack.enter_context(closing(JobQueue(url))),
            turns=stack.enter_context(closing(Turns(url))),
            store=stack.enter_context(open_store(store_url(settings))),
            github=stack.enter_context(GitHubAccess(settings, url, say=say)),
            observers=job_metrics(),
            record=stack.enter_context(bookkeeping(settings)),
            say=say,
        )
