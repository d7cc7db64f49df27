from __future__ import annotations

from llm_runtime.messages import Usage


def test_usage_adds_up_part_by_part() -> None:
    one = Usage(input_tokens=10, cached_input_tokens=4, cache_write_tokens=3, output_tokens=2, reasoning_tokens=1)

    assert one + Usage(input_tokens=1, output_tokens=1) == Usage(
        input_tokens=11, cached_input_tokens=4, cache_write_tokens=3, output_tokens=3, reasoning_tokens=1
    )
