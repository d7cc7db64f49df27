"""A layer that measures: each call's time, tokens and dollars are noted, on answers and on errors alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from decimal import Decimal

from llm_runtime.clock import Clock
from llm_runtime.cost.budget import Budget, Reservation
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.errors import AnswerUnusable, BudgetExceeded, ConnectionFailed, LLMError, ServerFailed, TimedOut
from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.messages import Call, Completion, Request, Usage

_ANSWERED = 200


class MeteredLLM:
    """An LLM whose calls are accounted for and, under a budget, paid for from it."""

    def __init__(self, llm: LLM, calculator: CostCalculator, clock: Clock, budget: Budget | None = None) -> None:
        self._llm = llm
        self._calculator = calculator
        self._clock = clock
        self._budget = budget

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._llm.spec

    def complete(self, request: Request) -> Completion:
        """Ask once and note the call in ``Completion.calls`` or ``LLMError.calls``.

        Raises:
            BudgetExceeded: The call may cost more than is left, or nobody knows what it costs; nothing was sent.
            LLMError: What the LLM itself raises.
        """
        with self._reserved(request) as reservation:
            started = self._clock.monotonic()
            try:
                completion = self._llm.complete(request)
            except LLMError as error:
                call = self._call(started, _usage(error), error)
                error.calls = (*error.calls, call)
                reservation.settle(_charge(call, error, reservation))
                raise
            call = self._call(started, completion.usage, None)
            reservation.settle(reservation.amount if call.cost_usd is None else call.cost_usd)
            return replace(completion, calls=(*completion.calls, call))

    @contextmanager
    def _reserved(self, request: Request) -> Iterator[Reservation]:
        if self._budget is None:
            with nullcontext(Reservation(Decimal(0))) as free:
                yield free
            return
        amount = self._calculator.estimate(self.spec, request)
        if amount is None:
            raise BudgetExceeded(
                f"{self.spec.id}: no price is known, so a cap of ${self._budget.limit_usd} cannot be kept; "
                "take a model with a published price, or leave the cap out",
                provider=self.spec.provider,
                model=self.spec.name,
            )
        with self._budget.reserved(amount) as reservation:
            yield reservation

    def _call(self, started: float, usage: Usage | None, error: LLMError | None) -> Call:
        return Call(
            provider=self.spec.provider,
            model=self.spec.name,
            usage=usage,
            cost_usd=self._cost(usage),
            seconds=self._clock.monotonic() - started,
            error=None if error is None else type(error).__name__,
            detail="" if error is None else str(error),
        )

    def _cost(self, usage: Usage | None) -> Decimal | None:
        """Dollars, or None: a server that counts no tokens at all (some proxies) leaves the cost unknown, not zero."""
        return self._calculator.cost(self.spec, usage) if usage not in (None, Usage()) else None


def _usage(error: LLMError) -> Usage | None:
    if isinstance(error, AnswerUnusable) and error.completion is not None:
        return error.completion.usage
    return None


def _charge(call: Call, error: LLMError, reservation: Reservation) -> Decimal:
    """What a failed call counts against the budget.

    Where the provider may have worked and nobody knows how long (no answer in time, a connection cut, a body that
    nobody can read), the whole amount set aside counts: a cap that is sometimes passed is none. Any other failure
    without usage is not billed.
    """
    if call.usage is not None:
        return reservation.amount if call.cost_usd is None else call.cost_usd
    unread = isinstance(error, ServerFailed) and error.status in (None, _ANSWERED)
    if unread or isinstance(error, (TimedOut, ConnectionFailed)):
        return reservation.amount
    return Decimal(0)
