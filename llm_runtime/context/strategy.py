"""A request and a model come in, whether the one fits the other goes out, before anything is reserved or sent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llm_runtime.context.fitting import least_output
from llm_runtime.errors import ContextTooLong
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request

Count = Callable[[Request, str], int]
"""Tokens of a request's input, as the model of that id (``provider/name``) counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether a request fits a model.

    Attributes:
        fits: Whether it does.
        estimated: Tokens that the request is estimated to take, without its answer.
        maximum: Tokens that it may take, so that there is room for an answer.
    """

    fits: bool
    estimated: int
    maximum: int


class ContextStrategy(ABC):
    """Decides whether a request fits a model, and which other models it would fit."""

    @abstractmethod
    def check_fits(self, request: Request, model: ModelSpec) -> Fit:
        """Whether the model's window takes the request and leaves room for an answer."""

    @abstractmethod
    def get_alternative_models(self, required_tokens: int) -> Sequence[ModelSpec]:
        """Models whose window takes so many tokens, input and answer together; the smallest window first."""


class LargeContextFallback(ContextStrategy):
    """Goes by windows alone: the smallest that suffices, because a larger one is rarely better and often dearer.

    Example:
        >>> small = ModelSpec(provider="openai", name="s", context_window=128_000, max_output_tokens=16_000)
        >>> large = ModelSpec(provider="gemini", name="l", context_window=1_048_576, max_output_tokens=32_000)
        >>> fallback = LargeContextFallback([large, small], lambda request, model: len(request.question))
        >>> [model.id for model in fallback.get_alternative_models(100_000)]
        ['openai/s', 'gemini/l']
        >>> [model.id for model in fallback.get_alternative_models(200_000)]
        ['gemini/l']
    """

    def __init__(self, models: Sequence[ModelSpec], count: Count) -> None:
        """Know some models.

        Args:
            models: Those that may take over; in any order.
            count: Estimates the tokens of a request.
        """
        self._models = tuple(sorted(models, key=lambda model: model.context_window))
        self._count = count

    def check_fits(self, request: Request, model: ModelSpec) -> Fit:
        """Whether the model's window takes the request and leaves room for an answer worth having."""
        estimated = self._count(request, model.id)
        maximum = max(0, model.context_window - least_output(request, model))
        return Fit(fits=estimated <= maximum, estimated=estimated, maximum=maximum)

    def get_alternative_models(self, required_tokens: int) -> Sequence[ModelSpec]:
        """Models whose window takes so many tokens; the smallest window first, of equal ones the first named."""
        return tuple(model for model in self._models if model.context_window >= required_tokens)


def too_long(fit: Fit, model: ModelSpec) -> ContextTooLong:
    """The error for a request that does not fit, with the tokens and the limit."""
    return ContextTooLong(
        f"{model.id}: about {fit.estimated:,} tokens, but beside an answer its window takes {fit.maximum:,}; ask about "
        "less at once, or take a model with a larger window",
        provider=model.provider,
        model=model.name,
    )
