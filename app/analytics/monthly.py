"""A month of a repository as an issue: what reviews cost and brought, what comes back, and how long people wait."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MINYEAR, UTC, datetime
from typing import TYPE_CHECKING

from app.analytics.report.cells import in_column
from app.analytics.report.gathering import gather
from app.errors import Misconfigured
from app.publishing.bodies import bounded
from app.publishing.markers import Marker
from llm_runtime.analytics.period import Period
from reviewers.report.sanitising import inline_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from llm_runtime.analytics.answer import Answer
    from llm_runtime.analytics.performance_analyzer import Report

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])\Z")
_ROWS = 10
_LONGEST_CELL = 120
_FIGURES = (
    "reviews",
    "pull_requests",
    "cost",
    "cost_per_review",
    "findings",
    "accepted",
    "dismissed",
    "precision",
    "cost_per_accepted",
    "unpriced_calls",
)
_SECTIONS = {
    "reviewers": ("reviewer", "findings", "accepted", "dismissed", "precision", "gaps", "cost", "cost_per_accepted"),
    "costs": ("model", "reviews", "calls", "cost", "unpriced_calls"),
    "recurring": ("reviewer", "rule", "folder", "told", "pull_requests", "accepted", "dismissed", "since"),
    "pull-times": ("measure", "phase", "pull_requests", "median", "low", "high"),
}


@dataclass(frozen=True, slots=True)
class Month:
    """A month by UTC.

    Attributes:
        year: Such as 2026.
        month: From 1 to 12.
    """

    year: int
    month: int

    @property
    def period(self) -> Period:
        """From its first moment to the first of the next one."""
        following = Month(self.year + self.month // 12, self.month % 12 + 1)
        return Period(self._begin(), following._begin())

    @property
    def name(self) -> str:
        """For people: ``October 2026``."""
        return f"{self._begin():%B %Y}"

    @property
    def marker(self) -> Marker:
        """By which its issue is known again."""
        return Marker("month", {"of": str(self)})

    def _begin(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def read_month(text: str, now: datetime) -> Month:
    """The month that is meant.

    Args:
        text: ``2026-10``; or the empty string, which is the last one that is over.
        now: The present.

    Raises:
        Misconfigured: It is none, or has not begun.

    >>> print(read_month("", datetime(2026, 1, 5, tzinfo=UTC)))
    2025-12
    """
    now = now.astimezone(UTC)
    if not text:
        return Month(now.year - 1, 12) if now.month == 1 else Month(now.year, now.month - 1)
    found = _MONTH.match(text)
    if found is None or int(found[1]) <= MINYEAR:
        raise Misconfigured(f"--month {text[:20]!r} is no month; write 2026-10")
    month = Month(int(found[1]), int(found[2]))
    if (month.year, month.month) > (now.year, now.month):
        raise Misconfigured(f"--month {month} has not begun; name an earlier one")
    return month


@dataclass(frozen=True, slots=True)
class Summary:
    """What is to be posted.

    Attributes:
        title: Of the issue.
        body: Its text in Markdown, with the month's marker on the last line.
    """

    title: str
    body: str


def summarise(connection: Connection, repository: str, month: Month) -> Summary | None:
    """The summary of a month, or None where nothing was reviewed in it.

    Args:
        connection: A transaction that reads.
        repository: Full name.
        month: Which.
    """
    report = gather(connection, month.period, repositories=frozenset({repository.lower()}), limit=_ROWS)
    if report.empty:
        return None
    marker = month.marker
    fields = "".join(f" {name}={value}" for name, value in marker.fields.items())
    body = bounded(_parts(report, month), (f"<!-- quartet:{marker.kind}{fields} -->",))
    return Summary(title=f"Quartet in {month.name}", body=body)


def _parts(report: Report, month: Month) -> Iterator[str]:
    yield f"What reviews of this repository cost and brought in {month.name} (UTC)."
    yield _figures(report.totals, month)
    if report.remarks:
        yield "\n".join(f"- {inline_text(remark)}" for remark in report.remarks)
    answers = {answer.key: answer for answer in report.answers}
    for key, columns in _SECTIONS.items():
        answer = answers[key]
        if answer.rows:
            yield f"### {inline_text(answer.title)}"
            yield _table(answer, columns)
            if answer.note:
                yield f"<sub>{inline_text(answer.note, limit=2_000)}</sub>"


def _figures(totals: Answer, month: Month) -> str:
    """The key figures of this month beside those of as many days before it."""
    columns = [column for column in totals.columns if column.key in _FIGURES]
    rows = [f"| | {month.name} | The {(month.period.length).days} days before |", "|---|--:|--:|"]
    for column in sorted(columns, key=lambda column: _FIGURES.index(column.key)):
        cells = (inline_text(in_column(cell, column)) for cell in totals.values(column.key))
        rows.append(f"| {' | '.join((inline_text(column.title), *cells))} |")
    return "\n".join(rows)


def _table(answer: Answer, keys: Collection[str]) -> str:
    shown = [(place, column) for place, column in enumerate(answer.columns) if column.key in keys]
    rows = [
        f"| {' | '.join(inline_text(column.title) for _, column in shown)} |",
        f"|{'|'.join('---' if column.kind == 'text' else '--:' for _, column in shown)}|",
    ]
    for row in answer.rows[:_ROWS]:
        cells = (inline_text(in_column(row[place], column), limit=_LONGEST_CELL) for place, column in shown)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
