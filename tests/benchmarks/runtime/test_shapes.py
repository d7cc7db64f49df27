from __future__ import annotations

import pytest

from tests.benchmarks.runtime.shapes import SHAPES


def test_a_window_of_sixty_could_take_300_calls_in_four_minutes() -> None:
    assert SHAPES["sliding"].ideal_seconds([300] * 300, 60.0) == pytest.approx(240.0)


def test_who_is_never_rejected_needs_no_longer_where_rejected_calls_count() -> None:
    assert SHAPES["rejected"].ideal_seconds([300] * 300, 60.0) == pytest.approx(240.0)


def test_a_bucket_takes_its_burst_and_then_a_call_a_second() -> None:
    assert SHAPES["refill"].ideal_seconds([300] * 300, 60.0) == pytest.approx(294.0)


def test_a_lower_limit_takes_longer_than_the_one_that_is_believed() -> None:
    assert SHAPES["lower"].ideal_seconds([300] * 300, 60.0) == pytest.approx(420.0)


def test_a_call_that_no_window_takes_is_said_to_be_so() -> None:
    with pytest.raises(ValueError, match="larger than the limit"):
        SHAPES["tokens"].ideal_seconds([1_000_000], 60.0)


def test_sizes_are_spread_evenly_and_drawn_the_same_way_for_the_same_seed() -> None:
    shape = SHAPES["tokens"]

    sizes = shape.sizes(300, seed=1)

    assert (min(sizes), max(sizes)) == (shape.smallest, shape.largest)
    assert sum(sizes) / 300 == pytest.approx(shape.middle, abs=1)
    assert sizes == shape.sizes(300, seed=1) != shape.sizes(300, seed=2)


def test_a_minute_of_tokens_is_sixty_calls_of_the_middle_size() -> None:
    shape = SHAPES["tokens"]

    assert shape.calls_a_minute == 60
    assert shape.limit == 60 * shape.middle
