"""How many requests of the dashboard a process serves at once: deliveries always find a thread."""

from __future__ import annotations

import threading

SEATS = 2
"""Of the server's four threads; a page that waits for GitHub or a database must not keep a delivery waiting."""


class Seats:
    """Two of them, taken at once or not at all: who waits would keep a thread, too."""

    def __init__(self, count: int = SEATS) -> None:
        self._free = threading.BoundedSemaphore(count)

    def take(self) -> bool:
        """Take one; whether there was one."""
        return self._free.acquire(blocking=False)

    def give_back(self) -> None:
        """Free one that was taken."""
        self._free.release()
