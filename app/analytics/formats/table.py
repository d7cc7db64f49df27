"""A report goes in; tables for a terminal come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TextIO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.analytics.report.cells import TOO_FEW, UNKNOWN, in_column
from app.analytics.report.names import name
from llm_runtime.analytics.answer import Answer, Cell, Column, Kind
from reviewers.report.visibility import readable

if TYPE_CHECKING:
    from llm_runtime.analytics.performance_analyzer import Report

DAYS = 31
"""Lines of a table that has one for each day."""

_LEFT = frozenset({Kind.TEXT, Kind.DAY})
_NAME = 30
"""Columns that a name has at least, where it needs so many; one that is broken up is hard to read."""
_BETWEEN = 2
_NOT_SHOWN = frozenset({"cost-by-day-and-model"})
"""For drawings and programs: a line for each day and model."""


def write(
    report: Report,
    stream: TextIO,
    *,
    repositories: frozenset[str] | None = None,
    width: int | None = None,
    colour: bool | None = None,
) -> None:
    """Write all tables that have rows, and what stands out.

    Args:
        report: What is known.
        repositories: Those that it is about; None is all.
        stream: Where to.
        width: In columns; None is the terminal's, or 120 where there is none.
        colour: Whether to use any; None is what the terminal can.
    """
    terminal = stream.isatty()
    console = Console(
        file=stream,
        width=width or (None if terminal else 120),
        force_terminal=colour,
        no_color=colour is False or None,
        highlight=False,
        emoji=False,
        markup=False,
    )
    scope = ", ".join(map(name, sorted(repositories or ()))) or "all repositories"
    console.print(Text(f"{report.period}, {scope}", style="bold"))
    for remark in report.remarks:
        console.print(Padding(Text(f"• {readable(remark)}"), (0, 0, 0, 1), expand=False))
    for answer in (report.totals, *report.answers):
        if answer.rows and answer.key not in _NOT_SHOWN:
            console.print()
            _write(console, answer)


def _write(console: Console, answer: Answer) -> None:
    note = answer.note
    if answer.columns[0].kind is Kind.DAY and len(answer.rows) > DAYS:
        note = f"The last {DAYS} of {len(answer.rows)} days. {note}".strip()
        answer = replace(answer, rows=answer.rows[-DAYS:])
    console.print(Text(answer.title, style="bold cyan"))
    places = range(len(answer.columns))
    if answer.key == "totals":
        console.print(_turned(answer))
    elif widths := _widths(answer, places, console.width):
        table = _empty()
        for place, width in zip(places, widths, strict=True):
            _add(table, answer.columns[place], width)
        for row in answer.rows:
            table.add_row(*(_cell(answer.columns[place], row[place]) for place in places))
        console.print(table)
    elif widths := _widths(answer, numbers := _numbers(answer), console.width):
        _write_below_names(console, answer, numbers, widths)
    else:
        _write_in_lines(console, answer)
    if note:
        console.print(Text(readable(note), style="dim"))


def _write_below_names(console: Console, answer: Answer, numbers: Sequence[int], widths: Sequence[int]) -> None:
    """The names on a line of their own above each row's numbers, for a terminal that is too narrow for both."""

    def beside(*, titles: bool) -> Table:
        table = _empty()
        table.show_header = titles
        for place, width in zip(numbers, widths, strict=True):
            _add(table, answer.columns[place], width)
        return table

    console.print(beside(titles=True))
    for row in answer.rows:
        console.print(_names(answer, row))
        line = beside(titles=False)
        line.add_row(*(_cell(answer.columns[place], row[place]) for place in numbers))
        console.print(line)


def _write_in_lines(console: Console, answer: Answer) -> None:
    """A line for each number below its row's names, for a terminal in which numbers side by side would be broken up."""
    for row in answer.rows:
        console.print(_names(answer, row))
        lines = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        lines.add_column()
        lines.add_column(justify="right", no_wrap=True)
        for place in _numbers(answer):
            lines.add_row(Text(answer.columns[place].title), _cell(answer.columns[place], row[place]))
        console.print(lines)


def _numbers(answer: Answer) -> list[int]:
    return [place for place, column in enumerate(answer.columns) if column.kind not in _LEFT]


def _names(answer: Answer, row: Sequence[Cell]) -> Text:
    names = (_cell(column, cell) for column, cell in zip(answer.columns, row, strict=True) if column.kind in _LEFT)
    return Text(" · ").join(names)


def _widths(answer: Answer, places: Sequence[int], room: int) -> list[int]:
    """What each column gets: its longest word, and of the rest what it can use; nothing where there is no room."""
    widths = [_least(answer, place) for place in places]
    left = room - sum(widths) - _BETWEEN * (len(widths) - 1)
    if left < 0:
        return []
    for number, place in enumerate(places):
        more = min(left, _most(answer, place) - widths[number])
        widths[number] += more
        left -= more
    return widths


def _add(table: Table, column: Column, width: int) -> None:
    justify: Literal["left", "right"] = "left" if column.kind in _LEFT else "right"
    table.add_column(Text(column.title), justify=justify, overflow="fold", width=width)


def _least(answer: Answer, place: int) -> int:
    """The longest word of a column, its title's included; of a name no more than so much."""
    column = answer.columns[place]
    if column.kind in _LEFT:
        return min(_most(answer, place), _NAME)
    return max(len(word) for text in (column.title, *_told(answer, place)) for word in text.split())


def _most(answer: Answer, place: int) -> int:
    """The longest cell; a title of two words may stand on two lines."""
    title = max(map(len, answer.columns[place].title.split()))
    return max(title, *map(len, _told(answer, place)))


def _told(answer: Answer, place: int) -> list[str]:
    return [_cell(answer.columns[place], row[place]).plain for row in answer.rows]


def _turned(answer: Answer) -> Table:
    """One line for each column, where there are more of them than rows."""
    table = _empty()
    table.add_column("")
    for row in answer.rows:
        table.add_column(Text(str(row[0])), justify="right")
    for place, column in enumerate(answer.columns[1:], start=1):
        table.add_row(Text(column.title), *(_cell(column, row[place]) for row in answer.rows))
    return table


def _empty() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1, 0, 0))


def _cell(column: Column, cell: Cell) -> Text:
    said = in_column(cell, column)
    vague = cell is None or said in {UNKNOWN, TOO_FEW}
    return Text(name(said), style="dim" if vague else "")
