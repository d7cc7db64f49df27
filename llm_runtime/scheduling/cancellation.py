"""Saying that an answer is not wanted any more, from another thread than the one that waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from llm_runtime import forks
from llm_runtime.errors import Cancelled


class Cancellation:
    """Set once, by whoever wants to stop; calls that wait end at once, none is begun afterwards.

    A call that is already with the vendor is not cut off: it is paid for anyway.
    """

    def __init__(self) -> None:
        self._changing = forks.Lock()
        self._cancelled = False
        self._waiting: set[threading.Event] = set()

    def cancel(self) -> None:
        """Stop everything that waits."""
        with self._changing:
            self._cancelled = True
            for event in self._waiting:
                event.set()

    def check(self) -> None:
        """Do nothing, unless it was cancelled.

        Raises:
            Cancelled: It was.
        """
        if self._cancelled:
            raise Cancelled("cancelled; what had not been sent was not sent")

    @contextmanager
    def waking(self, event: threading.Event) -> Iterator[None]:
        """Within the block, ``event`` is set when it is cancelled.

        Raises:
            Cancelled: It was cancelled before or within the block.
        """
        with self._changing:
            self._waiting.add(event)
        try:
            self.check()
            yield
        finally:
            with self._changing:
                self._waiting.discard(event)
        self.check()
