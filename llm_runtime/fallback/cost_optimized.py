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

    Example:
        >>> from llm_runtime.catalog import find
        >>> from llm_runtime.errors import Overloaded
        >>> models = [find("gpt-5-mini"), find("claude-haiku-4-5"), find("gemini-2.5-flash")]
        >>> dollars = {"openai/gpt-5-mini": Decimal("0.02"), "anthropic/claude-haiku-4-5": Decimal("0.01")}
        >>> cheapest_first = CostOptimizedFallback(lambda spec, request: dollars.get(spec.id))
        >>> failure = Failure(request=Request(system="", question="?"), spec=find("gpt-4.1"), error=Overloaded("busy"))
        >>> [spec.id for spec in cheapest_first.order(failure, models)]
        ['anthropic/claude-haiku-4-5', 'openai/gpt-5-mini', 'gemini/gemini-2.5-flash']
    """

    estimate: Callable[[ModelSpec, Request], Decimal | None]

    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
        """All of ``candidates``, the cheapest first."""
        return tuple(sorted(candidates, key=lambda spec: self._price(spec, failure.request)))

    def _price(self, spec: ModelSpec, request: Request) -> Decimal:
        price = self.estimate(spec, request)
        return _UNKNOWN if price is None else price
