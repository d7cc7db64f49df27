"""Vendors of several shapes in virtual time, and callers in a closed loop: what the rules of admission are tried on."""

from __future__ import annotations

import heapq
import itertools
import random
import statistics
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from llm_runtime.errors import RequestTooLarge
from llm_runtime.scheduling.ledger import Ask, Granted, Priority, RateLedger, Wait
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits
from tests.llm_runtime.doubles import FakeClock

KEY = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")


class Vendor(Protocol):
    def admit(self, now: float, tokens: int) -> float | None:
        """None, or seconds after which to come back."""
        ...


@dataclass
class SlidingWindow:
    """At most ``requests`` and ``tokens`` in any window."""

    requests: float = float("inf")
    tokens: float = float("inf")
    window: float = 60.0
    rejected_count: bool = False
    log: deque[tuple[float, int]] = field(default_factory=deque)

    def admit(self, now: float, tokens: int) -> float | None:
        while self.log and self.log[0][0] <= now - self.window:
            self.log.popleft()
        full = len(self.log) >= self.requests or sum(size for _, size in self.log) + tokens > self.tokens
        if not full or self.rejected_count:
            self.log.append((now, 0 if full else tokens))
        return self.log[0][0] + self.window - now if full else None


@dataclass
class TokenBucket:
    """Holds ``burst`` requests and is refilled continuously."""

    per_minute: float
    burst: int
    window: float = 60.0
    level: float = -1.0
    at: float = 0.0

    def admit(self, now: float, tokens: int) -> float | None:
        level = self.burst if self.level < 0 else self.level
        self.level = min(self.burst, level + (now - self.at) * self.per_minute / self.window)
        self.at = now
        if self.level >= 1 - 1e-9:
            self.level -= 1
            return None
        return (1 - self.level) * self.window / self.per_minute


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        admitted: When the vendor took a call, and its tokens.
        latencies: When a caller began to want an answer, and how long it took.
        rejected: 429s.
    """

    admitted: tuple[tuple[float, int], ...]
    latencies: tuple[tuple[float, float], ...]
    rejected: int

    def utilisation(self, cap: float, window: float = 60.0, *, tokens: bool = False) -> float:
        """Calls or tokens per window while there was work, as a share of the cap."""
        total = sum(size if tokens else 1 for _, size in self.admitted)
        return total / (self.admitted[-1][0] / window) / cap

    def spread(self, window: float = 60.0) -> float:
        """p99 over p50 of the latencies while saturated: of all calls that began after the first window."""
        ordered = sorted(took for since, took in self.latencies if since > window)
        return ordered[int(len(ordered) * 0.99)] / statistics.median(ordered)


def closed_loop(
    ledger: RateLedger,
    clock: FakeClock,
    vendor: Vendor,
    limits: RateLimits,
    *,
    callers: int = 16,
    calls: int = 300,
    seconds: float = 2.0,
    says_when: bool = True,
    size: Callable[[random.Random], int] = lambda _: 100,
    seed: int = 1,
    jitter: float = 0.0,
    error: float = 0.0,
) -> Outcome:
    """Callers who ask, call, and ask again at once, until all calls are answered."""
    rng = random.Random(seed)
    order = itertools.count()
    events: list[tuple[float, int, Callable[[], None]]] = []
    admitted: list[tuple[float, int]] = []
    latencies: list[tuple[float, float]] = []
    rejected = 0
    left = calls

    def at(moment: float, act: Callable[[], None]) -> None:
        heapq.heappush(events, (moment, next(order), act))

    def begin() -> None:
        nonlocal left
        if left == 0:
            return
        left -= 1
        tokens = size(rng)
        estimate = max(1, int(tokens * (1 + rng.uniform(-error, error))))
        ask = Ask(
            key=KEY,
            limits=limits,
            demand=limits.demand(input_tokens=estimate, output_tokens=0),
            ticket=f"t{next(order)}",
            priority=Priority.BACKGROUND,
            patience=1e9,
        )
        attempt(ask, tokens, clock.monotonic())

    def attempt(ask: Ask, tokens: int, since: float) -> None:
        answer = ledger.reserve(ask)
        if isinstance(answer, Wait):
            again = replace(ask, place=answer.place)
            at(clock.monotonic() + answer.seconds + rng.uniform(0, jitter), lambda: attempt(again, tokens, since))
            return
        assert isinstance(answer, Granted)
        now = clock.monotonic()
        wait = vendor.admit(now, tokens)
        if wait is None:
            admitted.append((now, tokens))
            at(now + seconds, lambda: done(ask, tokens, since))
            return
        nonlocal rejected
        rejected += 1
        ledger.reject(ask, wait if says_when else None)
        later = replace(ask, place=answer.place, ticket=f"t{next(order)}")
        at(now + (wait if says_when else limits.shape.window_seconds), lambda: attempt(later, tokens, since))

    def done(ask: Ask, tokens: int, since: float) -> None:
        ledger.settle(ask, Demand(input_tokens=tokens))
        latencies.append((since, clock.monotonic() - since))
        begin()

    for _ in range(callers):
        at(0.0, begin)
    while events:
        moment, _, act = heapq.heappop(events)
        clock.advance(max(0.0, moment - clock.monotonic()))
        act()
    return Outcome(tuple(admitted), tuple(latencies), rejected)


__all__ = ["KEY", "Outcome", "RequestTooLarge", "SlidingWindow", "TokenBucket", "Vendor", "closed_loop"]
