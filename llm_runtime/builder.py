"""The order of the layers, in one place: fallback over metering over a provider."""

from __future__ import annotations

from collections.abc import Sequence

from llm_runtime.clock import Clock
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.llm import LLM


def get_llm(
    providers: Sequence[LLM],
    calculator: CostCalculator,
    clock: Clock,
    budget: BudgetEnforcingTracker | None = None,
) -> LLM:
    """An LLM that asks the first of ``providers``, falls back to the others, and accounts for every call.

    Metering is inside, next to each provider, so that every attempt is a call of its own. What schedules calls
    belongs between the two layers: a wait must not count as a call's time.

    Args:
        providers: At least one, as ``Provider.build`` makes them.
        calculator: Knows the prices.
        clock: Measures the calls.
        budget: The caps for all LLMs that are given the same one.
    """
    primary, *fallbacks = (MeteredLLM(provider, calculator, clock, budget=budget) for provider in providers)
    return AutoPickerLLM(primary, fallbacks)
