"""What ``quartet analytics costs`` and ``analyze`` do once their options are known: ask the database, and tell."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.analytics.formats import FORMATS, table
from app.analytics.reading import nothing_there, reading
from app.analytics.report.gathering import gather
from app.analytics.report.names import name
from app.cli import screen
from app.cli.analytics_questions import Asked, Format
from app.cli.exit_status import OK
from app.cli.progress import say
from app.errors import Misconfigured, OutputLost
from app.settings import read_settings
from llm_runtime.analytics.metrics import llm_metrics
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.totals import totals
from llm_runtime.analytics.performance_analyzer import Report
from llm_runtime.analytics.period import NotAPeriod, Period, read_period

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FILE_COLUMNS = 120


def tell_costs(asked: Asked) -> int:
    """What was spent.

    Raises:
        AppError: What kept it from being told, in one line.
    """
    return _tell(asked, _costs)


def tell_everything(asked: Asked) -> int:
    """Every answer.

    Raises:
        AppError: What kept it from being told, in one line.
    """
    return _tell(asked, _everything)


def _tell(asked: Asked, ask: Callable[[Connection, Period, Asked], Report]) -> int:
    try:
        period = read_period(asked.since, asked.until, datetime.now(UTC))
    except NotAPeriod as error:
        raise Misconfigured(str(error)) from error
    settings = read_settings()
    with reading(settings) as connection:
        if connection is None:
            say(nothing_there(settings))
            return OK
        report = ask(connection, period, asked)
    if report.empty:
        of = f" of {', '.join(map(name, sorted(asked.repositories)))}" if asked.repositories else ""
        say(f"no review{of} was noted from {period}; look further back with --since 90d")
    if not report.empty or asked.format is not Format.TABLE:
        _write(report, asked)
    return OK


def _costs(connection: Connection, period: Period, asked: Asked) -> Report:
    of = asked.repositories
    divided = llm_metrics.costs(connection, period, by=asked.by or (By.MODEL,), repositories=of, limit=asked.limit)
    by_day = () if By.DAY in asked.by else (llm_metrics.cost_by_day(connection, period, repositories=of),)
    return Report(period, period.before, totals(connection, period, repositories=of), (), (*by_day, divided))


def _everything(connection: Connection, period: Period, asked: Asked) -> Report:
    return gather(connection, period, by=asked.by, repositories=asked.repositories, limit=asked.limit)


def _write(report: Report, asked: Asked) -> None:
    if asked.output is None:
        if asked.format is Format.TABLE and sys.stdout.isatty():
            table.write(report, sys.stdout, repositories=asked.repositories)
        else:
            screen.write(_written(report, asked))
        return
    try:
        # Lines end as the format has them: CSV's with a carriage return.
        asked.output.write_text(_written(report, asked), encoding="utf-8", newline="")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"--output {asked.output} cannot be written ({reason}); name a file that you may write"
        raise OutputLost(message) from error
    say(f"{asked.output}: {report.period}")


def _written(report: Report, asked: Asked) -> str:
    if asked.format is not Format.TABLE:
        return FORMATS[asked.format](report, asked.repositories)
    text = io.StringIO()
    table.write(report, text, repositories=asked.repositories, width=_FILE_COLUMNS, colour=False)
    return text.getvalue()
