"""The port of the shared account of requests and tokens: reserve, then settle, release or reject."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits


class Priority(IntEnum):
    """Who goes first; within a priority, who came first."""

    INTERACTIVE = 0
    BACKGROUND = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call that wants to be sent.

    Attributes:
        key: Whose limits it counts against.
        limits: What these are believed to be.
        demand: What it is estimated to take.
        ticket: A name of its own, unique among all processes; the same when it asks again after a wait.
        priority: Who goes first.
        place: Its place in the order of arrival, as an earlier answer gave it; None when it is new. A retry keeps
            the place of the call that it repeats.
        patience: Seconds that it is ready to wait; if it would have to wait longer, it is not put into the queue.
    """

    key: LimitKey
    limits: RateLimits
    demand: Demand
    ticket: str
    priority: Priority = Priority.BACKGROUND
    place: int | None = None
    patience: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The call may be sent now; it counts from now.

    Attributes:
        place: Its place in the order of arrival.
    """

    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The call may not be sent yet.

    Attributes:
        seconds: When to ask again: exactly when there will be room, if nothing else changes.
        place: Its place in the order of arrival; None if it was not put into the queue because it would wait too long.
    """

    seconds: float
    place: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The circuit breaker of this key is open.

    Attributes:
        error: Name of the error's class that opened it.
        seconds: Until it closes.
    """

    error: str
    seconds: float


Answer = Granted | Wait | Broken


class RateLedger(Protocol):
    """One account for each key, shared by everybody who uses the same ledger; every operation is atomic.

    A granted call counts in full until the vendor's window has forgotten it, whatever becomes of the process that holds
    it. A waiting call that does not ask again in time loses its place, so nobody waits for the dead.

    Every method raises ``LedgerUnavailable`` when the ledger cannot be reached, and ``reserve`` raises
    ``RequestTooLarge`` for a demand that its limits can never admit.
    """

    def reserve(self, ask: Ask) -> Answer:
        """Grant the call, or say when to ask again."""
        ...

    def settle(self, ask: Ask, used: Demand) -> None:
        """A granted call was answered: count what it took. Its output counts from now, not from when it began."""
        ...

    def release(self, ask: Ask) -> None:
        """The call will not be sent (any more): give back its place in the queue, or all that it was granted."""
        ...

    def reject(self, ask: Ask, retry_after: float | None) -> None:
        """The vendor answered 429: the call keeps its place among the requests, gives back its tokens, and we learn.

        Args:
            ask: The rejected call.
            retry_after: Seconds in which the vendor wants to see nothing of this key; None if it did not say.
        """
        ...

    def observe(self, key: LimitKey, limits: RateLimits, feedback: RateLimitFeedback) -> None:
        """Correct the account by what the vendor says of it."""
        ...

    def trip(self, key: LimitKey, error: str, seconds: float) -> None:
        """Open the circuit breaker of a key for everybody, for that long."""
        ...

    def close(self) -> None:
        """Close connections; what waits elsewhere is not touched."""
        ...
