"""When the next write may go to GitHub: one a second, by this process alone or by all that share an installation.

docs.github.com/en/rest/using-the-rest-api/best-practices: at least one second between writes. Five go at once, because
a review has that many (its check is queued, begun and ended; the review itself; the summary), and a burst of that size
is far from the secondary limits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

FREE_WRITES = 5
SECONDS_BETWEEN_WRITES = 1.0


class Pacer(Protocol):
    """Knows who writes when."""

    def pause(self) -> float:
        """Take the next place; seconds to wait until it comes."""
        ...

    def hold(self, seconds: float) -> None:
        """Let nobody write for so long, because GitHub asks for it."""
        ...

    def close(self) -> None:
        """Give back what it holds open."""
        ...


class MemoryPacer:
    """Paces one client.

    Args:
        now: Seconds since the epoch.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._writes = 0
        self._last = 0.0
        self._held_until = 0.0

    def pause(self) -> float:
        """Take the next place; seconds to wait until it comes."""
        now = self._now()
        self._writes += 1
        paced = self._last + SECONDS_BETWEEN_WRITES if self._writes > FREE_WRITES else now
        self._last = max(now, paced, self._held_until)
        return self._last - now

    def hold(self, seconds: float) -> None:
        """Let nobody write for so long."""
        self._held_until = max(self._held_until, self._now() + seconds)

    def close(self) -> None:
        """There is nothing to give back."""
