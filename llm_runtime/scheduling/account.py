"""What a ledger keeps of one key, as values, and the port through which the rules of admission read and write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from llm_runtime.scheduling.ledger import Priority


class Amounts(NamedTuple):
    """Requests, input tokens and output tokens, in this order."""

    requests: float = 0
    input_tokens: float = 0
    output_tokens: float = 0


class Entry(NamedTuple):
    """What counts in the window from ``at`` on.

    Attributes:
        ticket: The call it belongs to; what a call's answer adds, and what others used, have names of their own.
        at: Seconds on the ledger's clock.
        amounts: What counts.
        rejected: Whether the vendor refused it.
        moved: Seconds by which it has moved the slot of each meter, so that they can be given back. ``Book.entry``
            tells them, ``Book.oldest`` need not.
    """

    ticket: str
    at: float
    amounts: Amounts
    rejected: bool = False
    moved: Amounts = Amounts()


class Waiting(NamedTuple):
    """A call in the queue.

    Attributes:
        ticket: The call.
        priority: Who goes first.
        place: Within a priority, who came first.
        amounts: What it wants.
        due: When it will ask again, in seconds on the ledger's clock.
    """

    ticket: str
    priority: Priority
    place: int
    amounts: Amounts
    due: float


NEVER = -1e12
"""A time before all others that every store can hold."""


@dataclass(slots=True)
class Account:
    """The counters of one key; times are seconds on the ledger's clock.

    Attributes:
        slots: For each meter, when the next call is due if calls are spaced evenly; earlier than now while a burst is
            left.
        burst_scale: Share of the burst that was trusted after the last rejection: 1, then halves, then 0 for strict
            spacing.
        halved_at: When that rejection was; the share is earned back from then on.
        learned_requests: Requests in a window as a rejection showed them, or None.
        learned_until: How long that is believed.
        told: For each meter what the vendor's headers said that is admitted, already less the margins, or None.
        blocked_until: Nothing is sent before.
        day: Number of the day that ``day_count`` is for.
        day_count: Requests of that day.
        broken_until: The circuit breaker is open so long.
        broken_by: Name of the error's class that opened it.
        next_place: Place of the next call that arrives.
        seen: Latest time that the ledger's clock showed.
    """

    slots: list[float] = field(default_factory=lambda: [NEVER, NEVER, NEVER])
    burst_scale: float = 1.0
    halved_at: float = NEVER
    learned_requests: int | None = None
    learned_until: float = NEVER
    told: list[int | None] = field(default_factory=lambda: [None, None, None])
    blocked_until: float = NEVER
    day: int = 0
    day_count: int = 0
    broken_until: float = NEVER
    broken_by: str = ""
    next_place: int = 0
    seen: float = NEVER


class Book(Protocol):
    """One key's account, opened by a ledger for one atomic operation."""

    account: Account

    def used(self, since: float) -> Amounts:
        """Sum of all entries later than ``since``; older ones may be forgotten."""
        ...

    def oldest(self, since: float) -> Iterator[Entry]:
        """Entries later than ``since``, the oldest first, read as far as they are needed."""
        ...

    def accepted(self, since: float) -> int:
        """Requests later than ``since`` that the vendor did not reject."""
        ...

    def entry(self, ticket: str) -> Entry | None:
        """What a call counts as."""
        ...

    def put(self, entry: Entry) -> None:
        """Write an entry; one with the same ticket is replaced."""
        ...

    def drop(self, ticket: str) -> None:
        """Remove a call's entry, if it is there."""
        ...

    def ahead(self, priority: Priority, place: int, alive: float) -> Iterable[Waiting]:
        """Calls that go before this one, in their order; none whose ``due`` is earlier than ``alive``."""
        ...

    def enqueue(self, waiting: Waiting) -> None:
        """Put a call into the queue, or give it another ``due``."""
        ...

    def dequeue(self, ticket: str) -> None:
        """Take a call out of the queue, if it is there."""
        ...
