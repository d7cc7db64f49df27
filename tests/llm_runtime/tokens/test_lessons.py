from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.tokens.lessons import Lessons

TOKENS = st.integers(min_value=1, max_value=2_000_000)


def taught(*inputs: tuple[int, int]) -> Lessons:
    lessons = Lessons()
    for estimated, counted in inputs:
        lessons.learn_input(estimated, counted)
    return lessons


def answered(*outputs: int) -> Lessons:
    lessons = Lessons()
    for counted in outputs:
        lessons.learn_output(counted)
    return lessons


@pytest.mark.parametrize(
    ("inputs", "factor"),
    [
        pytest.param([], 1.0, id="nothing is known"),
        pytest.param([(1_000, 1_500)] * 2, 1.0, id="two calls may both be odd"),
        pytest.param([(1_000, 1_500)] * 3, 1.5, id="three calls say something"),
        pytest.param([(1_000, 1_300)] * 11 + [(1_000, 3)] * 10, 1.3, id="the smaller half is wrong"),
        pytest.param([(1_000, 1_300)] * 7 + [(900_000, 9_000)], 1.3, id="one huge call is one call"),
        pytest.param([(20, 400)] * 20 + [(4_000, 4_800)], 1.2, id="calls of a few words"),
        pytest.param([(1_000, 100_000)] * 3, 3.0, id="no more than three times"),
        pytest.param([(1_000, 1)] * 3, 1 / 3, id="no less than a third"),
        pytest.param([(1_000, 1_300)] * 50 + [(1_000, 900)] * 26, 0.9, id="another model behind the same name"),
    ],
)
def test_the_factor_is_what_most_calls_say(inputs: list[tuple[int, int]], factor: float) -> None:
    assert taught(*inputs).factor == pytest.approx(factor)


@given(st.lists(st.tuples(TOKENS, TOKENS)))
def test_the_factor_is_bounded_whatever_providers_count(inputs: list[tuple[int, int]]) -> None:
    assert 1 / 3 <= taught(*inputs).factor <= 3


@pytest.mark.parametrize(
    ("outputs", "cap", "expected"),
    [
        pytest.param([], 8_192, 2_048, id="a quarter of the cap at first"),
        pytest.param([], 2_000, 1_024, id="at least a short answer"),
        pytest.param([], 500, 500, id="never more than the cap"),
        pytest.param([90] * 4, 8_192, 2_048, id="four answers are too few"),
        pytest.param([90, 20, 50, 10, 70], 8_192, 90, id="the longest of five"),
        pytest.param(range(1, 11), 8_192, 9, id="nine of ten"),
        pytest.param([5_000] * 5, 4_000, 4_000, id="the cap of this request"),
        pytest.param([5_000] * 10 + [100] * 50, 8_192, 100, id="the last fifty"),
    ],
)
def test_nine_of_ten_answers_stay_within_the_output_expected(outputs: list[int], cap: int, expected: int) -> None:
    assert answered(*outputs).expected_output(cap) == expected


@given(st.lists(TOKENS), TOKENS)
def test_the_output_expected_is_never_above_the_cap(outputs: list[int], cap: int) -> None:
    assert 1 <= answered(*outputs).expected_output(cap) <= cap
