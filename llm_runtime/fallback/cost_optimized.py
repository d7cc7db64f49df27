"""Fallbacks by price: the one that answers this request for the least money first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request

_UNKNOWN = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class CostOptimizedFallback(FallbackStrategy):
    """Asks the cheapest model first: the price of this request, not of a token, so long input and long output count.

    A model without a known price comes last: whoever wants to save does not gamble. Equals keep their order.

    Attributes:
        estimate: Dollars that a request may cost on a model, input and output, or None where no price is known;
            ``CostCalculator.estimate``.
    """

    estimate: Callable[[ModelSpec, Request], Decimal | None]

    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
        """All of ``candidates``, the cheapest first."""
        return tuple(sorted(candidates, key=lambda spec: self._price(spec, failure.request)))

    def _price(self, spec: ModelSpec, request: Request) -> Decimal:
        price = self.estimate(spec, request)
        return _UNKNOWN if price is None else price
