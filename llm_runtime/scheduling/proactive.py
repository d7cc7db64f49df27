"""Room is reserved in a ledger before a call is sent, so that a limit is never discovered by passing it."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.errors import (
    AnswerUnusable,
    AuthenticationFailed,
    BudgetExceeded,
    Cancelled,
    LedgerUnavailable,
    LLMError,
    ModelNotFound,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    WouldWaitTooLong,
)
from llm_runtime.events import Observer, Observers, Waited, WaitReason
from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.messages import Usage
from llm_runtime.scheduling.backoff import Decision, History
from llm_runtime.scheduling.breakers import Breakers
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.circuit import CircuitBreaker
from llm_runtime.scheduling.ledger import Ask, Broken, Granted, RateLedger, Wait
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.queue import LocalQueue
from llm_runtime.scheduling.strategy import Estimate, Ready, Reservation, SchedulingStrategy, never

_NOT_READ = (AuthenticationFailed, QuotaExhausted, ModelNotFound, RequestRejected, Overloaded)
"""The vendor did not get as far as the model: the request counts, its tokens do not."""


class ProactiveRateLimitScheduler(SchedulingStrategy):
    """Keeps the limits of one key in a shared ledger; safe to share between threads.

    Example:
        >>> from llm_runtime.scheduling.ledgers.memory import MemoryLedger
        >>> key = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
        >>> scheduler = ProactiveRateLimitScheduler(key, RateLimits(requests_per_minute=60), MemoryLedger())
        >>> estimate = Estimate(input_tokens=1_000, output_tokens=200, output_limit=4_000)
        >>> reservation = scheduler.reserve(estimate, deadline=float("inf"))
        >>> scheduler.settle(reservation, Usage(input_tokens=950, output_tokens=180), None)
    """

    def __init__(
        self,
        key: LimitKey,
        limits: RateLimits,
        ledger: RateLedger,
        *,
        model: str = "",
        patience: Patience | None = None,
        clock: Clock | None = None,
        observer: Observer | None = None,
        breakers: Breakers | None = None,
        queue: LocalQueue | None = None,
        cancellation: Cancellation | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Reserve nothing yet.

        Args:
            key: Whose limits are kept.
            limits: What they are.
            ledger: Where they are accounted for.
            model: The model's name for people, where the key names a pool of several.
            patience: How calls wait.
            clock: Measures and waits.
            observer: Told of waits and opened breakers.
            breakers: What is known not to work, common to all schedulers of a process.
            queue: Who waits in this process, common to all schedulers of the key.
            cancellation: Ends the waits when nobody wants an answer any more.
            chance: Random numbers from 0 to 1, for the jitter.
        """
        self._key = key
        self._limits = limits
        self._ledger = ledger
        self._model = model or key.model
        self._patience = patience or Patience()
        self._clock = clock or SystemClock()
        self._observer = observer or Observers()
        self._cancellation = cancellation or Cancellation()
        self._chance = chance
        self._queue = queue or LocalQueue()
        self._breaker = CircuitBreaker(
            key,
            self._model,
            shape=limits.shape,
            quota_seconds=self._patience.quota_seconds,
            ledger=ledger,
            breakers=breakers or Breakers(),
            clock=self._clock,
            observer=self._observer,
        )

    @property
    def limits(self) -> RateLimits:
        """What is kept, as it was configured."""
        return self._limits

    def available(self) -> bool:
        """Whether the circuit breaker is closed, as far as this process knows, without asking anybody."""
        return self._breaker.closed()

    def reserve(
        self, estimate: Estimate, *, deadline: float, place: int | None = None, fallback_ready: Ready = never
    ) -> Reservation:
        """Wait for room, in the order of arrival.

        Raises:
            WouldWaitTooLong: There will be no room within the patience; known before any sleep, or, where others went
                first meanwhile, before the next one.
            RequestTooLarge: There will never be room.
            CircuitOpen: The model is known not to answer.
            Cancelled: Nobody wants the answer any more.
            LedgerUnavailable: The ledger cannot be reached.
        """
        self._breaker.check_key()
        demand = self._limits.demand(
            input_tokens=estimate.input_tokens,
            output_tokens=estimate.output_limit if self._limits.shape.larger_counts else estimate.output_tokens,
        )
        started = self._clock.monotonic()
        until = min(started + self._patience.seconds, deadline)
        ask = Ask(
            key=self._key,
            limits=self._limits,
            demand=demand,
            ticket=uuid.uuid4().hex,
            priority=self._patience.priority,
            place=place,
            patience=max(0.0, until - started),
        )
        try:
            place = self._place(ask, until, fallback_ready)
        except BaseException:
            self._give_up(ask)
            raise
        waited = self._clock.monotonic() - started
        return Reservation(ask=ask, place=place, output_limit=estimate.output_limit, waited_seconds=waited)

    def settle(self, reservation: Reservation, usage: Usage | None, feedback: RateLimitFeedback | None) -> None:
        """Count what the call took; without a usage it is what was reserved."""
        ask = reservation.ask
        used = (
            ask.demand
            if usage is None or usage == Usage()
            else self._limits.used(usage, output_limit=reservation.output_limit)
        )
        with _noting():
            self._count(ask, used, feedback)

    def failed(self, reservation: Reservation, error: LLMError) -> None:
        """Settle what a failed call took, and learn from it."""
        with _noting():
            match error:
                case RateLimited():
                    self._ledger.reject(reservation.ask, error.retry_after)
                    if error.feedback is not None:
                        self._ledger.observe(self._key, self._limits, error.feedback)
                    # Its tokens are there again.
                    self._queue.tell()
                case BudgetExceeded() | LedgerUnavailable() | Cancelled():
                    self.release(reservation)
                case AnswerUnusable():
                    self.settle(reservation, error.completion.usage if error.completion else None, error.feedback)
                case _ if isinstance(error, _NOT_READ):
                    self._count(reservation.ask, Demand(), error.feedback)
                case _:
                    # Nobody knows how far the vendor got: all that was reserved counts.
                    self._count(reservation.ask, reservation.ask.demand, error.feedback)
        self._breaker.learn(error)

    def release(self, reservation: Reservation) -> None:
        """Give back what a call that was not sent had reserved."""
        self._give_up(reservation.ask)

    def should_retry_after_error(self, error: LLMError, history: History, *, fallback_ready: Ready = never) -> Decision:
        """What to do after a failure: a person who waits is given another model rather than a long wait."""
        now, chance = self._clock.monotonic(), self._chance()
        return self._patience.after_failure(error, history, now, chance=chance, ready=fallback_ready)

    def pause(self, seconds: float, *, final: bool) -> None:
        """Wait between two attempts.

        Raises:
            Cancelled: Nobody wants the answer any more.
        """
        event, started = threading.Event(), self._clock.monotonic()
        try:
            with self._cancellation.waking(event):
                self._clock.wait(event, seconds)
        finally:
            self._record_wait(started, WaitReason.FINAL_ATTEMPT if final else WaitReason.BACKOFF)

    def _place(self, ask: Ask, until: float, fallback_ready: Ready) -> int:
        """Its place in the order of arrival, as soon as it is granted; a wait is told, however it ends."""
        waited, started = False, self._clock.monotonic()
        try:
            while True:
                self._cancellation.check()
                news = self._queue.news()
                match self._ledger.reserve(ask):
                    case Granted(place=place):
                        self._queue.pass_on()
                        return place
                    case Broken() as broken:
                        raise self._breaker.found_open(broken)
                    case Wait(seconds=seconds, place=None):
                        raise self._too_long(seconds)
                    case Wait(seconds=seconds, place=int() as place):
                        if self._patience.outlasts(self._clock.monotonic() - started + seconds) and fallback_ready():
                            raise self._too_long(seconds)
                        waited = True
                        self._sleep(seconds, place, news)
                        ask = replace(ask, place=place, patience=max(0.0, until - self._clock.monotonic()))
        finally:
            if waited:
                self._record_wait(started, WaitReason.RATE_LIMIT)

    def _too_long(self, seconds: float) -> WouldWaitTooLong:
        return WouldWaitTooLong(
            f"{self._who}: its rate limit has no room for another {seconds:.0f} s, longer than is waited for; try "
            "later, or set your tier",
            eta=seconds,
            provider=self._key.provider,
            model=self._model,
        )

    def _sleep(self, seconds: float, place: int, news: int) -> None:
        with (
            self._queue.sleeping(self._patience.priority, place, news) as event,
            self._cancellation.waking(event),
        ):
            self._clock.wait(event, seconds)

    def _count(self, ask: Ask, used: Demand, feedback: RateLimitFeedback | None) -> None:
        self._ledger.settle(ask, used)
        if feedback is not None:
            self._ledger.observe(self._key, self._limits, feedback)
        given_back = used.input_tokens < ask.demand.input_tokens or used.output_tokens < ask.demand.output_tokens
        if given_back or feedback is not None:
            self._queue.tell()

    def _give_up(self, ask: Ask) -> None:
        with _noting():
            self._ledger.release(ask)
        self._queue.tell()

    def _record_wait(self, started: float, reason: WaitReason) -> None:
        seconds = self._clock.monotonic() - started
        waited = Waited(provider=self._key.provider, model=self._model, seconds=seconds, reason=reason)
        self._observer.record(waited)

    @property
    def _who(self) -> str:
        return f"{self._key.provider}/{self._model}"


@contextmanager
def _noting() -> Iterator[None]:
    """Within the block the ledger is told what became of a call: its loss takes nobody's answer or error away.

    What was reserved counts there until the window has forgotten it. Whoever reserves next is told of the loss.
    """
    with suppress(LedgerUnavailable):
        yield
