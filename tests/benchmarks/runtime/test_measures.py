from __future__ import annotations

import pytest

from tests.benchmarks.runtime.measures import figures, mean_in_window, percentile
from tests.benchmarks.runtime.protocol import Called, Stats


def ones(*moments: float) -> list[tuple[float, int]]:
    return [(moment, 1) for moment in moments]


def test_calls_in_bursts_and_calls_that_are_spaced_use_a_window_alike() -> None:
    bursts = ones(*[0.0] * 60, *[60.0] * 60, *[120.0] * 60, *[180.0] * 60)
    spaced = ones(*map(float, range(240)))

    assert mean_in_window(bursts, start=0.0, end=240.0, window=60.0) == 60.0
    assert mean_in_window(spaced, start=0.0, end=240.0, window=60.0) == 60.0


def test_an_idle_half_is_half_the_use() -> None:
    admitted = ones(*map(float, range(0, 600, 2)))

    assert mean_in_window(admitted, start=0.0, end=600.0, window=60.0) == 30.0


def test_what_comes_after_the_end_of_the_last_whole_window_is_left_out() -> None:
    admitted = ones(*map(float, range(240)))

    assert mean_in_window([*admitted, (240.0, 99)], start=0.0, end=299.0, window=60.0) == 60.0


def test_a_burst_that_is_paid_back_within_the_window_is_a_full_window() -> None:
    admitted = ones(*[0.0] * 10, *[10.0 + number for number in range(50)])

    assert mean_in_window(admitted, start=0.0, end=61.0, window=60.0) == 60.0


def test_work_that_is_shorter_than_a_window_has_no_use_of_it() -> None:
    assert mean_in_window(ones(0.0, 1.0), start=0.0, end=59.0, window=60.0) is None


def test_percentiles_are_values_that_were_measured() -> None:
    ordered = [float(number) for number in range(1, 201)]

    assert (percentile(ordered, 0.5), percentile(ordered, 0.99), percentile([], 0.5)) == (100.0, 198.0, None)


def test_a_run_counts_what_was_lost_and_how_long_the_others_took_once_there_was_work_for_a_window() -> None:
    stats = Stats(admitted=[0.0, 10.0, 20.0, 30.0], rejected=[0.5], tokens=[5, 5, 5, 5])
    calls = [
        Called(number=0, started=-0.1, ended=9.0),
        Called(number=1, started=9.0, ended=19.0),
        Called(number=2, started=11.0, ended=14.0),
        Called(number=3, started=12.0, ended=15.0, error="RateLimitError: no"),
        Called(number=4, started=29.0, ended=40.0),
    ]

    seen = figures(stats, calls, limit=1, minute=10.0, weighed=False, ideal_seconds=20.0, cpu_seconds=0.1)

    assert (seen.rejected, seen.lost, seen.error) == (1, 1, "RateLimitError: no")
    assert (seen.seconds, seen.p50, seen.p99, seen.spread) == (40.0, 3.0, 3.0, 1.0)
    assert seen.utilisation == pytest.approx(1.0)


def test_tokens_are_what_is_used_of_a_limit_of_tokens() -> None:
    stats = Stats(admitted=[0.0, 10.0, 20.0, 30.0], rejected=[], tokens=[5, 5, 5, 5])
    calls = [Called(number=0, started=30.0, ended=31.0)]

    seen = figures(stats, calls, limit=10, minute=10.0, weighed=True, ideal_seconds=20.0, cpu_seconds=0.1)

    assert seen.utilisation == pytest.approx(0.5)


def test_a_run_that_never_reached_the_server_says_why() -> None:
    stats = Stats(admitted=[], rejected=[], tokens=[])
    calls = [Called(number=0, started=0.0, ended=1.0, error="APIConnectionError: Connection error.")]

    with pytest.raises(ValueError, match="APIConnectionError"):
        figures(stats, calls, limit=1, minute=10.0, weighed=False, ideal_seconds=0.0, cpu_seconds=0.0)
