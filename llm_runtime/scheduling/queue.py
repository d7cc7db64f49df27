"""The callers of this process that wait for room of one key: the first of them is woken when there is room early."""

from __future__ import annotations

import threading
from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from llm_runtime import forks
from llm_runtime.scheduling.ledger import Priority
from llm_runtime.scheduling.limits import LimitKey


@dataclass(order=True, slots=True)
class _Sleeper:
    priority: Priority
    place: int
    news: int = field(compare=False)
    event: threading.Event = field(compare=False)


class LocalQueue:
    """Wakes one caller at a time, in the order of the ledger's queue.

    The wait that a ledger answers is exact as long as nothing changes. When an answer gives tokens back, the first in
    line may go earlier: it alone is woken, asks again, and if it was granted wakes the next one who does not know the
    news yet.
    """

    def __init__(self) -> None:
        self._changing = forks.Lock(self._forget_sleepers)
        self._sleepers: list[_Sleeper] = []
        self._news = 0

    def news(self) -> int:
        """How much there was to tell so far; whoever will ask the ledger, and may have to sleep, asks this before."""
        with self._changing:
            return self._news

    @contextmanager
    def sleeping(self, priority: Priority, place: int, news: int) -> Iterator[threading.Event]:
        """Within the block the caller may wait for the event, which is set when it is worth asking again.

        Args:
            priority: The caller's.
            place: The caller's, as the ledger gave it.
            news: What ``news`` said before the ledger was asked: what was told since then, its answer may not know.
        """
        with self._changing:
            sleeper = _Sleeper(priority, place, news, threading.Event())
            insort(self._sleepers, sleeper)
            self._wake_first()
        try:
            yield sleeper.event
        finally:
            with self._changing:
                self._sleepers = [other for other in self._sleepers if other is not sleeper]

    def tell(self) -> None:
        """There may be room earlier than the sleepers were told: wake the first."""
        with self._changing:
            self._news += 1
            self._wake_first()

    def pass_on(self) -> None:
        """Somebody was granted: wake the next one, if it was told of its wait before the last news."""
        with self._changing:
            self._wake_first()

    def _wake_first(self) -> None:
        if self._sleepers and self._sleepers[0].news < self._news:
            self._sleepers[0].event.set()

    def _forget_sleepers(self, _: bool) -> None:
        """They sleep in the parent; here nobody would wake, and none behind them would be woken."""
        self._sleepers = []


class LocalQueues:
    """One queue for each key; common to all schedulers of a process."""

    def __init__(self) -> None:
        self._changing = forks.Lock()
        self._queues: defaultdict[LimitKey, LocalQueue] = defaultdict(LocalQueue)

    def of(self, key: LimitKey) -> LocalQueue:
        """The queue of a key."""
        with self._changing:
            return self._queues[key]
