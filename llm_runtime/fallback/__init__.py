"""What to do when a model does not answer: ask another one. The orders in which that is done, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from llm_runtime.fallback.cost_optimized import CostOptimizedFallback
from llm_runtime.fallback.latency_optimized import LatencyOptimizedFallback
from llm_runtime.fallback.sequential import SequentialFallback
from llm_runtime.fallback.smart import SmartFallback
from llm_runtime.fallback.strategy import FallbackStrategy
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a strategy may go by.

    Attributes:
        estimate: Dollars that a request may cost on a model, or None where no price is known.
        p50: Median seconds of a model's answers by its ``provider/name``, or None where it was not measured.
    """

    estimate: Callable[[ModelSpec, Request], Decimal | None]
    p50: Callable[[str], float | None]


FALLBACK_STRATEGIES: Mapping[str, Callable[[Figures], FallbackStrategy]] = {
    "sequential": lambda _: SequentialFallback(),
    "smart": lambda _: SmartFallback(),
    "cost_optimized": lambda figures: CostOptimizedFallback(figures.estimate),
    "latency_optimized": lambda figures: LatencyOptimizedFallback(figures.p50),
}
