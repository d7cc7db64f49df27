"""A layer that keeps limits and retries: around one LLM, by one scheduling strategy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Protocol

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.context.fitting import fitted
from llm_runtime.context.strategy import ContextStrategy, too_long
from llm_runtime.errors import AnswerUnusable, Cancelled, LLMError, TimedOut
from llm_runtime.llm import LLM, Funded, ModelSpec
from llm_runtime.messages import Call, Completion, Request
from llm_runtime.scheduling.backoff import FinalAttempt, GiveUp, History, RetryAfter
from llm_runtime.scheduling.strategy import Estimate, Reservation, SchedulingStrategy, never

DEADLINE_SECONDS = 900.0
"""Long enough for a wait of 300 s, a vendor's minute of overload, the final attempt, and two slow answers."""

_Ask = Callable[[Request], Completion]


class Estimator(Protocol):
    """Foresees the tokens of a call and learns from what they were."""

    def estimate(self, request: Request, model: str) -> int:
        """Tokens of the input, as the model will count them."""
        ...

    def upper_estimate(self, request: Request, model: str) -> int:
        """Tokens of the input, rather too many than too few: for money."""
        ...

    def expected_output(self, model: str, cap: int) -> int:
        """Tokens of the output, as they will probably be."""
        ...

    def observe(self, request: Request, model: str, completion: Completion) -> None:
        """Learn from an answer."""
        ...


class ScheduledLLM:
    """An LLM whose calls are sent within its limits and sent again where that helps.

    A request that the model's window does not take is refused before anything is reserved. Output cap and effort are
    fitted to this model. Every attempt is reserved and accounted for by itself; what failed attempts cost is in the
    calls of the answer or the error.
    """

    def __init__(
        self,
        llm: LLM,
        strategy: SchedulingStrategy,
        *,
        context: ContextStrategy,
        estimator: Estimator,
        clock: Clock | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        """Hold an LLM.

        Args:
            llm: What is asked; it must not retry by itself.
            strategy: When and how often.
            context: Whether a request fits the model.
            estimator: What a call will take.
            clock: The same one as the strategy's.
            deadline_seconds: In which every call has ended, waits and retries included; a request may ask for less.
        """
        self._llm = llm
        self._strategy = strategy
        self._context = context
        self._estimator = estimator
        self._clock = clock or SystemClock()
        self._deadline_seconds = deadline_seconds

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._llm.spec

    @property
    def strategy(self) -> SchedulingStrategy:
        """What decides when it is asked."""
        return self._strategy

    def available(self) -> bool:
        """Whether its circuit breaker is closed, as far as this process knows, without asking anybody."""
        return self._strategy.available()

    def complete(self, request: Request, *, fallback_ready: Callable[[], bool] | None = None) -> Completion:
        """Answer a request within the limits and the deadline.

        Raises:
            ContextTooLong: The model's window does not take it; nothing was reserved.
            WouldWaitTooLong: Its limits leave no room in time.
            CircuitOpen: It is known not to answer.
            TimedOut: The deadline has passed.
            LLMError: What the last attempt failed with, with the calls of all attempts.
        """
        fit = self._context.check_fits(request, self.spec)
        if not fit.fits:
            raise too_long(fit, self.spec)
        request = fitted(request, self.spec, fit.estimated)
        estimate = Estimate(
            input_tokens=self._estimator.estimate(request, self.spec.id),
            output_tokens=self._estimator.expected_output(self.spec.id, request.max_output_tokens),
            output_limit=request.max_output_tokens,
        )
        seconds = self._deadline_seconds
        if request.timeout_seconds is not None:
            seconds = min(seconds, request.timeout_seconds)
        history = History(deadline=self._clock.monotonic() + seconds)
        calls: tuple[Call, ...] = ()
        place: int | None = None
        while True:
            try:
                # Money first: room that is held while something else is waited for is sent later than it is counted.
                with self._funded(request, history.deadline) as ask:
                    reservation = self._strategy.reserve(
                        estimate, deadline=history.deadline, place=place, fallback_ready=fallback_ready or never
                    )
                    place = reservation.place
                    completion = self._attempt(ask, request, reservation, history.deadline)
            except LLMError as error:
                calls = error.calls = (*calls, *error.calls)
                history = self._again(error, history, fallback_ready)
            else:
                return replace(completion, calls=(*calls, *completion.calls)) if calls else completion

    def _funded(self, request: Request, deadline: float) -> AbstractContextManager[_Ask]:
        if not isinstance(self._llm, Funded):
            return nullcontext(self._llm.complete)
        return self._llm.funded(replace(request, timeout_seconds=deadline - self._clock.monotonic()))

    def _attempt(self, ask: _Ask, request: Request, reservation: Reservation, deadline: float) -> Completion:
        left = deadline - self._clock.monotonic()
        if left <= 0:
            self._strategy.release(reservation)
            raise TimedOut(
                f"{self.spec.id}: the deadline passed while waiting for room in its limits; allow more time",
                provider=self.spec.provider,
                model=self.spec.name,
            )
        try:
            completion = ask(replace(request, timeout_seconds=left))
        except LLMError as error:
            if isinstance(error, AnswerUnusable) and error.completion is not None:
                self._estimator.observe(request, self.spec.id, error.completion)
            self._strategy.failed(reservation, error)
            raise
        # After an interruption the call may be under way: what was reserved stays counted.
        self._estimator.observe(request, self.spec.id, completion)
        self._strategy.settle(reservation, completion.usage, completion.feedback)
        return completion

    def _again(self, error: LLMError, history: History, fallback_ready: Callable[[], bool] | None) -> History:
        """Wait for the next attempt, or raise the error."""
        now = self._clock.monotonic()
        final = history.final
        history = history.failed(now)
        match self._strategy.should_retry_after_error(error, history, fallback_ready=fallback_ready or never):
            case GiveUp():
                raise error
            case RetryAfter(seconds=seconds):
                self._pause(seconds, error, final=False)
            case FinalAttempt(seconds=seconds):
                self._pause(seconds, error, final=True)
                final = True
        return replace(history, final=final)

    def _pause(self, seconds: float, error: LLMError, *, final: bool) -> None:
        try:
            self._strategy.pause(seconds, final=final)
        except Cancelled as cancelled:
            # Nobody wants the answer any more; what was spent on it is accounted for all the same.
            cancelled.calls = error.calls
            raise


ScheduledChatModel = ScheduledLLM
"""The same under the name that chat frameworks use."""
