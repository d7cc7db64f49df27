"""Tokens and dollars by Langfuse's kinds come in, ours go out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from llm_runtime.analytics.langfuse.names import UsageKey
from llm_runtime.analytics.langfuse.said import dollars
from llm_runtime.cost.rates import Costs
from llm_runtime.messages import Usage

_INPUT, _OUTPUT = ("input", "prompt"), ("output", "completion")
_WRITTEN = ("creation", "write")
_MOST = 2**62


def usage_of(details: Mapping[str, int]) -> Usage | None:
    """Tokens, by what the names of their kinds say; none is of two kinds.

    Kinds are anybody's to name; Langfuse itself adds those with ``input`` and those with ``output`` in their name
    (https://langfuse.com/docs/observability/features/token-and-cost-tracking).

    >>> usage_of({"input": 100, "cache_read_input_tokens": 900, "output": 20, "total": 1020})
    Usage(input_tokens=1000, cached_input_tokens=900, cache_write_tokens=0, output_tokens=20, reasoning_tokens=0)
    """
    counted = {name.lower(): min(max(0, count), _MOST) for name, count in details.items()}
    read = {name: count for name, count in counted.items() if any(word in name for word in _INPUT)}
    made = {
        name: count for name, count in counted.items() if name not in read and any(word in name for word in _OUTPUT)
    }
    if not read and not made:
        return None
    cached = {name: count for name, count in read.items() if "cache" in name}
    written = sum(count for name, count in cached.items() if any(word in name for word in _WRITTEN))
    return Usage(
        input_tokens=sum(read.values()),
        cached_input_tokens=sum(cached.values()) - written,
        cache_write_tokens=written,
        output_tokens=sum(made.values()),
        reasoning_tokens=sum(count for name, count in made.items() if "reasoning" in name),
    )


def costs_of(details: Mapping[str, float], saved: Decimal | None) -> Costs | None:
    """Dollars by kind; None where only their sum is known."""
    if saved is None:
        return None
    return Costs(
        input=_dollars(details, UsageKey.INPUT),
        cached_input=_dollars(details, UsageKey.CACHED_INPUT),
        cache_write=_dollars(details, UsageKey.CACHE_WRITE),
        output=_dollars(details, UsageKey.OUTPUT),
        saved=saved,
    )


def _dollars(details: Mapping[str, float], kind: UsageKey) -> Decimal:
    return dollars(details.get(kind.value)) or Decimal(0)
