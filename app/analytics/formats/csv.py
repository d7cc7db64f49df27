"""A report goes in; its tables come out as comma-separated values, which a spreadsheet shows and never executes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from llm_runtime.analytics.answer import Answer, Cell, Column, Kind, Share
from reviewers.report.visibility import visible

if TYPE_CHECKING:
    from llm_runtime.analytics.performance_analyzer import Report

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
_PARTS = ("", "_low", "_high", "_part", "_whole")


def render(report: Report, repositories: frozenset[str] | None) -> str:  # noqa: ARG001 - tables tell of rows alone
    """The tables one below the other, with a line of titles each and an empty line between (RFC 4180).

    The first column says of which answer a line is. Dollars, seconds and shares are plain numbers; what is not known
    is empty. A share has its interval and its two numbers beside it.
    """
    blocks = (_block(answer) for answer in (report.totals, *report.answers))
    return "\r\n".join(blocks)


def _block(answer: Answer) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["answer", *(name for column in answer.columns for name in _names(column))])
    for row in answer.rows:
        cells = (value for column, cell in zip(answer.columns, row, strict=True) for value in _values(column, cell))
        writer.writerow([answer.key, *cells])
    return text.getvalue()


def _names(column: Column) -> Iterator[str]:
    yield from (column.key + part for part in (_PARTS if column.kind is Kind.SHARE else ("",)))


def _values(column: Column, cell: Cell) -> Iterator[str | int | float]:
    match cell:
        case None:
            yield from ("" for _ in _names(column))
        case Share():
            known = (cell.value, cell.low, cell.high) if cell.enough else ("", "", "")
            yield from (*known, cell.part, cell.whole)
        case Decimal():
            yield f"{cell:f}"
        case date():
            yield cell.isoformat()
        case str():
            # Line ends stay; what else nobody sees would act on a terminal.
            seen = "\r".join(map(visible, cell.split("\r")))
            yield f"'{seen}" if seen.lstrip(" ").startswith(_FORMULA) else seen
        case _:
            yield cell
