"""Records go in at once, and out when there is time: nobody waits for a database or a server that is slow or away."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence

from llm_runtime.analytics.records import Record
from llm_runtime.clock import Clock, SystemClock
from llm_runtime.forks import Lock

_LOG = logging.getLogger(__name__)
_AT_ONCE = 200
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0


class NotDelivered(Exception):
    """Whoever is to take records does not, for now; they may be given again."""


class NotTaken(Exception):
    """Some records of a batch will never be taken; the others are delivered.

    Attributes:
        count: How many.
    """

    def __init__(self, message: str, *, count: int) -> None:
        super().__init__(message)
        self.count = count


class Outbox:
    """A queue with an end, and a thread that empties it; safe to share between threads.

    What cannot be delivered is kept and tried again after a pause that grows. When the queue is full, new records are
    dropped and counted. A forked child begins with an empty one: what its parent has not delivered is the parent's.

    Example:
        >>> from datetime import UTC, datetime
        >>> from llm_runtime.analytics.records import TraceEnded
        >>> taken = []
        >>> outbox = Outbox(taken.extend, name="example")
        >>> outbox.put(TraceEnded(trace="0af7", status="done", ended_at=datetime.now(UTC)))
        >>> outbox.close(timeout_seconds=5.0)
        True
        >>> len(taken)
        1
    """

    def __init__(
        self, deliver: Callable[[Sequence[Record]], None], *, room: int = 10_000, name: str, clock: Clock | None = None
    ) -> None:
        """Begin with nothing; the thread starts with the first record.

        Args:
            deliver: Takes records in their order, from one thread at a time. ``NotDelivered`` means that it wants all
                of them again, ``NotTaken`` that some of them are lost; after any other error all of them are.
            room: How many records may wait.
            name: Of the thread, and in the log.
            clock: Measures pauses.
        """
        self._deliver = deliver
        self._room = room
        self._name = name
        self._clock = clock or SystemClock()
        self._lock = Lock(lambda _held: self._begin_anew())
        self._waiting: deque[Record] = deque()
        self._under_way = 0
        self._dropped = 0
        self._closed = self._given_up = False
        self._news, self._hurry, self._idle = threading.Event(), threading.Event(), threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None

    @property
    def dropped(self) -> int:
        """How many records were lost, because there was no room or nobody took them until the end."""
        with self._lock:
            return self._dropped

    def put(self, record: Record) -> None:
        """Take a record; it never waits and never fails."""
        with self._lock:
            if self._closed or len(self._waiting) + self._under_way >= self._room:
                self._dropped += 1
                return
            self._waiting.append(record)
            self._idle.clear()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
        self._news.set()

    def flush(self, timeout_seconds: float) -> bool:
        """Wait until everything so far is delivered, or given up; whether it was in time."""
        # Whoever waits has no patience for a pause.
        self._hurry.set()
        self._news.set()
        return self._idle.wait(timeout_seconds)

    def close(self, timeout_seconds: float) -> bool:
        """Deliver what waits, try what failed once more, and take no more; whether all was delivered in time.

        What was not is dropped and counted.
        """
        with self._lock:
            self._closed = True
        in_time = self.flush(timeout_seconds)
        with self._lock:
            self._dropped += len(self._waiting) + self._under_way
            self._waiting.clear()
            self._under_way = 0
            self._given_up = True
        self._news.set()
        self._hurry.set()
        return in_time

    def _begin_anew(self) -> None:
        self._waiting = deque()
        self._under_way = self._dropped = 0
        self._closed = self._given_up = False
        self._news, self._hurry, self._idle = threading.Event(), threading.Event(), threading.Event()
        self._idle.set()
        self._thread = None

    def _work(self) -> None:
        pause = 0.0
        while not self._given_up:
            batch = self._take()
            if not batch:
                self._news.wait()
                self._news.clear()
                continue
            hurried = self._hurry.is_set()
            try:
                self._deliver(batch)
            except NotDelivered as reason:
                if not pause:
                    _LOG.warning("%s: %s; tried again until it works", self._name, reason)
                pause = min(pause * 2 or _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)
                self._put_back(batch, last_try=hurried and self._closed)
                if hurried:
                    # The attempt that somebody was in a hurry for has been made.
                    self._hurry.clear()
                self._clock.wait(self._hurry, pause)
            except NotTaken as reason:
                pause = 0.0
                _LOG.warning("%s: %d records are lost: %s", self._name, reason.count, reason)
                self._ended(lost=reason.count)
            except Exception as error:  # noqa: BLE001 - a thread that ended would silence all that follows
                _LOG.warning("%s: %d records are lost (%s)", self._name, len(batch), type(error).__name__)
                self._ended(lost=len(batch))
            else:
                if pause:
                    _LOG.info("%s: works again", self._name)
                pause = 0.0
                self._ended(lost=0)

    def _take(self) -> list[Record]:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            self._under_way = len(batch)
            return batch

    def _put_back(self, batch: list[Record], *, last_try: bool) -> None:
        with self._lock:
            if self._given_up:
                return
            self._under_way = 0
            if last_try:
                self._dropped += len(batch) + len(self._waiting)
                self._waiting.clear()
                self._idle.set()
            else:
                self._waiting.extendleft(reversed(batch))

    def _ended(self, *, lost: int) -> None:
        with self._lock:
            if self._given_up:
                return
            self._dropped += lost
            self._under_way = 0
            if not self._waiting:
                self._idle.set()
                if not self._closed:
                    self._hurry.clear()
