"""Fallbacks one after the other, whatever went wrong: the order in which they were configured stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import ModelSpec


@dataclass(frozen=True, slots=True)
class SequentialFallback(FallbackStrategy):
    """Keeps the order in which the models were configured.

    Example:
        >>> from llm_runtime.catalog import find
        >>> from llm_runtime.errors import Overloaded
        >>> from llm_runtime.messages import Request
        >>> models = [find("gpt-5-mini"), find("claude-haiku-4-5")]
        >>> failure = Failure(request=Request(system="", question="?"), spec=find("gpt-4.1"), error=Overloaded("busy"))
        >>> [spec.id for spec in SequentialFallback().order(failure, models)]
        ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5']
    """

    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:  # noqa: ARG002 - the same for every failure
        """All of ``candidates``, as they are."""
        return tuple(candidates)
