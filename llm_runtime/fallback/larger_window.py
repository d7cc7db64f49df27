"""Models that take over what is too long for the others, and are the last resort for everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llm_runtime.context.strategy import ContextStrategy
from llm_runtime.errors import ContextTooLong
from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import ModelSpec


@dataclass(frozen=True, slots=True)
class LargerWindowFallback(FallbackStrategy):
    """Another strategy, but for requests that are too long: they go to the smallest window that suffices.

    Attributes:
        otherwise: Decides about every other failure.
        context: Knows the windows.
        kept: The ``provider/name`` of the models that are kept for what is too long.
    """

    otherwise: FallbackStrategy
    context: ContextStrategy
    kept: frozenset[str]

    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
        """All of ``candidates`` that may answer, the most suitable first."""
        if isinstance(failure.error, ContextTooLong):
            required = self.context.check_fits(failure.request, failure.spec).estimated
            sufficient = self.context.get_alternative_models(max(required, failure.spec.context_window + 1))
            larger = [spec for spec in sufficient if spec in candidates]
            return (*larger, *(spec for spec in candidates if spec not in larger))
        others = [spec for spec in candidates if spec.id not in self.kept]
        last = [spec for spec in candidates if spec.id in self.kept]
        return (*self.otherwise.order(failure, others), *last)
