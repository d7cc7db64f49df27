"""What the runtime does comes in, the lines that a person should see of it go out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from llm_runtime.events import BreakerOpened, Event, FellBack, Waited
from llm_runtime.logged import level, told

_WORTH_TELLING_SECONDS = 5.0


class Notices:
    """An observer for people: warnings, long waits, and once for each reason that a stand-in is asked.

    Args:
        notify: Takes one line.
    """

    def __init__(self, notify: Callable[[str], None]) -> None:
        self._notify = notify
        self._one_at_a_time = threading.Lock()
        self._told: set[FellBack] = set()

    def record(self, event: Event) -> None:
        """Show what is worth it."""
        if self._worth_telling(event):
            self._notify(told(event))

    def _worth_telling(self, event: Event) -> bool:
        match event:
            case Waited(seconds=seconds):
                return seconds >= _WORTH_TELLING_SECONDS
            case FellBack():
                with self._one_at_a_time:
                    news = event not in self._told
                    self._told.add(event)
                return news
            case BreakerOpened():
                # It follows an error that is shown anyway.
                return False
            case _:
                return level(event) >= logging.WARNING
