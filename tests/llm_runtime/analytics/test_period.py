from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from llm_runtime.analytics.period import NotAPeriod, Period, read_period

NOW = datetime(2026, 11, 21, 14, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param("12h", datetime(2026, 11, 21, 2, 30, 15, tzinfo=UTC), id="hours are exact"),
        pytest.param("30d", datetime(2026, 10, 22, tzinfo=UTC), id="days begin at midnight"),
        pytest.param("0d", datetime(2026, 11, 21, tzinfo=UTC), id="today"),
        pytest.param("2w", datetime(2026, 11, 7, tzinfo=UTC), id="weeks"),
        pytest.param("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC), id="a date"),
        pytest.param("2026-11-01T06:00", datetime(2026, 11, 1, 6, tzinfo=UTC), id="a time is UTC"),
        pytest.param("2026-11-01T06:00+02:00", datetime(2026, 11, 1, 4, tzinfo=UTC), id="a time with its zone"),
    ],
)
def test_a_beginning_is_read_as_people_write_it(since: str, expected: datetime) -> None:
    assert read_period(since, "", NOW) == Period(expected, NOW)


def test_the_day_that_a_period_ends_with_is_in_it() -> None:
    assert read_period("2026-11-01", "2026-11-01", NOW).until == datetime(2026, 11, 2, tzinfo=UTC)


def test_a_period_that_ends_at_a_time_ends_there() -> None:
    assert read_period("2026-11-01", "2026-11-01T08:00", NOW).until == datetime(2026, 11, 1, 8, tzinfo=UTC)


def test_a_period_is_in_utc_wherever_now_is() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))

    assert read_period("0d", "", there).since == datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "soon", "30", "-3d", "3 d", "3m", "12345d", "2026-13-01", "0001-01-01T00:00+14:00", "0001-01-02"]
)
def test_a_beginning_that_means_nothing_is_one_line_with_the_cure(text: str) -> None:
    with pytest.raises(NotAPeriod) as caught:
        read_period(text, "", NOW)

    assert "--since" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_end_that_means_nothing_is_one_line_with_the_cure() -> None:
    with pytest.raises(NotAPeriod, match=r"--until 'later' is no time; write it as 2026-11-30"):
        read_period("30d", "later", NOW)


def test_an_end_where_the_calendar_has_no_next_day_is_one_line_with_the_cure() -> None:
    with pytest.raises(NotAPeriod, match="--until 9999-12-31 is the end of the calendar; name an earlier day"):
        read_period("30d", "9999-12-31", NOW)


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(NotAPeriod, match="name an earlier --since"):
        read_period("2026-11-10", "2026-11-01", NOW)


def test_the_period_before_is_as_long_and_touches() -> None:
    period = read_period("2026-11-11", "2026-11-20", NOW)

    assert period.before == Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC))
