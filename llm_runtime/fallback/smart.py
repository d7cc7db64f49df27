"""Fallbacks by what went wrong: those first that do not share the cause of the failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llm_runtime.errors import (
    CircuitOpen,
    ContextTooLong,
    LLMError,
    MalformedOutput,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    Refused,
    RequestTooLarge,
    WouldWaitTooLong,
)
from llm_runtime.fallback.strategy import Failure, FallbackStrategy
from llm_runtime.llm import ModelSpec

_SHARED: tuple[type[LLMError], ...] = (
    *(RateLimited, Overloaded, QuotaExhausted),
    *(WouldWaitTooLong, CircuitOpen, RequestTooLarge),
)
"""What one account, or one vendor's machines, may cause for several of its models at once."""

_FINE_TUNED = "ft:"
_WORD = re.compile(r"[a-z]+")
_GPT = frozenset({"chatgpt", "codex", "o"})


@dataclass(frozen=True, slots=True)
class SmartFallback(FallbackStrategy):
    """Asks first whoever is least likely to fail for the same reason; among equals the configured order stays.

    - Too long for the model's window: the smallest larger window, then the others, the largest first.
    - Limit, quota, overload, open breaker, too large for the limit: other providers; they share neither an account
      nor machines with the one that failed.
    - Refused or filtered: other families; siblings have mostly learned to refuse the same.
    - Empty or malformed: models that can be held to a schema.
    - Anything else: as configured.

    It leaves nobody out: the reason may turn out to be the model's own after all.
    """

    def order(self, failure: Failure, candidates: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
        """All of ``candidates``, the most promising first."""
        return tuple(sorted(candidates, key=_rank(failure)))


def family(spec: ModelSpec) -> str:
    """The first word of a model's name: models that share it come from one maker and mostly from one training.

    A gateway's path and the mark of a fine-tuned model do not count; a name without letters is a family of its own.

    Example:
        >>> gateway = ModelSpec(provider="openai", name="meta/Llama-4-70b", context_window=1, max_output_tokens=1)
        >>> family(gateway)
        'llama'
    """
    name = spec.name.lower().rpartition("/")[2].removeprefix(_FINE_TUNED)
    word = _WORD.search(name)
    if word is None:
        return name
    return "gpt" if word[0] in _GPT else word[0]


def _rank(failure: Failure) -> Callable[[ModelSpec], tuple[bool, int]]:
    """What candidates are sorted by, the least first; equals keep their order."""
    failed = failure.spec
    match failure.error:
        case ContextTooLong():
            return lambda spec: _above(failed.context_window, spec.context_window)
        case Refused():
            return lambda spec: (family(spec) == family(failed), 0)
        case MalformedOutput():
            return lambda spec: (not spec.json_schema, 0)
        case error if isinstance(error, _SHARED):
            return lambda spec: (spec.provider == failed.provider, 0)
        case _:
            return lambda _: (False, 0)


def _above(failed: int, window: int) -> tuple[bool, int]:
    return (False, window) if window > failed else (True, -window)
