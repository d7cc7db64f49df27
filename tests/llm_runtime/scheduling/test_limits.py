from __future__ import annotations

from typing import Any

import pytest

from llm_runtime.messages import Usage
from llm_runtime.scheduling.limits import Demand, RateLimits, Shape, burst_of


@pytest.mark.parametrize(
    ("limit", "used"), [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3), (6, 4), (60, 58), (4_000, 3_998), (None, None)]
)
def test_two_requests_of_a_limit_are_left_and_below_five_one(limit: int | None, used: int | None) -> None:
    assert RateLimits(requests_per_minute=limit).caps.requests == used


def test_tokens_keep_a_margin_of_two_percent() -> None:
    caps = RateLimits(input_tokens_per_minute=30_000, output_tokens_per_minute=8_000).caps

    assert (caps.input_tokens, caps.output_tokens) == (29_400, 7_840)


@pytest.mark.parametrize(("requests", "burst"), [(1, 1), (3, 3), (18, 4), (48, 8), (58, 9), (598, 99)])
def test_the_burst_is_a_sixth_at_least_four_and_never_beyond_the_cap(requests: int, burst: int) -> None:
    assert burst_of(requests, Shape()) == burst


@pytest.mark.parametrize(
    "fields",
    [
        {"requests_per_minute": -1},
        {"input_tokens_per_minute": -5},
        {"output_tokens_per_minute": 0},
        {"requests_per_day": -1},
    ],
)
def test_a_limit_that_admits_nothing_is_refused_when_it_is_loaded(fields: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least 1, or left out where there is no limit"):
        RateLimits(**fields)  # type: ignore[arg-type] # one field each


@pytest.mark.parametrize(
    "fields", [{"window_seconds": 0}, {"burst": 0}, {"token_margin": 1.0}, {"headroom": -1}, {"token_burst": 0.0}]
)
def test_a_shape_that_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"shape|burst"):
        Shape(**fields)


def test_where_the_larger_counts_it_is_input_or_the_output_that_is_allowed() -> None:
    limits = RateLimits(input_tokens_per_minute=30_000, shape=Shape(larger_counts=True))

    assert limits.demand(input_tokens=1_000, output_tokens=4_000) == Demand(input_tokens=4_000)
    assert limits.demand(input_tokens=9_000, output_tokens=4_000) == Demand(input_tokens=9_000)
    assert limits.used(Usage(input_tokens=900, output_tokens=100), output_limit=4_000) == Demand(input_tokens=4_000)
    assert limits.used(Usage(input_tokens=8_500, output_tokens=100), output_limit=4_000) == Demand(input_tokens=8_500)


def test_cached_input_does_not_count_where_the_vendor_does_not_count_it() -> None:
    limits = RateLimits(input_tokens_per_minute=30_000, shape=Shape(cached_input_counts=False))
    usage = Usage(input_tokens=10_000, cached_input_tokens=8_000, output_tokens=50)

    assert limits.used(usage, output_limit=4_000) == Demand(input_tokens=2_000, output_tokens=50)


def test_nothing_limited_is_unlimited() -> None:
    assert RateLimits().unlimited
    assert not RateLimits(requests_per_day=1_000).unlimited
