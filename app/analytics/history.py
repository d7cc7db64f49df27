"""When pull requests were opened, reviewed and merged: as deliveries tell it, and once from GitHub for those before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from app.errors import GraphQLRefused, InstallationGone, InstallationSuspended, NotPermitted, NotVisible
from app.github.pull_times import fetch_pull_times
from app.job_names import Lane
from app.store.values import PullTimes

if TYPE_CHECKING:
    from app.events import PullRequestChanged, RepositoryId
    from app.queue import JobQueue
    from app.services import Services
    from app.store.store import Store

JOB = "app.jobs.read_history"
"""The function that reads a repository's past."""

MOST_REPOSITORIES = 100
"""Of one installation, or in one day, whose past is read."""

APART_SECONDS = 5.0


def note_times(store: Store, event: PullRequestChanged) -> None:
    """Note what a delivery tells of when its pull request was opened, merged and closed."""
    name = event.repository.full_name
    told = PullTimes(
        number=event.number, opened_at=event.opened_at, merged_at=event.merged_at, closed_at=event.closed_at
    )
    store.note_pull_times(name, [told])
    if event.action == "reopened":
        store.pull_reopened(name, event.number)


def queue_histories(queue: JobQueue, installation: int, repositories: Iterable[str]) -> None:
    """Have the past of repositories read, one after the other, so that nobody waits for it.

    Args:
        queue: Where the jobs go.
        installation: GitHub's number of the installation.
        repositories: Full names; of more than a hundred the first.

    Raises:
        QueueDown: Redis does not take it.
    """
    for place, name in enumerate(list(repositories)[:MOST_REPOSITORIES]):
        queue_history(queue, installation, name, after_seconds=place * APART_SECONDS)


def queue_history(queue: JobQueue, installation: int, name: str, *, after_seconds: float = 0.0) -> None:
    """Have the past of one repository read.

    Raises:
        QueueDown: Redis does not take it.
    """
    owner, _, repo = name.partition("/")
    digest = hashlib.sha256(f"{installation} {name.lower()}".encode()).hexdigest()[:32]
    queue.enqueue(
        JOB,
        {"installation": installation, "owner": owner, "repo": repo},
        lane=Lane.BACKGROUND,
        after_seconds=after_seconds,
        job_id=f"history-{digest}",
    )


def read_history(services: Services, repository: RepositoryId) -> None:
    """Note when the last pull requests before the installation were opened, reviewed and merged.

    What GitHub does not tell is said, and not asked again: nothing depends on it but a comparison. Nothing of an
    installation that is gone.

    Raises:
        GitHubRateLimited: GitHub asks to wait.
        GitHubError: GitHub does not answer now.
        StoreDown: The database does not.
    """
    name = repository.full_name
    if not services.store.belongs(name, repository.installation):
        return
    try:
        with closing(services.github.client(repository)) as client:
            told = fetch_pull_times(client, repository)
    except (GraphQLRefused, NotPermitted, NotVisible, InstallationGone, InstallationSuspended) as error:
        services.say(f"{name}: nothing is known of its pull requests before the installation: {error}")
        told = ()
    services.store.note_pull_times(name, told)
    services.store.history_read(name)
