"""A shared ledger that may be lost: until it answers again, this process keeps a cautious share of the limits alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from llm_runtime import forks
from llm_runtime.clock import Clock, SystemClock
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.events import LedgerFound, LedgerLost, Observer, Observers
from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.scheduling.ledger import Answer, Ask, RateLedger
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits

SHARE = 0.25
"""What one process takes of the limits when it cannot see the others."""

RETRY_SECONDS = 5.0
"""How long a lost ledger is left alone before it is asked again."""

Result = TypeVar("Result")


class ResilientLedger:
    """Asks the shared ledger, and a local one while the shared one is lost.

    Reviews go on without Redis or a database, slowly rather than over the limits. The loss is told once, and so is the
    return. A call that was granted by one ledger and ended under the other is simply not corrected: its estimate
    counts until the window has forgotten it.
    """

    def __init__(
        self,
        shared: RateLedger,
        *,
        clock: Clock | None = None,
        observer: Observer | None = None,
        share: float = SHARE,
    ) -> None:
        """Ask nothing yet.

        Args:
            shared: The ledger that all processes use.
            clock: Measures how long it has been lost.
            observer: Told of the loss and the return.
            share: What is taken of the limits meanwhile, from 0 to 1; at least one of each.
        """
        self._shared = shared
        self._clock = clock or SystemClock()
        self._local = MemoryLedger(self._clock)
        self._observer = observer or Observers()
        self._share = share
        self._changing = forks.Lock()
        self._lost_until: float | None = None

    def reserve(self, ask: Ask) -> Answer:
        """Grant the call, or say when to ask again.

        Raises:
            RequestTooLarge: Its limits can never admit a call of that size.
        """
        return self._either(lambda ledger: ledger.reserve(ask), lambda: self._local.reserve(self._cautious(ask)))

    def settle(self, ask: Ask, used: Demand) -> None:
        """Count what a granted call really took."""
        self._either(lambda ledger: ledger.settle(ask, used), lambda: self._local.settle(self._cautious(ask), used))

    def release(self, ask: Ask) -> None:
        """Give back what a call that will not be sent was granted, or its place in the queue."""
        self._either(lambda ledger: ledger.release(ask), lambda: self._local.release(self._cautious(ask)))

    def reject(self, ask: Ask, retry_after: float | None) -> None:
        """Note that the vendor answered 429."""
        self._either(
            lambda ledger: ledger.reject(ask, retry_after),
            lambda: self._local.reject(self._cautious(ask), retry_after),
        )

    def observe(self, key: LimitKey, limits: RateLimits, feedback: RateLimitFeedback) -> None:
        """Correct the shared account by the vendor's word; the local share is left as it is."""
        self._either(lambda ledger: ledger.observe(key, limits, feedback), lambda: None)

    def trip(self, key: LimitKey, error: str, seconds: float) -> None:
        """Open the circuit breaker of a key for that long, for as many as can be told."""
        self._local.trip(key, error, seconds)
        self._either(lambda ledger: ledger.trip(key, error, seconds), lambda: None)

    def close(self) -> None:
        """Close the shared ledger's connections."""
        self._shared.close()

    def _either(self, shared: Callable[[RateLedger], Result], local: Callable[[], Result]) -> Result:
        if self._left_alone():
            return local()
        try:
            result = shared(self._shared)
        except LedgerUnavailable as error:
            self._lose(error)
            return local()
        self._find()
        return result

    def _left_alone(self) -> bool:
        """Whether it was lost a moment ago; one caller at a time goes to see whether it is back."""
        with self._changing:
            if self._lost_until is None:
                return False
            now = self._clock.monotonic()
            if now < self._lost_until:
                return True
            self._lost_until = now + RETRY_SECONDS
            return False

    def _lose(self, error: LedgerUnavailable) -> None:
        with self._changing:
            news = self._lost_until is None
            self._lost_until = self._clock.monotonic() + RETRY_SECONDS
        if news:
            self._observer.record(LedgerLost(detail=str(error)))

    def _find(self) -> None:
        if self._lost_until is None:
            return
        with self._changing:
            news, self._lost_until = self._lost_until is not None, None
        if news:
            self._observer.record(LedgerFound())

    def _cautious(self, ask: Ask) -> Ask:
        limits = ask.limits

        def part(limit: int | None) -> int | None:
            return None if limit is None else max(1, int(limit * self._share))

        return replace(
            ask,
            limits=replace(
                limits,
                requests_per_minute=part(limits.requests_per_minute),
                requests_per_day=part(limits.requests_per_day),
                # One request may need all the tokens: a share of them could never admit it.
                input_tokens_per_minute=_at_least(
                    part(limits.input_tokens_per_minute), ask.demand.input_tokens, limits
                ),
                output_tokens_per_minute=_at_least(
                    part(limits.output_tokens_per_minute), ask.demand.output_tokens, limits
                ),
            ),
        )


def _at_least(limit: int | None, demand: int, limits: RateLimits) -> int | None:
    """A limit that admits the demand once its margin is taken off."""
    if limit is None:
        return None
    return max(limit, int(demand / (1 - limits.shape.token_margin)) + 1)
