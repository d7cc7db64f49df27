"""Which time is read, and what is there when a reading ended midway: each row once, and none missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from llm_runtime.analytics.books import Written
from llm_runtime.analytics.langfuse.errors import KeysRefused, ReadingFailed
from llm_runtime.analytics.langfuse.exporter import LAG, Exporter, Wanted
from llm_runtime.analytics.langfuse.reading import LangfuseReader
from tests.fakes.langfuse_reading import ReadableLangfuse
from tests.fakes.server import Reply, json_reply
from tests.llm_runtime.analytics.langfuse.exporting import (
    NOW,
    Export,
    foreign,
)
from tests.llm_runtime.analytics.langfuse.records import BEGAN

on_both_engines = pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)


def test_the_next_export_reads_what_came_since_and_the_overlap(export: Export, langfuse: ReadableLangfuse) -> None:
    langfuse.observations.append(foreign(1, start=BEGAN))
    export()
    export.later(hours=2)
    langfuse.observations.append(foreign(2, start=NOW + timedelta(hours=1)))

    second = export(overlap=timedelta(hours=3))

    assert (second.window.start, second.window.end) == (NOW - LAG - timedelta(hours=3), NOW - LAG + timedelta(hours=2))
    assert second.written == Written(inserted=1, unchanged=3)
    assert export.ids() == ["0000000000000001", "0000000000000002"]


def test_what_is_shown_late_comes_with_the_next_export(export: Export, langfuse: ReadableLangfuse) -> None:
    langfuse.observations += [foreign(1, start=BEGAN), foreign(2, start=BEGAN)]
    langfuse.later[f"{1:032x}", f"{2:016x}"] = NOW + timedelta(minutes=10)

    export()
    before = export.ids()
    export.later(minutes=15)
    export()

    assert before == ["0000000000000001"]
    assert export.ids() == ["0000000000000001", "0000000000000002"]


def test_what_is_too_young_is_left_for_the_next_export(export: Export, langfuse: ReadableLangfuse) -> None:
    langfuse.observations += [foreign(1, start=NOW - LAG - timedelta(seconds=1)), foreign(2, start=NOW - LAG)]

    export()
    before = export.ids()
    export.later(minutes=1)
    export()

    assert before == ["0000000000000001"]
    assert len(export.ids()) == 2


def test_a_throttled_page_is_waited_for(export: Export, langfuse: ReadableLangfuse) -> None:
    langfuse.page = 1
    langfuse.observations += [foreign(number, start=BEGAN) for number in (1, 2, 3)]
    window = Wanted(start=BEGAN, end=BEGAN + timedelta(minutes=30))
    langfuse.refusals = [None, json_reply({}, status=429, headers={"retry-after": "9"})]

    export(window)

    assert len(export.ids()) == 3
    assert export.clock.waits == [9.0]


@on_both_engines
def test_a_page_that_fails_midway_leaves_what_came_before_and_the_next_export_goes_on(
    export: Export, langfuse: ReadableLangfuse
) -> None:
    langfuse.observations += [foreign(number, start=BEGAN - timedelta(hours=number)) for number in range(1, 6)]
    wanted = Wanted(back=timedelta(hours=6))
    langfuse.refusals = [None, None, *[Reply(status=500)] * 6]

    with pytest.raises(ReadingFailed):
        export(wanted)
    first, half = export.runs[0], export.ids()
    export()

    assert (first["status"], first["watermark"]) == ("failed", NOW - timedelta(hours=3))
    assert "does not take the request (500)" in first["error"]
    assert half == [f"{number:016x}" for number in (3, 4, 5)]
    assert export.ids() == [f"{number:016x}" for number in range(1, 6)]


def test_rows_and_watermark_come_together_or_not_at_all(
    export: Export, langfuse: ReadableLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    langfuse.observations.append(foreign(1, start=BEGAN))

    def fails(*_: Any, **__: Any) -> None:
        raise ConnectionError("the database is gone")

    with monkeypatch.context() as patch:
        patch.setattr("llm_runtime.analytics.langfuse.runs.Run.wrote", fails)
        with pytest.raises(ConnectionError):
            export(Wanted(start=BEGAN))
    (run,) = export.runs

    assert (export.ids(), run["watermark"], run["status"]) == ([], None, "failed")


def test_an_export_has_a_row_that_says_what_it_brought(export: Export, langfuse: ReadableLangfuse) -> None:
    langfuse.observations.append(foreign(1, start=BEGAN))
    statuses: list[str] = []

    export(Wanted(start=BEGAN), watch=lambda _: statuses.append(export.runs[0]["status"]))

    (run,) = export.runs
    assert statuses == ["running"]
    assert (run["status"], run["error"], run["inserted"], run["updated"], run["unchanged"]) == (
        "completed",
        None,
        2,
        0,
        0,
    )
    assert (run["from_time"], run["to_time"], run["watermark"]) == (BEGAN, NOW - LAG, NOW - LAG)
    assert run["source"] == "langfuse clxfakeproject"


def test_keys_that_are_refused_leave_no_row(export: Export, langfuse: ReadableLangfuse) -> None:
    wrong = LangfuseReader(public_key="pk-lf-wrong", secret_key="sk-lf-wrong", base_url=langfuse.url)

    with wrong, pytest.raises(KeysRefused):
        Exporter(export.books, wrong).export(Wanted())
    assert export.runs == []


def test_a_time_long_ago_does_not_move_the_watermark_back(export: Export, langfuse: ReadableLangfuse) -> None:
    export()
    langfuse.observations.append(foreign(1, start=BEGAN - timedelta(days=60)))

    export(Wanted(start=BEGAN - timedelta(days=61), end=BEGAN - timedelta(days=59)))
    following = export()

    assert export.ids() == ["0000000000000001"]
    assert following.window.start == NOW - LAG - timedelta(hours=6)


def test_a_time_behind_a_gap_does_not_hide_the_gap(export: Export, langfuse: ReadableLangfuse) -> None:
    export()
    export.later(days=2)
    langfuse.observations.append(foreign(1, start=NOW + timedelta(hours=20)))

    export(Wanted(back=timedelta(hours=1)))
    export()

    assert export.ids() == ["0000000000000001"]


@pytest.mark.parametrize("hours", [-30, 30], ids=["behind", "ahead"])
def test_a_clock_that_is_wrong_here_loses_nothing(export: Export, langfuse: ReadableLangfuse, hours: float) -> None:
    export.clock.advance(timedelta(hours=hours).total_seconds())
    langfuse.observations.append(foreign(1, start=BEGAN))
    export()
    export.later(hours=1)
    langfuse.observations.append(foreign(2, start=NOW + timedelta(minutes=30)))

    second = export()

    assert second.window.end == NOW + timedelta(hours=1) - LAG
    assert len(export.ids()) == 2


def test_a_watermark_in_the_future_is_not_trusted(export: Export, langfuse: ReadableLangfuse) -> None:
    langfuse.date = None
    export.clock.advance(timedelta(days=400).total_seconds())
    export()
    langfuse.date, export.clock.date = NOW, NOW
    langfuse.observations.append(foreign(1, start=BEGAN - timedelta(days=3)))

    export()

    assert export.ids() == ["0000000000000001"]


def test_a_time_to_come_does_not_count_as_read(export: Export, langfuse: ReadableLangfuse) -> None:
    export(Wanted(start=BEGAN, end=NOW + timedelta(hours=15)))
    export.later(hours=10)
    langfuse.observations.append(foreign(1, start=NOW + timedelta(hours=1)))

    export()

    assert export.ids() == ["0000000000000001"]


def test_a_host_whose_clock_is_hours_behind_is_within_the_overlap(export: Export, langfuse: ReadableLangfuse) -> None:
    export()
    export.later(minutes=10)
    langfuse.observations.append(foreign(1, start=NOW - timedelta(hours=5)))

    export()

    assert export.ids() == ["0000000000000001"]


def test_the_watcher_is_told_how_far_it_is(export: Export, langfuse: ReadableLangfuse) -> None:
    langfuse.observations.append(foreign(1, start=BEGAN))
    seen: list[tuple[datetime, int]] = []

    export(
        Wanted(start=BEGAN - timedelta(hours=2), end=BEGAN + timedelta(minutes=30)),
        watch=lambda told: seen.append((told.until, told.read)),
    )

    assert seen == [(BEGAN + timedelta(hours=hour), read) for hour, read in ((-1, 0), (0.5, 1))]
