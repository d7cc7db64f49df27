"""Fallbacks by speed: the one that has answered fastest so far first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import ModelSpec


@dataclass(frozen=True, slots=True)
class LatencyOptimizedFallback(FallbackStrategy):
    """Asks the model with the lowest measured median first.

    A model that has not been measured comes after all that have been, in the configured order: when something has just
    failed, an answer that is known to come is worth more than a chance of a faster one. It is measured whenever it is
    asked, here or as somebody's primary, so it does not stay behind for want of figures alone.

    Attributes:
        p50: Median seconds of a model's answers by its ``provider/name``, or None where it was not measured.

    Example:
        >>> from llm_runtime.catalog import find
        >>> from llm_runtime.errors import Overloaded
        >>> from llm_runtime.messages import Request
        >>> models = [find("gpt-5-mini"), find("claude-haiku-4-5"), find("gemini-2.5-flash")]
        >>> medians = {"anthropic/claude-haiku-4-5": 9.0, "gemini/gemini-2.5-flash": 4.0}
        >>> failure = Failure(request=Request(system="", question="?"), spec=find("gpt-4.1"), error=Overloaded("busy"))
        >>> [spec.name for spec in LatencyOptimizedFallback(medians.get).order(failure, models)]
        ['gemini-2.5-flash', 'claude-haiku-4-5', 'gpt-5-mini']
    """

    p50: Callable[[str], float | None]

    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:  # noqa: ARG002 - the same for every failure
        """All of ``candidates``, the fastest first."""
        return tuple(sorted(candidates, key=self._median))

    def _median(self, spec: ModelSpec) -> float:
        median = self.p50(spec.id)
        return math.inf if median is None else median
