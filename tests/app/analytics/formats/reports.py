"""A report with every kind of cell, and with names that nobody should trust."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from llm_runtime.analytics.answer import Answer, Cell, Column, Kind, Share
from llm_runtime.analytics.performance_analyzer import Report
from llm_runtime.analytics.period import Period

PERIOD = Period(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
COLUMNS = (
    Column("model", "Model", Kind.TEXT),
    Column("calls", "Calls", Kind.COUNT),
    Column("cost", "Cost", Kind.DOLLARS),
    Column("p95", "p95", Kind.SECONDS, few=True),
    Column("errors", "Failed", Kind.SHARE),
)
ROW: tuple[Cell, ...] = ("anthropic/opus", 1_234, Decimal("0.000000000012"), 2.5, Share(30, 60))
TOTALS = Answer(
    "totals",
    "In all",
    (Column("period", "Period", Kind.TEXT), Column("reviews", "Reviews", Kind.COUNT)),
    (("this period", 2), ("the period before", 1)),
)


def report(*rows: tuple[Cell, ...], note: str = "", remarks: tuple[str, ...] = ()) -> Report:
    return Report(PERIOD, PERIOD.before, TOTALS, remarks, (Answer("costs", "Costs", COLUMNS, rows or (ROW,), note),))


def named(name: str) -> Report:
    return report((name, *ROW[1:]))


def of_days(number: int) -> Report:
    columns = (Column("day", "Day", Kind.DAY), Column("calls", "Calls", Kind.COUNT))
    rows = tuple((date(2026, 8, 1) + timedelta(days=each), each) for each in range(number))
    return Report(PERIOD, PERIOD.before, TOTALS, (), (Answer("cost-by-day", "Cost over time", columns, rows),))
