"""How long the call of this thread may still take, for everything that reads and writes on its behalf."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from llm_runtime.clock import Clock, SystemClock

# Sockets wait in the machine's time, whatever clock the layers above are given.
SYSTEM = SystemClock()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock."""

    at: float
    clock: Clock

    def left(self) -> float:
        """Seconds until then; negative when it has passed."""
        return self.at - self.clock.monotonic()


_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float, clock: Clock = SYSTEM) -> Iterator[Deadline]:
    """Whatever the block sends and reads, in this thread, ends within that many seconds."""
    deadline = Deadline(clock.monotonic() + seconds, clock)
    token = _CURRENT.set(deadline)
    try:
        yield deadline
    finally:
        _CURRENT.reset(token)


def seconds_left() -> float | None:
    """Seconds that the call of this thread may still take; None where it has no deadline."""
    deadline = _CURRENT.get()
    return None if deadline is None else deadline.left()
