"""What is wanted of each pull request and who works on it, in Redis: one worker at a time, and no wish is forgotten.

A wish raises the pull request's number. A worker takes the turn, which answers all wishes up to that moment, and holds
it by a lease; each take has a higher fence than the one before. A worker that was paused until its lease was over finds
that the fence is not its own any more, and posts nothing.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from app.events import RepositoryId
from app.redis_client import asking, connect
from app.stopping import stopping
from app.turn import Turn
from app.wishes import Wish, from_fields, to_fields

LEASE_SECONDS = 30.0
"""How long a worker that died keeps others away."""

MAX_TRIES = 12
"""A review that was begun so often and neither ended nor handed back is not begun again by itself."""

_EARLY_SECONDS = 2.0
"""RQ schedules by whole seconds, so that a job may come a little before its moment."""

_FIELDS = tuple(to_fields(Wish(reason="push")))


@dataclass(frozen=True, slots=True, kw_only=True)
class PullState:
    """What is known of a pull request; moments are seconds since 1970 by the clock of Redis.

    Attributes:
        wanted: Number of the newest wish.
        done: Number of the newest wish that was fulfilled or cancelled.
        fence: How often a turn was taken.
        held_until: When the lease of the one who works on it ends; None where nobody does.
        due: From when on somebody may begin; None where nothing waits to be begun.
        tries: How often it was begun since something was wanted, fulfilled or handed back.
        cancelled: Whether the one who works on it is to stop.
        wish: What is to be done, with what is being done; None where nothing is.
    """

    wanted: int
    done: int
    fence: int
    held_until: float | None
    due: float | None
    tries: int
    cancelled: bool
    wish: Wish | None


class Turns:
    """The turns of all pull requests.

    Args:
        redis_url: The server; it must be Redis 6.2 or later and persist what it is told.
        prefix: Beginning of all names of keys.
        lease_seconds: How long a turn is held without a sign of life.
        look_seconds: How often the holder of a turn looks whether it is to stop.
        clock: Seconds that only grow, for how long Redis has been away.
        stop: Whether this process is to come to an end.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        prefix: str = "quartet",
        lease_seconds: float = LEASE_SECONDS,
        look_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        stop: Callable[[], bool] = stopping,
    ) -> None:
        self._url = redis_url
        self._prefix = prefix
        self._lease_seconds = lease_seconds
        self._look_seconds = min(look_seconds, lease_seconds / 3)
        self._clock = clock
        self._stop = stop
        self._client = connect(redis_url, text=True)
        self._script = self._client.register_script(files("app").joinpath("turns.lua").read_text(encoding="utf-8"))

    def want(self, repository: RepositoryId, number: int, wish: Wish, *, not_before: float) -> int:
        """Ask for a review; it is merged with what is wanted and not begun yet.

        Args:
            repository: Where.
            number: Which pull request.
            wish: What is wanted.
            not_before: Seconds since 1970. Where something waits already, the earlier moment counts: pushes that come
                one after the other do not put the review off for ever.

        Returns:
            The number of this wish, greater than all before.

        Raises:
            QueueDown: Redis does not take it.
        """
        where = (repository.installation, repository.owner, repository.repo, number)
        return int(self._act("want", repository, number, not_before, *where, *to_fields(wish).values()))

    def take(self, repository: RepositoryId, number: int) -> Turn | None:
        """The turn, or None: nothing is wanted, or not yet, or another worker has it.

        Raises:
            QueueDown: Redis does not answer.
        """
        token = uuid.uuid4().hex
        asked_at = self._clock()
        answer = self._act("take", repository, number, token, self._lease_seconds, _EARLY_SECONDS)
        if not answer:
            return None
        fence, wanted, tries, *wish = answer

        def act(name: str, *arguments: str | float) -> str:
            return str(self._act(name, repository, number, token, fence, *arguments))

        return Turn(
            act,
            name=f"{repository.full_name}#{number}",
            wish=_wish(wish),
            number_wanted=int(wanted),
            fence=int(fence),
            attempt=int(tries),
            taken_at=asked_at,
            lease_seconds=self._lease_seconds,
            look_seconds=self._look_seconds,
            clock=self._clock,
            stop=self._stop,
        )

    def cancel(self, repository: RepositoryId, number: int) -> bool:
        """Forget what is wanted, and tell the worker to stop; whether there was anything to forget or stop.

        Raises:
            QueueDown: Redis does not take it.
        """
        return bool(self._act("cancel", repository, number))

    def state(self, repository: RepositoryId, number: int) -> PullState:
        """What is known of a pull request.

        Raises:
            QueueDown: Redis does not answer.
        """
        wanted, done, fence, until, due, tries, cancelled, some, *wish = self._act("state", repository, number)
        return PullState(
            wanted=int(wanted),
            done=int(done),
            fence=int(fence),
            held_until=float(until) if until else None,
            due=float(due) if due else None,
            tries=int(tries),
            cancelled=bool(cancelled),
            wish=_wish(wish) if some else None,
        )

    def orphans(self, *, overdue_seconds: float = 0.0) -> tuple[tuple[RepositoryId, int], ...]:
        """Pull requests that are wanted and due, but that nobody works on.

        Args:
            overdue_seconds: How long they have been due at least.

        Raises:
            QueueDown: Redis does not answer.
        """
        with asking(self._url):
            seconds, micros = self._client.time()
            latest = seconds + micros / 1e6 - overdue_seconds
            names: list[str] = self._client.zrangebyscore(self._index, "-inf", latest)  # type: ignore[assignment]
            with self._client.pipeline(transaction=False) as pipeline:
                for name in names:
                    pipeline.hmget(self._key(name), "installation", "owner", "repo", "number", "tries")
                rows = pipeline.execute()
        return tuple(
            (RepositoryId(installation=int(installation), owner=owner, repo=repo), int(number))
            for installation, owner, repo, number, tries in rows
            if installation is not None and int(tries or 0) < MAX_TRIES
        )

    def close(self) -> None:
        """Close the connections. Turns that are held are not given up."""
        self._client.close()

    @property
    def _index(self) -> str:
        return f"{self._prefix}:turns"

    def _key(self, name: str) -> str:
        return f"{self._prefix}:turn:{name}"

    def _act(self, act: str, repository: RepositoryId, number: int, *arguments: str | float) -> Any:
        # GitHub's names of owners and repositories are the same in any case.
        name = f"{repository.full_name.lower()}#{number}"
        with asking(self._url):
            return self._script(keys=[self._key(name), self._index], args=[act, name, *arguments])


def _wish(values: Sequence[str]) -> Wish:
    return from_fields(dict(zip(_FIELDS, values, strict=True)))
