"""What RQ calls: each job opens what it needs, does one thing, and lets every fault end in a line or another try."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from app.analytics import history, retention
from app.errors import (
    AppError,
    GitHubFailed,
    GitHubMisconfigured,
    GitHubRateLimited,
    GitHubUnreachable,
    Misconfigured,
    QueueDown,
    StoreDown,
    TurnLost,
)
from app.events import RepositoryId, from_data
from app.giving_up import give_up
from app.job_names import Lane
from app.pull_review import Later, review_pull
from app.queue import HANDLE, JobQueue
from app.responses import about, respond
from app.services import Services, services
from app.settings import read_settings
from app.store.address import store_url
from app.store.store import open_store
from app.turn import Turn
from app.warming import warm_up
from app.worker import redis_url

__all__ = ["act_on", "handle", "prune", "read_history", "review", "take_turn", "warm_up"]

_LOG = logging.getLogger("quartet.jobs")

MOST_ATTEMPTS = 5
"""Turns at one wish that may end in a fault; after that the check says so, and the next push tries again."""

MOST_PASSING_ATTEMPTS = 9
"""The same where the faults are somebody's who was away for a while; with ``_PAUSES`` that is four hours."""

_PAUSES = (10.0, 30.0, 90.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0)
"""Seconds of rest after the first, the second … attempt; without, a short breakdown would use them all up."""

_PASSING = (GitHubFailed, GitHubUnreachable, QueueDown, StoreDown)
"""Somebody else has broken down; it says nothing about the review."""

_HOPELESS = (GitHubMisconfigured, Misconfigured)
"""A person has to change something first; another try does not help."""


def handle(delivery: str, event: Mapping[str, Any]) -> None:
    """Do what a delivery asks for; it may be called again for the same one.

    Raises:
        AppError: It could not be done now; RQ tries again.
    """
    with services(read_settings(), say=_LOG.info) as held:
        act_on(held, delivery, event)


def act_on(held: Services, delivery: str, event: Mapping[str, Any]) -> None:
    """The same, with what a job reaches already open.

    Raises:
        AppError: It could not be done now; RQ tries again.
    """
    what, received_at = from_data(event), datetime.now(UTC)
    state, detail = "handled", ""
    try:
        detail = respond(held, what)
    except GitHubRateLimited as error:
        # The limit of an hour outlasts RQ's tries, so it is put off instead; commands find what was answered.
        held.queue.enqueue(
            HANDLE,
            {"delivery": delivery, "event": dict(event)},
            lane=Lane.INTERACTIVE,
            after_seconds=error.wait,
        )
        _LOG.info("delivery %s: goes on in %.0f s: %s", delivery, error.wait, error)
        return
    except _HOPELESS as error:
        state, detail = "failed", str(error)
    repository, number, installation = about(what)
    held.store.note_delivery(
        delivery,
        event=what.kind,
        action=str(event.get("action", "")),
        repository=repository,
        number=number,
        installation=installation,
        received_at=received_at,
        state="handled" if state == "handled" else "failed",
        detail=detail,
    )
    _LOG.info("delivery %s: %s: %s", delivery, state, detail)


def review(installation: int, owner: str, repo: str, number: int) -> None:
    """Take a turn at a pull request, if something is wanted and nobody else has it.

    Raises:
        AppError: Nobody can say now how it ended; RQ tries again, and what was answered is not asked again.
    """
    with services(read_settings(), say=_LOG.info) as held:
        take_turn(held, RepositoryId(installation=installation, owner=owner, repo=repo), number)


def read_history(installation: int, owner: str, repo: str) -> None:
    """Note how long the last pull requests before the installation took.

    Raises:
        AppError: It could not be done now; RQ tries again.
    """
    repository = RepositoryId(installation=installation, owner=owner, repo=repo)
    with services(read_settings(), say=_LOG.info) as held:
        try:
            history.read_history(held, repository)
        except GitHubRateLimited as error:
            # The limit of an hour outlasts RQ's tries.
            history.queue_history(held.queue, installation, repository.full_name, after_seconds=error.wait)


def prune() -> None:
    """Delete what has become old; and have the past of repositories read of which that was not done yet.

    Raises:
        AppError: It could not be done now; RQ tries again.
    """
    settings = read_settings()
    with open_store(store_url(settings)) as store:
        for pruned in retention.prune(
            store.database, retention.parse_retention(settings.quartet_retention), datetime.now(UTC)
        ):
            if pruned.rows:
                _LOG.info("%s: deleted %d older than %d days", pruned.rule, pruned.rows, pruned.days)
        waiting = store.without_history(history.MOST_REPOSITORIES)
    if waiting:
        with closing(JobQueue(redis_url(settings))) as queue:
            for place, (name, installation) in enumerate(waiting):
                history.queue_history(queue, installation, name, after_seconds=place * history.APART_SECONDS)


def take_turn(held: Services, repository: RepositoryId, number: int) -> None:
    """The same, with what a job reaches already open.

    Raises:
        AppError: Nobody can say now how it ended; whoever looks after the queue finds it.
    """
    turn = held.turns.take(repository, number)
    if turn is None:
        return
    try:
        with turn:
            more, seconds = _take(held, repository, number, turn)
    except TurnLost as error:
        _LOG.warning("%s", error)
        return
    if more:
        held.queue_review(repository, number, after_seconds=seconds)


def _take(held: Services, repository: RepositoryId, number: int, turn: Turn) -> tuple[bool, float]:
    """Whether another job is needed, and after how many seconds."""
    if turn.attempt > MOST_PASSING_ATTEMPTS:
        # Nothing was said about the attempts before: the workers that made them were killed.
        return _given_up(held, repository, number, turn, "it was begun many times, and its workers ended each time")
    try:
        ending = review_pull(held, repository, number, turn)
    except TurnLost:
        raise
    except GitHubRateLimited as error:
        # Parked until GitHub takes requests again; a worker that sleeps is nobody's.
        return turn.hand_back(not_before=held.now() + error.wait), error.wait
    except Exception as error:  # noqa: BLE001 - the last place that can say it in the check, which must not stay open
        return _failed(held, repository, number, turn, error)
    if isinstance(ending, Later):
        return turn.hand_back(not_before=held.now() + ending.seconds), ending.seconds
    more = turn.done()
    due = held.turns.state(repository, number).due if more else None
    return more, max(0.0, (due or 0.0) - held.now())


def _failed(held: Services, repository: RepositoryId, number: int, turn: Turn, error: Exception) -> tuple[bool, float]:
    """Another attempt after a pause, or the end."""
    reason = str(error) if isinstance(error, AppError) else f"internal error: {type(error).__name__}"
    most = MOST_PASSING_ATTEMPTS if isinstance(error, _PASSING) else MOST_ATTEMPTS
    if turn.attempt >= most or isinstance(error, _HOPELESS):
        return _given_up(held, repository, number, turn, reason)
    pause = _PAUSES[turn.attempt - 1]
    _LOG.warning(
        "%s#%d: attempt %d failed: %s; the next one is in %.0f s",
        repository.full_name,
        number,
        turn.attempt,
        reason,
        pause,
        exc_info=bool(os.environ.get("QUARTET_DEBUG")),
    )
    return turn.hand_back(not_before=held.now() + pause, tried=True), pause


def _given_up(held: Services, repository: RepositoryId, number: int, turn: Turn, reason: str) -> tuple[bool, float]:
    _LOG.error("%s#%d: given up: %s", repository.full_name, number, reason)
    give_up(held, repository, number, turn, reason)
    return turn.done(), 0.0
