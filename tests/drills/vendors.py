"""What a vendor under stress answers: by its limits, by the time, or by what is written on the question."""

from __future__ import annotations

import threading
from collections.abc import Callable

from llm_runtime.clock import Clock
from tests.fakes.models import Answer, Asked, RateLimited, Says, Spent
from tests.llm_runtime.scheduling.vendors import SlidingWindow

FINE = Says("fine", Spent(input=30, output=10))


class Limited:
    """A vendor that admits so many requests in any minute of the clock, and says when to come back, or does not."""

    def __init__(self, clock: Clock, *, requests: int, says_when: bool = True, rejected_count: bool = False) -> None:
        self._clock = clock
        self._says_when = says_when
        self._window = SlidingWindow(requests=requests, rejected_count=rejected_count)
        self._one_at_a_time = threading.Lock()
        self.rejected = 0

    def __call__(self, asked: Asked) -> Answer:
        with self._one_at_a_time:
            wait = self._window.admit(self._clock.monotonic(), 0)
            if wait is None:
                return FINE
            self.rejected += 1
            return RateLimited(wait if self._says_when else None)


def until(clock: Clock, seconds: float, then: Answer = FINE, *, before: Answer) -> Callable[[Asked], Answer]:
    """One answer before a moment of the clock, another one from then on."""
    return lambda asked: then if clock.monotonic() >= seconds else before
