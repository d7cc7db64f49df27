"""The tokens of a call come in, how many there are of each kind goes out; none is of two kinds."""

from __future__ import annotations

from collections.abc import Mapping

from llm_runtime.messages import Usage


def token_kinds(usage: Usage) -> Mapping[str, int]:
    """Tokens by kind, so that a sum over the kinds is all tokens; kinds without any are left out.

    Example:
        >>> token_kinds(Usage(input_tokens=1_000, cached_input_tokens=600, output_tokens=200, reasoning_tokens=150))
        {'input': 400, 'cached_input': 600, 'output': 50, 'reasoning': 150}
    """
    kinds = {
        "input": usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens,
        "cached_input": usage.cached_input_tokens,
        "cache_write": usage.cache_write_tokens,
        "output": usage.output_tokens - usage.reasoning_tokens,
        "reasoning": usage.reasoning_tokens,
    }
    # A server whose parts are more than its whole would make a counter go down.
    return {kind: tokens for kind, tokens in kinds.items() if tokens > 0}
