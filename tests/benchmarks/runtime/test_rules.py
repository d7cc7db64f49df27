from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.runtime.rules import ContinuousRefill, Rule, SlidingWindow, TokenWindow


def admitted(rule: Rule, *moments: float, tokens: int = 1) -> list[bool]:
    return [rule.ask(moment, tokens).admitted for moment in moments]


def test_a_window_admits_its_limit_and_no_more_until_the_first_call_is_a_window_old() -> None:
    rule = SlidingWindow(3, 60.0)

    assert admitted(rule, 0.0, 1.0, 2.0, 3.0, 59.9, 60.0, 60.5, 61.0) == [
        True,
        True,
        True,
        False,
        False,
        True,
        False,
        True,
    ]


def test_a_rejected_call_takes_no_place_where_it_does_not_count() -> None:
    rule = SlidingWindow(1, 60.0)

    assert admitted(rule, 0.0, *range(1, 60), 60.0) == [True, *[False] * 59, True]


def test_who_keeps_asking_is_never_admitted_again_where_rejected_calls_count() -> None:
    rule = SlidingWindow(1, 60.0, rejected_count=True)

    assert admitted(rule, 0.0, *range(30, 600, 30)) == [True, *[False] * 19]


def test_who_waits_as_told_is_admitted_where_rejected_calls_count() -> None:
    rule = SlidingWindow(2, 60.0, rejected_count=True)
    admitted(rule, 0.0, 10.0)
    told = rule.ask(20.0, 1)

    assert (told.admitted, told.wait) == (False, 50.0)
    assert admitted(rule, 70.0) == [True]


def test_a_bucket_takes_its_burst_at_once_and_then_one_call_each_time_it_is_refilled_by_one() -> None:
    rule = ContinuousRefill(60, 60.0, burst=6)

    assert admitted(rule, *[0.0] * 7, 0.5, 1.0, 1.5, 2.0) == [*[True] * 6, False, False, True, False, True]


def test_an_idle_bucket_holds_no_more_than_its_burst() -> None:
    rule = ContinuousRefill(60, 60.0, burst=6)
    admitted(rule, 0.0)

    assert admitted(rule, *[1_000.0] * 7) == [*[True] * 6, False]


def test_tokens_are_counted_whatever_calls_they_come_in() -> None:
    rule = TokenWindow(100, 60.0)

    assert admitted(rule, 0.0, 1.0, tokens=40) == [True, True]
    assert admitted(rule, 2.0, tokens=21) == [False]
    assert admitted(rule, 3.0, tokens=20) == [True]
    assert admitted(rule, 60.0, tokens=40) == [True]


def test_the_wait_of_a_large_call_is_until_enough_tokens_have_left_the_window() -> None:
    rule = TokenWindow(100, 60.0)
    admitted(rule, 0.0, 10.0, 20.0, tokens=30)

    assert rule.ask(30.0, 50).wait == 40.0


def test_a_call_larger_than_the_limit_is_told_no_time() -> None:
    assert TokenWindow(100, 60.0).ask(0.0, 101).wait is None


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(lambda: SlidingWindow(5, 60.0), id="sliding"),
        pytest.param(lambda: SlidingWindow(5, 60.0, rejected_count=True), id="rejected calls count"),
        pytest.param(lambda: TokenWindow(150, 60.0), id="tokens"),
    ],
)
@given(calls=st.lists(st.tuples(st.floats(0, 30), st.integers(1, 150)), max_size=60))
def test_no_window_ever_holds_more_than_the_limit(rule, calls: list[tuple[float, int]]) -> None:  # type: ignore[no-untyped-def] # a factory of any rule
    made: Rule = rule()
    now, taken = 0.0, list[tuple[float, int]]()
    for pause, tokens in calls:
        now += pause
        if made.ask(now, tokens).admitted:
            taken.append((now, tokens if made.kind == "tokens" else 1))

    assert all(sum(size for at, size in taken if start <= at < start + 60.0) <= made.limit for start, _ in taken)
