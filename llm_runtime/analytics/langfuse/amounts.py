"""Tokens and dollars, as Langfuse names their kinds."""

from __future__ import annotations

from llm_runtime.analytics.langfuse.names import UsageKey
from llm_runtime.analytics.records import Generation
from llm_runtime.messages import Usage


def usage_details(usage: Usage) -> dict[str, int]:
    """Tokens as Langfuse counts them: none is of two kinds, and a kind's name says whether it is input or output."""
    return {
        UsageKey.INPUT.value: max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens),
        UsageKey.CACHED_INPUT.value: usage.cached_input_tokens,
        UsageKey.CACHE_WRITE.value: usage.cache_write_tokens,
        UsageKey.OUTPUT.value: max(0, usage.output_tokens - usage.reasoning_tokens),
        UsageKey.REASONING.value: usage.reasoning_tokens,
        UsageKey.TOTAL.value: usage.input_tokens + usage.output_tokens,
    }


def cost_details(one: Generation) -> dict[str, float] | None:
    """Dollars by kind of token, ``output`` with reasoning; None where nobody knows. Exact dollars are in metadata."""
    if one.cost_usd is None:
        return None
    total = {UsageKey.TOTAL.value: float(one.cost_usd)}
    if one.costs is None:
        return total
    return {
        UsageKey.INPUT.value: float(one.costs.input),
        UsageKey.CACHED_INPUT.value: float(one.costs.cached_input),
        UsageKey.CACHE_WRITE.value: float(one.costs.cache_write),
        UsageKey.OUTPUT.value: float(one.costs.output),
        **total,
    }
