"""What a job of the App works with, opened together and closed together; a fork opens its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.github_access import GitHubAccess
from app.job_metrics import job_metrics
from app.queue import JobQueue, Lane
from app.recording import bookkeeping
from app.repo_config import CONFIG_PATH, Effective
from app.store.address import store_url
from app.store.store import Store, open_store
from app.turns import Turns
from app.worker import redis_url
from llm_runtime.analytics.records import Source

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient
    from app.settings import Settings
    from app.verdicts import Verdict
    from app.wishes import Wish
    from llm_runtime.analytics.records import Record
    from llm_runtime.events import Observer
    from reviewers.diff import Diff
    from reviewers.review import Review

REVIEW = "app.jobs.review"
"""The function that takes a turn at a pull request."""


class Access(Protocol):
    """GitHub, repository by repository: under an installation's token, or under the one of a workflow."""

    def client(self, repository: RepositoryId, *, guard: Callable[[], None] = ...) -> GitHubClient:
        """A connection for one thread, to be closed; ``guard`` is called before every write, and may refuse it."""
        ...

    def login(self) -> str:
        """The account that is written under; whatever another one wrote is not ours.

        Raises:
            GitHubError: GitHub does not say.
        """
        ...

    def for_a_while(self, name: str, fetch: Callable[[], str | None], *, seconds: float = ...) -> str | None:
        """What ``fetch`` gives, asked once in so many seconds."""
        ...


class Witness(Protocol):
    """Is told how a pull request's turn goes, by whoever has no other place to look it up."""

    def made(self, review: Review, diff: Diff) -> None:
        """A review is made, and nothing of it is posted yet."""
        ...

    def ended(self, verdict: Verdict) -> None:
        """It has ended so, as its check says."""
        ...


class _Nobody:
    """The App's own: its store and its checks tell everything."""

    def made(self, review: Review, diff: Diff) -> None: ...

    def ended(self, verdict: Verdict) -> None: ...


NOBODY: Witness = _Nobody()


def _unchanged(found: Effective) -> Effective:
    return found


def _always(_: float) -> bool:
    return True


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
        source: Where the work is done, for those who keep books.
        config_path: Where a repository's configuration lies.
        adjust: Lays something over the configuration that is in force; it may raise ``ConfigRejected``.
        no_llm: Whether no model is to be asked.
        may_park: Whether a review is left for later whose models have no room for so many seconds; else it is published
            with what is there.
        witness: Is told how reviews go.
    """

    settings: Settings
    queue: JobQueue
    turns: Turns
    store: Store
    github: Access
    observers: tuple[Observer, ...]
    record: Callable[[Iterable[Record]], None]
    say: Callable[[str], None]
    now: Callable[[], float] = time.time
    source: Source = Source.APP
    config_path: str = CONFIG_PATH
    adjust: Callable[[Effective], Effective] = _unchanged
    no_llm: bool = False
    may_park: Callable[[float], bool] = _always
    witness: Witness = NOBODY

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
