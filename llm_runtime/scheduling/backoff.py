"""After a failure: try again in so many seconds, once more for the last time, or give up. Decided without waiting."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from llm_runtime.errors import (
    ConnectionFailed,
    LLMError,
    ModelUnavailable,
    Overloaded,
    RateLimited,
    ServerFailed,
    TimedOut,
)

_PASSING = (RateLimited, Overloaded, ServerFailed, TimedOut, ConnectionFailed)


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Try again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class FinalAttempt:
    """Try once more after so many seconds, and never again."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not try again; whoever asked may fall back."""


Decision = RetryAfter | FinalAttempt | GiveUp


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What has happened to a call so far; times are seconds on one clock.

    Attributes:
        deadline: When it must have ended.
        attempts: How often it was sent.
        failed_at: When the last attempt failed.
        final: Whether that was the final attempt.
    """

    deadline: float
    attempts: int = 0
    failed_at: float = 0.0
    final: bool = False

    def failed(self, now: float, *, final: bool = False) -> History:
        """The history after one more attempt that failed now."""
        return replace(self, attempts=self.attempts + 1, failed_at=now, final=self.final or final)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait after which failure.

    Overload, network and 5xx come and go within seconds; they are tried again soon, at a random moment, so that callers
    who failed together do not return together (full jitter, https://aws.amazon.com/builders-library/
    timeouts-retries-and-backoff-with-jitter/). A rate limit has a window: the vendor says when, or a whole one passes.

    Attributes:
        max_retries: Attempts after the first, the final one not counted.
        soon_seconds: Longest waits after overload, network and 5xx; the last one repeats.
        window_seconds: Waits after a rate limit whose vendor does not say how long; the last one repeats.
        quiet_seconds: The final attempt is made when nothing has failed for so long.

    Raises:
        ValueError: A number is negative, or there is no wait to take.

    Example:
        >>> once = History(deadline=600.0).failed(now=10.0)
        >>> Backoff().should_retry_after_error(Overloaded("busy"), once, now=10.0, chance=0.5)
        RetryAfter(seconds=0.5)
        >>> Backoff().should_retry_after_error(RateLimited("slow down", retry_after=12.0), once, now=10.0, chance=0.5)
        RetryAfter(seconds=12.0)
        >>> Backoff(max_retries=0).should_retry_after_error(Overloaded("busy"), once, now=10.0, chance=0.5)
        FinalAttempt(seconds=90.0)
    """

    max_retries: int = 3
    soon_seconds: tuple[float, ...] = (1.0, 2.0, 4.0)
    window_seconds: tuple[float, ...] = (60.0, 120.0, 240.0)
    quiet_seconds: float = 90.0

    def __post_init__(self) -> None:
        waits = (*self.soon_seconds, *self.window_seconds, self.quiet_seconds)
        if self.max_retries < 0 or not (self.soon_seconds and self.window_seconds) or min(waits) < 0:
            raise ValueError(f"not a backoff: {self}; it takes no negative number, and at least one wait of each kind")

    def should_retry_after_error(
        self, error: LLMError, history: History, now: float, *, chance: float, longest: float = math.inf
    ) -> Decision:
        """What to do after a failure.

        It ends for every sequence of errors: there are at most ``max_retries`` + 2 attempts, and no wait ends at or
        after the deadline, nor is longer than ``longest``. Where a retry would come too late, the final attempt is
        made, if there is time for that.

        Args:
            error: What the last attempt failed with.
            history: All attempts, this one included.
            now: The moment.
            chance: A random number from 0 to 1, for the jitter.
            longest: Seconds beyond which nothing is waited for.
        """
        if history.final or not isinstance(error, _PASSING):
            return GiveUp()
        decisions: list[RetryAfter | FinalAttempt] = []
        if history.attempts <= self.max_retries:
            decisions.append(RetryAfter(self._wait(error, history.attempts - 1, chance)))
        quiet = history.failed_at + self.quiet_seconds - now
        decisions.append(FinalAttempt(max(0.0, quiet, error.retry_after or 0.0)))
        in_time = (it for it in decisions if now + it.seconds < history.deadline and it.seconds <= longest)
        return next(in_time, GiveUp())

    def _wait(self, error: ModelUnavailable, retries: int, chance: float) -> float:
        if error.retry_after is not None:
            return error.retry_after
        if isinstance(error, RateLimited):
            return self.window_seconds[min(retries, len(self.window_seconds) - 1)]
        return chance * self.soon_seconds[min(retries, len(self.soon_seconds) - 1)]
