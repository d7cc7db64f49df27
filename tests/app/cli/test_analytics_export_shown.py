from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.cli.analytics_export_shown import summary, watching
from llm_runtime.analytics.books import Written
from llm_runtime.analytics.langfuse.exporter import Exported
from llm_runtime.analytics.langfuse.runs import Window

START = datetime(2026, 11, 21, tzinfo=UTC)


def exported(read: int, *, hours: float = 1.0, written: Written | None = None) -> Exported:
    return Exported(
        window=Window(START, START + timedelta(hours=4)),
        until=START + timedelta(hours=hours),
        read=read,
        written=written or Written(),
    )


def test_without_a_terminal_there_is_a_line_for_every_ten_thousand(capsys: pytest.CaptureFixture[str]) -> None:
    with watching() as watch:
        for read in (500, 9_999, 10_000, 10_500, 35_000, 39_000):
            watch(exported(read))

    assert capsys.readouterr().err.splitlines() == [
        "quartet: 10,000 observations, all before 2026-11-21 01:00 UTC",
        "quartet: 35,000 observations, all before 2026-11-21 01:00 UTC",
    ]


def test_what_was_deleted_here_is_counted_in_the_last_line() -> None:
    line = summary(exported(2_000, written=Written(inserted=1_500, orphaned=3)))

    assert line == (
        "2,000 observations of 2026-11-21 00:00 to 2026-11-21 04:00 UTC read: "
        "1,500 rows inserted, 0 updated, 0 unchanged, 3 left out because they were deleted here"
    )


@pytest.mark.parametrize(("hours", "share"), [(0.0, 0.0), (1.0, 0.25), (4.0, 1.0)])
def test_the_bar_is_as_long_as_the_time_that_was_read(hours: float, share: float) -> None:
    assert exported(0, hours=hours).share == share
