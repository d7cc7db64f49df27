from __future__ import annotations

import io
import re

import pytest

from app.analytics.formats.table import write
from llm_runtime.analytics.performance_analyzer import Report
from tests.app.analytics.formats.reports import ROW, named, of_days, report


def told(report: Report, width: int = 120) -> str:
    text = io.StringIO()
    write(report, text, width=width, colour=False)
    return text.getvalue()


def test_a_table_has_its_titles_and_its_cells_as_people_read_them() -> None:
    lines = told(report()).splitlines()

    assert lines[-3].split() == ["Model", "Calls", "Cost", "p95", "Failed"]
    assert lines[-1].split("  ") == ["anthropic/opus", "1,234", "$0.000000000012", "2.5 s", "50 % (37.7–62.3)"]


def test_remarks_come_first_and_notes_last() -> None:
    lines = told(report(remarks=("Opus is dear.",), note="Some are unpriced.")).splitlines()

    assert lines[:2] == ["2026-11-01 to 2026-11-02 UTC, all repositories", " • Opus is dear."]
    assert lines[-1] == "Some are unpriced."


def test_unknown_and_too_few_are_told_apart() -> None:
    line = told(report(("anthropic/opus", 1, None, None, None))).splitlines()[-1]

    assert re.split(" {2,}", line) == ["anthropic/opus", "1", "unknown", "not enough data", "not enough data"]


def test_totals_stand_side_by_side() -> None:
    assert "Reviews            2                  1" in told(report())


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    wide = report(("anthropic/" + "o" * 90, *ROW[1:]), note="Some are unpriced. " * 9, remarks=("Dear. " * 40,))

    assert max(map(len, told(wide, width).splitlines())) <= width


def test_where_names_and_numbers_do_not_fit_names_have_a_line_of_their_own() -> None:
    lines = told(report(("anthropic/claude-opus-five-five", *ROW[1:])), 60).splitlines()

    place = lines.index("anthropic/claude-opus-five-five")
    assert lines[place + 1].split()[0] == "1,234"


def test_where_numbers_do_not_fit_side_by_side_each_has_a_line_and_none_is_broken_up() -> None:
    lines = told(report(), 30).splitlines()

    assert [line.split("  ")[-1].strip() for line in lines[-4:]] == [
        *("1,234", "$0.000000000012", "2.5 s", "50 % (37.7–62.3)")
    ]
    assert lines[-5] == "anthropic/opus"


def test_of_many_days_the_last_ones_are_shown() -> None:
    text = told(of_days(90))

    assert "2026-08-01" not in text
    assert "2026-10-29" in text
    assert "The last 31 of 90 days." in text


def test_a_name_cannot_move_the_cursor_or_mark_up_anything() -> None:
    text = told(named("\x1b[31m[bold]:smile:"))

    assert "\x1b" not in text
    assert "[bold]:smile:" in text


def test_colours_are_for_terminals_alone() -> None:
    text = io.StringIO()
    write(report(), text)

    assert "\x1b" not in text.getvalue()
