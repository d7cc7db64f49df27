"""Fallbacks one after the other, whatever went wrong: the order in which they were configured stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import ModelSpec


@dataclass(frozen=True, slots=True)
class SequentialFallback(FallbackStrategy):
    """Keeps the order in which the models were configured."""

    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:  # noqa: ARG002 - the same for every failure
        """All of ``candidates``, as they are."""
        return tuple(candidates)
