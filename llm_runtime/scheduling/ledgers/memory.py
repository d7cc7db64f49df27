"""The account of one process, shared by its threads."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict, defaultdict
from collections.abc import Iterator

from llm_runtime import forks
from llm_runtime.clock import Clock, SystemClock
from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.scheduling import admission, corrections
from llm_runtime.scheduling.account import Account, Amounts, Entry, Waiting
from llm_runtime.scheduling.ledger import Answer, Ask, Priority
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits


class MemoryLedger:
    """A rate ledger for the threads of one process.

    A forked child goes on with a copy of its own; what it sends is not seen by its parent, nor the other way round.

    Example:
        >>> ledger = MemoryLedger()
        >>> key = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
        >>> ask = Ask(key=key, limits=RateLimits(requests_per_minute=60), demand=Demand(), ticket="one")
        >>> ledger.reserve(ask)
        Granted(place=0)
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._books: defaultdict[LimitKey, MemoryBook] = defaultdict(MemoryBook)
        self._one_at_a_time = forks.Lock(self._begin_anew_if)

    def reserve(self, ask: Ask) -> Answer:
        """Grant the call, or say when to ask again.

        Raises:
            RequestTooLarge: Its limits can never admit a call of that size.
        """
        with self._one_at_a_time:
            unix = self._clock.now().timestamp()
            return admission.reserve(self._books[ask.key], ask, self._clock.monotonic(), unix)

    def settle(self, ask: Ask, used: Demand) -> None:
        """Count what a granted call really took."""
        with self._one_at_a_time:
            admission.settle(self._books[ask.key], ask, used, self._clock.monotonic())

    def release(self, ask: Ask) -> None:
        """Give back what a call that will not be sent was granted, or its place in the queue."""
        with self._one_at_a_time:
            admission.release(self._books[ask.key], ask)

    def reject(self, ask: Ask, retry_after: float | None) -> None:
        """Note that the vendor answered 429."""
        with self._one_at_a_time:
            corrections.reject(self._books[ask.key], ask, retry_after, self._clock.monotonic())

    def observe(self, key: LimitKey, limits: RateLimits, feedback: RateLimitFeedback) -> None:
        """Correct the account by what the vendor says of it."""
        with self._one_at_a_time:
            corrections.observe(self._books[key], limits, feedback, self._clock.monotonic())

    def trip(self, key: LimitKey, error: str, seconds: float) -> None:
        """Open the circuit breaker of a key for that long."""
        with self._one_at_a_time:
            corrections.trip(self._books[key], error, seconds, self._clock.monotonic())

    def close(self) -> None:
        """There is nothing to close."""

    def _begin_anew_if(self, half_changed: bool) -> None:
        if half_changed:
            self._books = defaultdict(MemoryBook)


class MemoryBook:
    """One key's account in memory; entries are kept in the order of their time."""

    def __init__(self) -> None:
        self.account = Account()
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._sum = [0.0, 0.0, 0.0]
        self._queue: list[tuple[Priority, int, str]] = []
        self._waiting: dict[str, Waiting] = {}

    def used(self, since: float) -> Amounts:
        """Sum of all entries later than ``since``; older ones are forgotten."""
        while self._entries:
            ticket, entry = next(iter(self._entries.items()))
            if entry.at > since:
                break
            self.drop(ticket)
        return Amounts(*self._sum)

    def oldest(self, since: float) -> Iterator[Entry]:
        """Entries later than ``since``, the oldest first."""
        return (entry for entry in self._entries.values() if entry.at > since)

    def accepted(self, since: float) -> int:
        """Requests later than ``since`` that were not rejected."""
        count = 0
        for entry in reversed(self._entries.values()):
            if entry.at <= since:
                break
            count += int(entry.amounts.requests) if not entry.rejected else 0
        return count

    def entry(self, ticket: str) -> Entry | None:
        """What a call counts as."""
        return self._entries.get(ticket)

    def put(self, entry: Entry) -> None:
        """Write an entry; one with the same ticket is replaced where it stands if its time is the same."""
        before = self._entries.get(entry.ticket)
        self._add(entry.amounts, 1)
        if before is not None:
            self._add(before.amounts, -1)
        self._entries[entry.ticket] = entry
        if before is None or before.at != entry.at:
            self._sort_in(entry)

    def drop(self, ticket: str) -> None:
        """Remove an entry, if it is there."""
        entry = self._entries.pop(ticket, None)
        if entry is not None:
            self._add(entry.amounts, -1)

    def ahead(self, priority: Priority, place: int, alive: float) -> list[Waiting]:
        """Calls that go before this one, in their order; the dead are taken out of the queue."""
        before = self._queue[: bisect_left(self._queue, (priority, place, ""))]
        for _, _, ticket in before:
            if self._waiting[ticket].due < alive:
                self.dequeue(ticket)
        return [self._waiting[ticket] for _, _, ticket in before if ticket in self._waiting]

    def enqueue(self, waiting: Waiting) -> None:
        """Put a call into the queue, or give it another time."""
        before = self._waiting.get(waiting.ticket)
        if before is None or before.place != waiting.place:
            self.dequeue(waiting.ticket)
            insort(self._queue, (waiting.priority, waiting.place, waiting.ticket))
        self._waiting[waiting.ticket] = waiting

    def dequeue(self, ticket: str) -> None:
        """Take a call out of the queue, if it is there."""
        waiting = self._waiting.pop(ticket, None)
        if waiting is not None:
            self._queue.remove((waiting.priority, waiting.place, ticket))

    def _add(self, amounts: Amounts, sign: int) -> None:
        for index, amount in enumerate(amounts):
            self._sum[index] += sign * amount

    def _sort_in(self, entry: Entry) -> None:
        """New entries are the latest, but for what others used: its time is when it will be gone."""
        self._entries.move_to_end(entry.ticket)
        later: list[str] = []
        for other in reversed(self._entries.values()):
            if other.at <= entry.at and other is not entry:
                break
            if other is not entry:
                later.append(other.ticket)
        for ticket in reversed(later):
            self._entries.move_to_end(ticket)
