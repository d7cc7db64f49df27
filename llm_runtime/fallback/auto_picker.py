"""A layer over several LLMs: the first that gives a usable answer, and the account of all that were tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.context.strategy import ContextStrategy, LargeContextFallback
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.errors import (
    AllModelsExhausted,
    Attempt,
    BadRequest,
    BudgetExceeded,
    Cancelled,
    LedgerUnavailable,
    LLMError,
    MalformedOutput,
    NotRecorded,
    TimedOut,
)
from llm_runtime.events import FellBack, Observer, Observers
from llm_runtime.fallback.route import Conditions, Route
from llm_runtime.fallback.sequential import SequentialFallback
from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import LLM, ModelSpec, Scheduled
from llm_runtime.messages import Call, Completion, Request
from llm_runtime.origin import working_on
from llm_runtime.tokens import estimate_request

_NO_OTHER_MODEL_HELPS = (BadRequest, BudgetExceeded, Cancelled, LedgerUnavailable, NotRecorded)


class AutoPickerLLM:
    """Asks the primary; when it fails, its strategy says who is asked next. It waits for nothing and repeats nothing.

    Every LLM it holds keeps its own limits, retries by itself and fits requests to its own model.
    """

    def __init__(
        self,
        primary: Scheduled,
        fallbacks: Sequence[Scheduled] = (),
        *,
        strategy: FallbackStrategy | None = None,
        clock: Clock | None = None,
        observer: Observer | None = None,
        context: ContextStrategy | None = None,
        calculator: CostCalculator | None = None,
        affordable: Callable[[Decimal], bool] | None = None,
        timeout_seconds: float | None = None,
    ) -> None:
        """Hold LLMs.

        Args:
            primary: Is asked first, whatever is known of it.
            fallbacks: Stand in for it, in the order in which they are configured.
            strategy: Orders the fallbacks after a failure; by default their order stays.
            clock: Measures attempts and the deadline; by default the machine's.
            observer: Is told whenever another model is asked.
            context: Whether a fallback's window takes a request; by default counted by characters.
            calculator: Knows what a request may cost on a fallback; needed only with ``affordable``.
            affordable: Whether so many dollars are left; fallbacks that cost more, or nobody knows what, are not
                asked. By default nothing caps the cost.
            timeout_seconds: In which every answer has come, from whichever model; a request may ask for less.

        Raises:
            TypeError: An LLM does not keep its limits and retry by itself.
            ValueError: ``timeout_seconds`` leaves no time at all.
        """
        for llm in (primary, *fallbacks):
            _check_scheduled(llm)
        if timeout_seconds is not None and not timeout_seconds > 0:
            raise ValueError(f"a deadline of {timeout_seconds} seconds leaves no time for an answer; allow more")
        self._primary = primary
        self._fallbacks = tuple(fallbacks)
        self._strategy = strategy or SequentialFallback()
        self._clock = clock or SystemClock()
        self._observer = observer or Observers()
        self._conditions = Conditions(
            context=context or LargeContextFallback((), lambda asked, _model: estimate_request(asked)),
            calculator=calculator or CostCalculator(self._clock),
            affordable=affordable,
        )
        self._timeout_seconds = timeout_seconds

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked first."""
        return self._primary.spec

    def complete(self, request: Request) -> Completion:
        """The first usable answer, with the calls of every attempt.

        Raises:
            BadRequest: The request is at fault; no other model is asked.
            BudgetExceeded: There is no money left; no other model is asked.
            LedgerUnavailable: Nobody knows what money is left; no other model is asked.
            Cancelled: Nobody wants the answer any more.
            MalformedOutput: The model did answer, in the wrong form; whoever asked can tell it what is wrong, which
                costs less than the same question to another model. An empty answer, and a second wrong one, go to
                another model.
            TimedOut: The request came without any time left; nobody was asked.
            AllModelsExhausted: None answered, or the time was used up. Where there are no fallbacks, the primary's own
                error is raised instead: one line about one model is clearer.
        """
        with working_on(request.origin):
            return self._complete(request)

    def _complete(self, request: Request) -> Completion:
        end = self._end(request)
        route = Route(request, self._fallbacks, self._strategy, self._conditions)
        ready = route.ready if self._fallbacks else None
        llm: Scheduled | None = self._primary
        calls: tuple[Call, ...] = ()
        attempts: tuple[Attempt, ...] = ()
        while llm is not None:
            asked = self._clock.monotonic()
            try:
                completion = llm.complete(_within(request, end - asked), fallback_ready=ready)
            except LLMError as error:
                calls = (*calls, *error.calls)
                attempts = (*attempts, *_attempts(llm.spec, error, self._clock.monotonic() - asked))
                if isinstance(error, _NO_OTHER_MODEL_HELPS) or not self._fallbacks or _repairable(error, request):
                    error.calls = calls
                    raise
                failure = _failure(request, llm.spec, error)
            else:
                return replace(completion, calls=(*calls, *completion.calls)) if calls else completion
            llm = self._next(route, failure, calls) if self._clock.monotonic() < end else None
        raise _exhausted(attempts, calls, route) from attempts[-1].error

    def _end(self, request: Request) -> float:
        """The moment at which the answer must have come."""
        seconds = min(
            math.inf if limit is None else limit for limit in (self._timeout_seconds, request.timeout_seconds)
        )
        if seconds <= 0:
            raise TimedOut(
                f"{self.spec.id}: the request came {-seconds:.1f} s after its deadline; allow more time",
                provider=self.spec.provider,
                model=self.spec.name,
            )
        return self._clock.monotonic() + seconds

    def _next(self, route: Route, failure: Failure, calls: tuple[Call, ...]) -> Scheduled | None:
        try:
            llm = route.after(failure)
        except LLMError as error:
            error.calls = (*calls, *error.calls)
            raise
        if llm is not None:
            error_name = type(failure.error).__name__
            self._observer.record(FellBack(failed=failure.spec.id, chosen=llm.spec.id, error=error_name))
        return llm


def _check_scheduled(llm: LLM) -> None:
    if not isinstance(llm, Scheduled):
        raise TypeError(
            f"{llm.spec.id} is a {type(llm).__name__}, which keeps no limits and does not retry; "
            "wrap it in a ScheduledLLM before it may be a primary or a fallback"
        )


def _within(request: Request, seconds: float) -> Request:
    return request if math.isinf(seconds) else replace(request, timeout_seconds=seconds)


def _repairable(error: LLMError, request: Request) -> bool:
    """Whether the same model may do better once it is told what is wrong, which it has not been told yet."""
    answered = isinstance(error, MalformedOutput) and error.completion is not None and error.completion.text.strip()
    return bool(answered) and not request.exchanges


def _failure(request: Request, spec: ModelSpec, error: LLMError) -> Failure:
    """Who really failed, and how: an LLM may stand for several models itself, of which the last one counts."""
    if isinstance(error, AllModelsExhausted) and error.attempts:
        last = error.attempts[-1]
        provider, _, name = last.model.partition("/")
        return Failure(request=request, spec=replace(spec, provider=provider, name=name), error=last.error)
    return Failure(request=request, spec=spec, error=error)


def _attempts(spec: ModelSpec, error: LLMError, seconds: float) -> tuple[Attempt, ...]:
    if isinstance(error, AllModelsExhausted) and error.attempts:
        return error.attempts
    costs = [call.cost_usd for call in error.calls]
    known = [cost for cost in costs if cost is not None]
    cost_usd = sum(known, Decimal(0)) if len(known) == len(costs) else None
    return (Attempt(model=spec.id, error=error, seconds=seconds, cost_usd=cost_usd),)


def _exhausted(attempts: tuple[Attempt, ...], calls: tuple[Call, ...], route: Route) -> AllModelsExhausted:
    causes = (str(attempt.error) for attempt in attempts)
    exhausted = AllModelsExhausted("; ".join((*causes, *route.passed_over())), attempts=attempts)
    exhausted.calls = calls
    return exhausted
