"""A layer that measures: each call's time, tokens and dollars are noted, on answers and on errors alike."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from llm_runtime.analytics.identity import new_id
from llm_runtime.clock import Clock
from llm_runtime.cost.budget import BudgetEnforcingTracker, Reservation
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.rates import Costs
from llm_runtime.errors import AnswerUnusable, ConnectionFailed, LLMError, ServerFailed, TimedOut
from llm_runtime.events import CallEnded, Observer, Observers, PriceUnknown
from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.messages import Call, Completion, Request, Usage
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.tokens import estimate_request

_ANSWERED = 200


class MeteredLLM:
    """An LLM whose calls are accounted for and, under a budget, paid for from it."""

    def __init__(
        self,
        llm: LLM,
        calculator: CostCalculator,
        clock: Clock,
        *,
        observer: Observer | None = None,
        budget: BudgetEnforcingTracker | None = None,
        cancellation: Cancellation | None = None,
        estimate: Callable[[Request], int] = estimate_request,
        tier: str = "",
        role: str = "",
    ) -> None:
        """Hold an LLM.

        Args:
            llm: Makes one call for each request.
            calculator: Knows the prices.
            clock: Measures the calls.
            observer: Is told of every call as it ends, and of those without a price.
            budget: Pays for the calls; it is told of them and need not be an observer, too.
            cancellation: Ends the wait for money that other calls hold.
            estimate: Tokens of a request's input, for what is set aside.
            tier: The tier whose limits are kept, for those who keep books.
            role: When this model of a chain is asked, for those who keep books.
        """
        self._llm = llm
        self._calculator = calculator
        self._clock = clock
        self._observer = observer or Observers()
        self._budget = budget
        self._cancellation = cancellation
        self._estimate = estimate
        self._tier = tier
        self._role = role

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._llm.spec

    def complete(self, request: Request) -> Completion:
        """Ask once and note the call in ``Completion.calls`` or ``LLMError.calls``.

        Raises:
            BudgetExceeded: The call may cost more than is left, or nobody knows what it costs; nothing was sent.
            LedgerUnavailable: Nobody knows what is left of the budget; nothing was sent.
            Cancelled: Nobody wants the answer any more; nothing was sent.
            TimedOut: The request's time passed while money was waited for; nothing was sent.
            LLMError: What the LLM itself raises.
        """
        asked = self._clock.monotonic()
        with self.funded(request) as complete:
            return complete(self._in_what_is_left(request, self._clock.monotonic() - asked))

    @contextmanager
    def funded(self, request: Request) -> Iterator[Callable[[Request], Completion]]:
        """Set aside what one call may cost; within the block it can be made, without any further wait.

        Raises:
            BudgetExceeded: The call may cost more than is left, or nobody knows what it costs.
            LedgerUnavailable: Nobody knows what is left of the budget.
            Cancelled: Nobody wants the answer any more.
        """
        with self._reserved(request) as reservation:
            # Until it is sent it costs nothing, however the block ends.
            reservation.settle(Decimal(0))
            yield functools.partial(self._complete, reservation)

    def _complete(self, reservation: Reservation, request: Request) -> Completion:
        # From here on an interruption leaves a call under way.
        reservation.settle(reservation.amount)
        started_at, started = self._clock.now(), self._clock.monotonic()
        try:
            completion = self._llm.complete(request)
        except LLMError as error:
            call = self._call(started_at, started, _usage(error), error)
            error.calls = (*error.calls, call)
            self._settle(reservation, call, request, error.completion if isinstance(error, AnswerUnusable) else None)
            raise
        call = self._call(started_at, started, completion.usage, None)
        self._settle(reservation, call, request, completion)
        return replace(completion, calls=(*completion.calls, call))

    def _reserved(self, request: Request) -> AbstractContextManager[Reservation]:
        if self._budget is None:
            return nullcontext(Reservation(Decimal(0)))
        amount = self._calculator.estimate(self.spec, request, self._estimate(request))
        return self._budget.reserved(
            self.spec, amount, timeout_seconds=request.timeout_seconds, cancellation=self._cancellation
        )

    def _in_what_is_left(self, request: Request, waited: float) -> Request:
        """The request with less time by what went by while money was waited for."""
        if request.timeout_seconds is None or waited <= 0:
            return request
        left = request.timeout_seconds - waited
        if left <= 0:
            raise TimedOut(
                f"{self.spec.id}: the deadline passed while waiting for what other calls had set aside; allow more "
                "time, or raise the cap",
                provider=self.spec.provider,
                model=self.spec.name,
            )
        return replace(request, timeout_seconds=left)

    def _settle(self, reservation: Reservation, call: Call, request: Request, completion: Completion | None) -> None:
        """Where nobody knows what it cost, all that was set aside counts: a cap that is sometimes passed is none."""
        reservation.settle(reservation.amount if call.cost_usd is None else call.cost_usd, call)
        self._observer.record(
            CallEnded(
                call=call,
                id=new_id(),
                request=request,
                completion=completion,
                costs=self._costs(call),
                tier=self._tier,
                role=self._role,
            )
        )
        if call.cost_usd is None and (call.error is None or call.usage is not None):
            self._observer.record(PriceUnknown(provider=call.provider, model=call.model))

    def _call(self, started_at: datetime, started: float, usage: Usage | None, error: LLMError | None) -> Call:
        return Call(
            provider=self.spec.provider,
            model=self.spec.name,
            usage=usage,
            cost_usd=Decimal(0) if error is not None and _unbilled(error) else self._cost(usage),
            started_at=started_at,
            seconds=self._clock.monotonic() - started,
            error=None if error is None else type(error).__name__,
            detail="" if error is None else str(error),
        )

    def _costs(self, call: Call) -> Costs | None:
        if call.cost_usd is None:
            return None
        return Costs() if call.usage is None else self._calculator.costs(self.spec, call.usage)

    def _cost(self, usage: Usage | None) -> Decimal | None:
        """Dollars, or None: a server that counts no tokens at all (some proxies) leaves the cost unknown, not zero."""
        return self._calculator.cost(self.spec, usage) if usage not in (None, Usage()) else None


def _usage(error: LLMError) -> Usage | None:
    if isinstance(error, AnswerUnusable) and error.completion is not None:
        return error.completion.usage
    return None


def _unbilled(error: LLMError) -> bool:
    """Whether a failed call certainly cost nothing: it was refused before a model worked on it.

    A provider may have worked, nobody knows how long, where there was no answer in time, a connection was cut, or
    nobody can read the answer.
    """
    if _usage(error) is not None:
        return False
    if isinstance(error, ConnectionFailed):
        return not error.sent
    unread = isinstance(error, ServerFailed) and error.status in (None, _ANSWERED)
    return not unread and not isinstance(error, TimedOut)
