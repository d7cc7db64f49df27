"""A model and a moment come in, dollars per token go out, read from the ``genai-prices`` package."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from llm_runtime.messages import Usage

_PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Dollars for a million tokens of one kind.

    Attributes:
        base: Up to the first step.
        steps: Pairs of input tokens and the price of *all* tokens of a call that has more input than that, the longest
            first: the vendors' long-context tiers.
    """

    base: Decimal
    steps: tuple[tuple[int, Decimal], ...] = ()

    def at(self, input_tokens: int) -> Decimal:
        """The price in a call with so much input."""
        for start, price in self.steps:
            if input_tokens > start:
                return price
        return self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Dollars of one call by kind of token; together they are the call's cost.

    Attributes:
        input: Input that no cache served.
        cached_input: Input that a cache served.
        cache_write: Input that was written to a cache.
        output: Output, reasoning included.
        saved: What the caches have saved: the same tokens without any cache, less what was paid; negative where writing
            cost more than reading saved.
    """

    input: Decimal = Decimal(0)
    cached_input: Decimal = Decimal(0)
    cache_write: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    saved: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.input + self.cached_input + self.cache_write + self.output


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Prices of a model's tokens at one moment.

    Attributes:
        input: Tokens read that no cache served.
        output: Tokens produced, reasoning included.
        cached: Tokens that a cache served; None where they cost as others.
        written: Tokens written to a cache; None where they cost as others.
        all_day: Whether the same prices hold until midnight (UTC).
    """

    input: Rate
    output: Rate
    cached: Rate | None = None
    written: Rate | None = None
    all_day: bool = True

    def cost(self, usage: Usage) -> Decimal:
        """Dollars for the tokens of one call, exactly; the tier follows from all of its input, cached or not."""
        return self.costs(usage).total

    def costs(self, usage: Usage) -> Costs:
        """The same by kind of token."""
        read, written = usage.cached_input_tokens, usage.cache_write_tokens
        # Some servers count what a cache served apart from the input.
        total = max(usage.input_tokens, read + written)
        price = self.input.at(total)
        # Where a kind has no price of its own, it costs as other input does.
        cached = price if self.cached is None else self.cached.at(total)
        stored = price if self.written is None else self.written.at(total)
        return Costs(
            input=(total - read - written) * price / _PER,
            cached_input=read * cached / _PER,
            cache_write=written * stored / _PER,
            output=usage.output_tokens * self.output.at(total) / _PER,
            saved=(read * (price - cached) + written * (price - stored)) / _PER,
        )


def find_rates(seller: str, model: str, moment: datetime) -> Rates | None:
    """What a seller takes for a model's tokens at a moment; None where no price of tokens both ways is published.

    Args:
        seller: ``openai``, ``anthropic`` or ``google``.
        model: The model's name, dated or not.
        moment: In UTC.
    """
    prices: Any = importlib.import_module("genai_prices")
    try:
        found = prices.calc_price(prices.Usage(), model, provider_id=seller, genai_request_timestamp=moment)
    except LookupError:
        return None
    price, dated = found.model_price, found.model.prices
    if price.input_mtok is None or price.output_mtok is None:
        return None
    return Rates(
        input=_rate(price.input_mtok),
        output=_rate(price.output_mtok),
        cached=None if price.cache_read_mtok is None else _rate(price.cache_read_mtok),
        written=None if price.cache_write_mtok is None else _rate(price.cache_write_mtok),
        all_day=not isinstance(dated, list) or all(_from_midnight(each.constraint) for each in dated),
    )


def _rate(price: Any) -> Rate:
    if isinstance(price, Decimal):
        return Rate(price)
    return Rate(price.base, tuple((tier.start, tier.price) for tier in reversed(price.tiers)))


def _from_midnight(constraint: Any) -> bool:
    """Prices change at midnight or, with some sellers, by the hour; only the former name a date alone."""
    return constraint is None or hasattr(constraint, "start_date")
