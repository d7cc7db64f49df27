"""Turns at one pull request, one after the other in this process, until nothing is due; the line that says why not."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.errors import AppError, GitHubFailed, GitHubRateLimited, GitHubUnreachable, StoreDown, TurnLost
from app.giving_up import give_up
from app.pull_review import Later, review_pull

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.services import Services
    from app.turn import Turn

_PASSING = (GitHubFailed, GitHubUnreachable, StoreDown)
"""Somebody else has broken down; it says nothing about the review."""

_PAUSES = (5.0, 20.0)
"""Seconds of rest before the second and the third attempt, while the job's minutes are paid for."""


class TurnTaking:
    """Takes what is due.

    Args:
        services: Everything that a job reaches.
        wait: Rests for some seconds at most; whether the step is to end now.
        until: Seconds since 1970 after which nothing new is begun.
    """

    def __init__(self, services: Services, *, wait: Callable[[float], bool], until: float) -> None:
        self._services, self._wait, self._until = services, wait, until
        self.failure: AppError | None = None

    def take_all(self, repository: RepositoryId, number: int) -> bool:
        """Do what is wanted of a pull request; False where the step is to end before it is done.

        What could not be done at all is in ``failure``, and said in the check.
        """
        services = self._services
        while (due := services.turns.state(repository, number).due) is not None:
            if max(due, services.now()) > self._until:
                self.failure = AppError("the time for this step was over before the review was done; run it again")
                return True
            if self._wait(max(0.0, due - services.now())):
                return False
            if (turn := services.turns.take(repository, number)) is None:
                # It is not quite time, by the clock of Redis.
                if self._wait(1.0):
                    return False
                continue
            try:
                with turn:
                    self._take(repository, number, turn)
            except TurnLost as error:
                if self._wait(0.0):
                    return False
                self.failure = error
                return True
        return not self._wait(0.0)

    def _take(self, repository: RepositoryId, number: int, turn: Turn) -> None:
        services = self._services
        try:
            ending = review_pull(services, repository, number, turn)
        except TurnLost:
            raise
        except GitHubRateLimited as error:
            self._later(repository, number, turn, error.wait, error)
        except _PASSING as error:
            if turn.attempt > len(_PAUSES):
                self._give_up(repository, number, turn, error)
            else:
                services.say(f"attempt {turn.attempt} failed: {error}")
                self._later(repository, number, turn, _PAUSES[turn.attempt - 1], error, tried=True)
        except AppError as error:
            self._give_up(repository, number, turn, error)
        except Exception as error:  # noqa: BLE001 - the last place that can say it in the check, which must not stay open
            if os.environ.get("QUARTET_DEBUG"):
                traceback.print_exc()
            reason = f"internal error: {type(error).__name__}; set QUARTET_DEBUG=1 to see where, and please report it"
            self._give_up(repository, number, turn, AppError(reason))
        else:
            if isinstance(ending, Later):
                turn.hand_back(not_before=services.now() + ending.seconds)
            else:
                turn.done()

    def _later(
        self, repository: RepositoryId, number: int, turn: Turn, seconds: float, error: AppError, *, tried: bool = False
    ) -> None:
        """Another attempt after a pause, if there is the time for it."""
        at = self._services.now() + seconds
        if at > self._until:
            self._give_up(repository, number, turn, error)
        else:
            turn.hand_back(not_before=at, tried=tried)

    def _give_up(self, repository: RepositoryId, number: int, turn: Turn, error: AppError) -> None:
        self.failure = error
        give_up(self._services, repository, number, turn, str(error))
        turn.done()
