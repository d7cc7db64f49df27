"""The port of what decides which model is asked after one has failed: a failure comes in, an order goes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from llm_runtime.errors import LLMError
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A model did not answer.

    Attributes:
        request: What was asked, as the caller made it, not as it was fitted to the model.
        spec: The model that failed.
        error: Why it failed; never an ``AllModelsExhausted``, but the error within it.
    """

    request: Request
    spec: ModelSpec
    error: LLMError


class FallbackStrategy(ABC):
    """Puts models into an order and does nothing else: it asks nobody, waits for nothing and remembers nothing.

    Example:
        >>> class Backwards(FallbackStrategy):
        ...     '''The last one first.'''
        ...
        ...     def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
        ...         return tuple(reversed(candidates))
    """

    @abstractmethod
    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
        """Which models to ask next.

        Args:
            failure: The model that failed last, and why.
            candidates: The models that may be asked, in the order in which they were configured: each fits the
                request, can be paid, can do what the request asks for, and is not known to be broken.

        Returns:
            Some of ``candidates``; the first is asked next. If that fails too, the strategy is asked again, with the
            new failure. A model that is left out is not asked for this request any more.
        """
