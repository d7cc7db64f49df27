"""When a vendor admits a call and when it answers 429: a moment and a size come in, a verdict goes out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["requests", "tokens"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a call.

    Attributes:
        admitted: Whether it is answered.
        wait: Seconds until a call of that size would be admitted if nobody else came; None if it never will be.
        remaining: What is left of the limit now.
        reset: Seconds until the whole limit is free again.
    """

    admitted: bool
    wait: float | None = 0.0
    remaining: int = 0
    reset: float = 0.0


class Rule(Protocol):
    """One limit; moments never go back."""

    @property
    def kind(self) -> Kind:
        """What is counted."""
        ...

    @property
    def limit(self) -> int:
        """The most of it in a window."""
        ...

    def ask(self, now: float, tokens: int) -> Verdict:
        """A call of that size arrives at that moment (seconds)."""
        ...


class SlidingWindow:
    """At most ``limit`` calls in any window; where rejected calls count, each 429 takes a place as well."""

    kind: Kind = "requests"

    def __init__(self, limit: int, window: float, *, rejected_count: bool = False) -> None:
        self.limit = limit
        self._window = window
        self._rejected_count = rejected_count
        self._counted: deque[float] = deque()

    def ask(self, now: float, tokens: int) -> Verdict:
        while self._counted and self._counted[0] + self._window <= now:
            self._counted.popleft()
        admitted = len(self._counted) < self.limit
        if admitted or self._rejected_count:
            self._counted.append(now)
        over = len(self._counted) - self.limit
        return Verdict(
            admitted=admitted,
            wait=self._counted[over] + self._window - now if over >= 0 else 0.0,
            remaining=max(0, -over),
            reset=self._counted[-1] + self._window - now,
        )


class ContinuousRefill:
    """A bucket of ``burst`` calls that is refilled evenly by ``limit`` in a window; a rejected call takes nothing."""

    kind: Kind = "requests"

    def __init__(self, limit: int, window: float, *, burst: int) -> None:
        self.limit = limit
        self._rate = limit / window
        self._burst = burst
        self._level = float(burst)
        self._at: float | None = None

    def ask(self, now: float, tokens: int) -> Verdict:
        if self._at is not None:
            self._level = min(float(self._burst), self._level + (now - self._at) * self._rate)
        self._at = now
        admitted = self._level >= 1.0
        if admitted:
            self._level -= 1.0
        return Verdict(
            admitted=admitted,
            wait=max(0.0, 1.0 - self._level) / self._rate,
            remaining=int(self._level),
            reset=(self._burst - self._level) / self._rate,
        )


class TokenWindow:
    """At most ``limit`` tokens in any window, however many calls they come in; a rejected call takes nothing."""

    kind: Kind = "tokens"

    def __init__(self, limit: int, window: float) -> None:
        self.limit = limit
        self._window = window
        self._counted: deque[tuple[float, int]] = deque()
        self._used = 0

    def ask(self, now: float, tokens: int) -> Verdict:
        while self._counted and self._counted[0][0] + self._window <= now:
            self._used -= self._counted.popleft()[1]
        admitted = self._used + tokens <= self.limit
        if admitted:
            self._counted.append((now, tokens))
            self._used += tokens
        return Verdict(
            admitted=admitted,
            wait=0.0 if admitted else self._wait(now, tokens),
            remaining=self.limit - self._used,
            reset=self._counted[-1][0] + self._window - now if self._counted else 0.0,
        )

    def _wait(self, now: float, tokens: int) -> float | None:
        if tokens > self.limit:
            return None
        used = self._used
        for at, taken in self._counted:
            used -= taken
            if used + tokens <= self.limit:
                return at + self._window - now
        raise AssertionError("an empty window admits every call that fits the limit")
