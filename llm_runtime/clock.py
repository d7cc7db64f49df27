"""What time it is and how to wait, passed in wherever it is needed, so that nothing below reads a clock of its own."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Durations, dates and waits."""

    def monotonic(self) -> float:
        """Seconds since some moment, for durations; never goes back, and is the same for all processes of a machine."""
        ...

    def now(self) -> datetime:
        """The date and time in UTC."""
        ...

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Sleep until somebody sets ``event``, at most for ``seconds``.

        Returns:
            Whether it was set.
        """
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()

    def now(self) -> datetime:
        """The date and time in UTC."""
        return datetime.now(UTC)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Sleep until somebody sets ``event``, at most for ``seconds``."""
        return event.wait(min(seconds, threading.TIMEOUT_MAX))
