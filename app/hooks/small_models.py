"""Keys in; the cheapest models that they reach out, for reviews that somebody waits for at a prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from llm_runtime.catalog import MODELS
from llm_runtime.messages import Usage

if TYPE_CHECKING:
    from llm_runtime.cost.calculator import CostCalculator
    from llm_runtime.llm import ModelSpec

_A_QUESTION = Usage(input_tokens=8_000, output_tokens=1_000)
"""What a small change costs; only the order that follows from it counts."""


def small_models(available: Callable[[str], bool], calculator: CostCalculator) -> tuple[ModelSpec, ...]:
    """The cheapest model of each vendor that can be asked, the cheapest first; the others stand in for it.

    Of equal prices, the one that stands first in the catalogue counts, where the newest do. A model without a known
    price is never the cheapest.

    Args:
        available: Whether a vendor can be asked.
        calculator: Knows the prices of today.
    """
    cheapest: dict[str, tuple[Decimal, ModelSpec]] = {}
    for spec in MODELS:
        price = calculator.cost(spec, _A_QUESTION) if available(spec.provider) else None
        if price is not None and (spec.provider not in cheapest or price < cheapest[spec.provider][0]):
            cheapest[spec.provider] = (price, spec)
    return tuple(spec for _, spec in sorted(cheapest.values(), key=lambda each: each[0]))


def not_waiting(spec: ModelSpec) -> ModelSpec:
    """The same model, for a run in which no question waits until another one has filled the vendor's cache."""
    return replace(spec, least_cached_tokens=None)
