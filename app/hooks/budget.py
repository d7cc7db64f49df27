"""Seconds in; what is left of them, and an end to whatever takes longer, out."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from llm_runtime.clock import Clock
from llm_runtime.errors import TimedOut

if TYPE_CHECKING:
    from llm_runtime.llm import LLM, ModelSpec
    from llm_runtime.messages import Completion, Request
    from reviewers.evidence_source import Failed, Job, Printed

START_SECONDS = 0.5
"""What the interpreter takes before anybody can look at a clock, where the machine does not say."""

ENDING_PART, ENDING_SECONDS = 0.15, 0.8
"""What is kept of the time for closing connections and the interpreter's own end, and the most of it."""

CONCLUDING_PART, CONCLUDING_SECONDS = 0.2, 2.0
"""What is kept of the time for putting the answers together and booking them, and the most of it."""

_LEAST_SECONDS = 0.05
# Field 22, counted from 1, of which the two up to the closing bracket of the name are cut off.
_START_FIELD = 19


class OutOfTime(BaseException):
    """The budget is used up; no ``Exception``, so that nothing on the way takes it for a fault that it can mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A time that is not exceeded.

    Attributes:
        seconds: All of it.
        ends: When it ends, on the clock.
        clock: Tells the time.
    """

    seconds: float
    ends: float
    clock: Clock

    @classmethod
    def starting(cls, seconds: float, clock: Clock) -> Budget:
        """A budget of which the start of the program has been used already, and its end is kept."""
        kept = min(ENDING_SECONDS, ENDING_PART * seconds)
        return cls(seconds=seconds, ends=clock.monotonic() + seconds - started_ago() - kept, clock=clock)

    @property
    def left(self) -> float:
        """Seconds, never less than none."""
        return max(0.0, self.ends - self.clock.monotonic())

    @property
    def left_for_work(self) -> float:
        """Seconds until the answers have to be there."""
        return max(0.0, self.left - min(CONCLUDING_SECONDS, CONCLUDING_PART * self.seconds))

    @property
    def over(self) -> str:
        """Why something did not end, for people."""
        return f"not ready within the {self.seconds:g} s that the hook has"

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """A block that does not take longer.

        Raises:
            OutOfTime: It would have; what it had opened is closed.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signals are told
            raise OutOfTime(self.over)

        before = signal.signal(signal.SIGALRM, end)
        signal.setitimer(signal.ITIMER_REAL, max(_LEAST_SECONDS, self.left))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def shortened(
        self, run: Callable[..., tuple[Printed | Failed, ...]]
    ) -> Callable[..., tuple[Printed | Failed, ...]]:
        """The same way of running tools, none of which takes longer than what is left."""

        def run_in_time(
            jobs: Sequence[Job], *, meanwhile: Callable[[], object] = lambda: None
        ) -> tuple[Printed | Failed, ...]:
            left = max(_LEAST_SECONDS, self.left_for_work)
            return run([replace(job, seconds=min(job.seconds, left)) for job in jobs], meanwhile=meanwhile)

        return run_in_time


def started_ago() -> float:
    """Seconds since this process was started: Linux says it (proc(5), field 22 of ``stat``); elsewhere a guess."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        ticks = int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
        return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - ticks)
    except (OSError, ValueError, IndexError, AttributeError):
        return START_SECONDS


class InTime:
    """An LLM whose answers come within a budget, repairs included.

    Args:
        llm: The LLM around which it is.
        budget: The time.
    """

    def __init__(self, llm: LLM, budget: Budget) -> None:
        self._llm, self._budget = llm, budget

    @property
    def spec(self) -> ModelSpec:
        """The model that a request goes to first."""
        return self._llm.spec

    def complete(self, request: Request) -> Completion:
        """Answer a request in what is left of the time.

        Raises:
            TimedOut: Nothing is left, or it was not enough.
            LLMError: Something else happened.
        """
        left = self._budget.left_for_work
        if left <= 0:
            raise TimedOut(self._budget.over, provider=self.spec.provider, model=self.spec.name)
        return self._llm.complete(replace(request, timeout_seconds=left))
