"""What a second look may cost: what the first pass cost goes in, what fits beside it comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from llm_runtime.messages import Usage
from llm_runtime.tokens import estimate_request
from reviewers.review import total_cost

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from llm_runtime.messages import Call, Request

SHARE = Decimal("0.35")
"""Of the first pass's cost: what verification and debate together stay under."""

PLANNED_SHARE = Decimal("0.30")
"""What is planned for, as tokens are estimated before they are counted (``llm_runtime.tokens``: 0.83 at worst)."""

OUTPUT_LIMITS = (4_096, 3_072, 2_048, 1_536)
"""Upper bounds of an answer with its reasoning; the first with which all questions fit is taken, and with less than
the last an answer would be cut off, and paid for."""

Price = Callable[["ModelSpec", Usage], Decimal | None]
_OUTPUT_WEIGHT = 5
"""An output token's price in input tokens, with all three vendors' present models."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What is left for second looks; in dollars where all prices are known, else in millions of weighted tokens.

    Attributes:
        left: How much.
        price: Dollars for some usage of a model, or None where unknown; not asked where tokens are counted.
        dollars: Which of the two it holds.
    """

    left: Decimal
    price: Price
    dollars: bool

    def worst(self, model: ModelSpec, request: Request) -> Decimal:
        """What a question costs at most: nothing read from a cache, all output used."""
        output = min(request.max_output_tokens, model.max_output_tokens)
        tokens = estimate_request(request)
        # Nothing is marked for a cache, but some vendors write what they read to one unasked, and charge for it.
        return max(
            self._worth(model, Usage(input_tokens=tokens, output_tokens=output)),
            self._worth(model, Usage(input_tokens=tokens, cache_write_tokens=tokens, output_tokens=output)),
        )

    def holds(self, questions: Iterable[tuple[ModelSpec, Request]]) -> bool:
        """Whether all of them can be paid for, whatever the answers turn out to be."""
        return sum((self.worst(model, request) for model, request in questions), Decimal(0)) <= self.left

    def without(self, calls: Sequence[Call], worst: Decimal) -> Purse:
        """The purse after some calls.

        Args:
            calls: What was exchanged.
            worst: What is taken instead where a part of it is not accounted for.
        """
        spent = _spent(calls, dollars=self.dollars)
        return Purse(self.left - (worst if spent is None else spent), self.price, self.dollars)

    def _worth(self, model: ModelSpec, usage: Usage) -> Decimal:
        if not self.dollars:
            return _weight(usage)
        cost = self.price(model, usage)
        assert cost is not None  # noqa: S101 - a purse of dollars is made where all prices are known
        return cost


def purse(
    first_pass: Sequence[Call], models: Iterable[ModelSpec], price: Price, *, earlier_usd: Decimal = Decimal(0)
) -> Purse:
    """What may be spent on second looks beside a first pass.

    Args:
        first_pass: Its calls.
        models: All that may be asked.
        price: Dollars for some usage of a model, or None where unknown.
        earlier_usd: Dollars of earlier attempts at the same review, whose answers are kept.
    """
    dollars = total_cost(tuple(first_pass))
    priced = all(price(model, Usage(input_tokens=1)) is not None for model in models)
    if dollars is not None and priced:
        return Purse((dollars + earlier_usd) * PLANNED_SHARE, price, dollars=True)
    tokens = _spent([call for call in first_pass if call.usage is not None], dollars=False) or Decimal(0)
    return Purse(tokens * PLANNED_SHARE, price, dollars=False)


def _spent(calls: Sequence[Call], *, dollars: bool) -> Decimal | None:
    if dollars:
        return total_cost(tuple(calls))
    if any(call.usage is None and call.error is None for call in calls):
        return None
    return sum((_weight(call.usage) for call in calls if call.usage is not None), Decimal(0))


def _weight(usage: Usage) -> Decimal:
    """Millions of input tokens that it is worth; one that a cache served is worth a tenth."""
    fresh = usage.input_tokens - usage.cached_input_tokens
    tenths = 10 * fresh + usage.cached_input_tokens + 10 * _OUTPUT_WEIGHT * usage.output_tokens
    return Decimal(tenths) / Decimal(10_000_000)
