"""LLMs with limits of their own that follow a script: what the fallback is tested over."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.errors import LLMError
from llm_runtime.events import Event, FellBack
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Call, Completion, Request
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, Step, completion


class ScheduledDouble(ScriptedLLM):
    """Answers by its script; notes for each request whether another model was ready then, None if there was none."""

    def __init__(
        self, model: ModelSpec, *steps: Step, broken: bool = False, clock: FakeClock | None = None, seconds: float = 0.0
    ) -> None:
        super().__init__(model, *steps)
        self.broken = broken
        self.ready: list[bool | None] = []
        self._clock = clock
        self._seconds = seconds

    def available(self) -> bool:
        return not self.broken

    def complete(self, request: Request, *, fallback_ready: Callable[[], bool] | None = None) -> Completion:
        self.ready.append(fallback_ready() if fallback_ready else None)
        if self._clock is not None:
            self._clock.advance(self._seconds)
        return super().complete(request)


class PriceList(CostCalculator):
    """Knows what a request costs on each model, whatever it asks."""

    def __init__(self, prices: dict[str, Decimal]) -> None:
        super().__init__(FakeClock())
        self._prices = prices

    def estimate(self, spec: ModelSpec, request: Request, input_tokens: int | None = None) -> Decimal | None:
        return self._prices.get(spec.id)


class Fallbacks:
    """An observer that keeps who stood in for whom."""

    def __init__(self) -> None:
        self.seen: list[FellBack] = []

    def record(self, event: Event) -> None:
        if isinstance(event, FellBack):
            self.seen.append(event)


def failing(kind: type[LLMError], name: str = "any", *, cost: str | None = None) -> LLMError:
    """An error with the one call behind it."""
    error = kind(f"{name} says no")
    error.calls = (
        Call(provider="any", model=name, error=kind.__name__, cost_usd=None if cost is None else Decimal(cost)),
    )
    return error


def answering(model: ModelSpec) -> ScheduledDouble:
    """An LLM that answers with its own name."""
    return ScheduledDouble(model, completion(model.id))
