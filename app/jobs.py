"""What RQ calls: each job opens what it needs, does one thing, and lets every fault end in a line or another try."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.errors import AppError, GitHubMisconfigured, GitHubRateLimited, Misconfigured, TurnLost
from app.events import RepositoryId, from_data
from app.pull_review import Later, give_up, review_pull
from app.responses import about, respond
from app.services import Services, services
from app.settings import read_settings
from app.turn import Turn
from app.warming import warm_up

__all__ = ["handle", "review", "warm_up"]

_LOG = logging.getLogger("quartet.jobs")

MOST_ATTEMPTS = 5
"""Turns at one wish that may end in a fault; after that the check says so, and the next push tries again."""

_HOPELESS = (GitHubMisconfigured, Misconfigured)
"""A person has to change something first; another try does not help."""


def handle(delivery: str, event: Mapping[str, Any]) -> None:
    """Do what a delivery asks for; it may be called again for the same one.

    Raises:
        AppError: It could not be done now; RQ tries again.
    """
    what, received_at = from_data(event), datetime.now(UTC)
    with services(read_settings(), say=_LOG.info) as held:
        state, detail = "handled", ""
        try:
            detail = respond(held, what)
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
        AppError: It could not be done now; RQ tries again, and what was answered is not asked again.
    """
    repository = RepositoryId(installation=installation, owner=owner, repo=repo)
    with services(read_settings(), say=_LOG.info) as held:
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
    try:
        ending = review_pull(held, repository, number, turn)
    except TurnLost:
        raise
    except GitHubRateLimited as error:
        # Parked until GitHub takes requests again; a worker that sleeps is nobody's.
        return turn.hand_back(not_before=held.now() + error.wait), error.wait
    except Exception as error:
        # Whatever it is, a check must not stay in progress for ever; this is the last place that can say so.
        if turn.attempt < MOST_ATTEMPTS and not isinstance(error, _HOPELESS):
            raise
        reason = str(error) if isinstance(error, AppError) else f"internal error: {type(error).__name__}"
        _LOG.error("%s#%d: given up: %s", repository.full_name, number, reason)
        give_up(held, repository, number, turn, reason)
        return turn.done(), 0.0
    if isinstance(ending, Later):
        return turn.hand_back(not_before=held.now() + ending.seconds), ending.seconds
    more = turn.done()
    due = held.turns.state(repository, number).due if more else None
    return more, max(0.0, (due or 0.0) - held.now())
