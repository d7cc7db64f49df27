"""A model and some tokens come in, dollars go out; what has no published price stays unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.cost.rates import Costs, Rates, find_rates
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request, Usage
from llm_runtime.tokens import estimate_request

_SELLERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}
_OPEN_WEIGHTS = "gpt-oss"
# An estimate of tokens is 0.83 of the truth at worst (llm_runtime.tokens), and a cap must hold then, too.
_PART_ON_TOP = 4


class CostCalculator:
    """Prices of the three vendors as the ``genai-prices`` package carries them, with tiers, cache prices and dates.

    The package's own snapshot is read; its updater, the only part that goes to the network, is never started. A
    vendor's model that a proxy or gateway serves is priced as the vendor prices it.

    Example:
        >>> spec = ModelSpec(provider="openai", name="gpt-6.1-sol", context_window=1, max_output_tokens=1)
        >>> CostCalculator().cost(spec, Usage(input_tokens=100_000, output_tokens=1_000))
        Decimal('0.21')
    """

    def __init__(self, clock: Clock | None = None) -> None:
        """Prices change on dates, so the calculator needs to know what day it is; by default the machine's."""
        self._clock = clock or SystemClock()
        self._found: dict[tuple[str, str], tuple[date, Rates | None]] = {}

    def cost(self, spec: ModelSpec, usage: Usage) -> Decimal | None:
        """Dollars for that usage today, exactly; None where no price is known.

        Models with open weights have no price here: what a snapshot says of them is some reseller's, and whoever
        names one runs it on a machine of their own.
        """
        rates = self._rates(spec)
        return None if rates is None else rates.cost(usage) or Decimal(0)

    def costs(self, spec: ModelSpec, usage: Usage) -> Costs | None:
        """The same by kind of token."""
        rates = self._rates(spec)
        return None if rates is None else rates.costs(usage)

    def estimate(self, spec: ModelSpec, request: Request, input_tokens: int | None = None) -> Decimal | None:
        """Dollars that a request may cost at most: nothing read from a cache, all output used.

        Input costs what is dearer, to be read or to be written to a cache, and a quarter more of it is assumed than
        was estimated.

        Args:
            spec: The model that is asked.
            request: What is asked.
            input_tokens: Its input, where somebody has estimated it already.
        """
        tokens = estimate_request(request) if input_tokens is None else input_tokens
        tokens += -(-tokens // _PART_ON_TOP)
        output = min(request.max_output_tokens, spec.max_output_tokens)
        rates = self._rates(spec)
        if rates is None:
            return None
        read = Usage(input_tokens=tokens, output_tokens=output)
        return max(rates.cost(read), rates.cost(replace(read, cache_write_tokens=tokens)))

    def _rates(self, spec: ModelSpec) -> Rates | None:
        """Looking a price up takes a hundred times as long as using it, so it is looked up once a day."""
        seller = _SELLERS.get(spec.provider)
        if seller is None or spec.name.startswith(_OPEN_WEIGHTS):
            return None
        now = self._clock.now()
        key = (seller, spec.name)
        day, rates = self._found.get(key, (None, None))
        if day != now.date():
            rates = find_rates(seller, spec.name, now)
            if rates is None or rates.all_day:
                self._found[key] = (now.date(), rates)
        return rates
