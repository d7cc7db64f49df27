"""What time it is, passed in wherever it is needed, so that nothing below reads a clock of its own."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Durations and dates."""

    def monotonic(self) -> float:
        """Seconds since some moment, for durations; never goes back."""
        ...

    def now(self) -> datetime:
        """The date and time in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def now(self) -> datetime:
        """The date and time in UTC."""
        return datetime.now(UTC)
