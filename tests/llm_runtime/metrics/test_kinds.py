from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.messages import Usage
from llm_runtime.metrics.kinds import token_kinds


@given(*[st.integers(min_value=0, max_value=10_000)] * 5)
def test_every_token_is_of_one_kind(fresh: int, cached: int, written: int, said: int, reasoned: int) -> None:
    usage = Usage(
        input_tokens=fresh + cached + written,
        cached_input_tokens=cached,
        cache_write_tokens=written,
        output_tokens=said + reasoned,
        reasoning_tokens=reasoned,
    )

    assert sum(token_kinds(usage).values()) == usage.input_tokens + usage.output_tokens


def test_parts_that_are_more_than_the_whole_make_no_kind_negative() -> None:
    assert token_kinds(Usage(input_tokens=10, cached_input_tokens=12)) == {"cached_input": 12}
