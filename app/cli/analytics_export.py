"""``quartet analytics export``: its options, before anything heavy is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from app.errors import Misconfigured

_MOST_HOURS = 24 * 366 * 10
_EARLIEST, _LATEST = date(2020, 1, 1), date(9999, 1, 1)
"""Langfuse is younger; and each slice of a time in which nothing was is a request, so a wrong century takes an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What the user wrote behind ``quartet analytics export``; see the command's help for each."""

    hours: float | None = None
    start: datetime | None = None
    end: datetime | None = None
    watch_minutes: float | None = None
    overlap_hours: float = 6.0


def command(
    *,
    hours: Annotated[
        float | None, typer.Option(min=0, max=_MOST_HOURS, metavar="N", help="Read the last N hours.")
    ] = None,
    start: Annotated[
        str, typer.Option(metavar="TIME", help="Read from then on: a date, or such as 2026-11-21T09:30 (UTC).")
    ] = "",
    end: Annotated[
        str, typer.Option(metavar="TIME", help="Read until then; a date is in it. (default: a minute ago)")
    ] = "",
    watch: Annotated[
        float | None,
        typer.Option(min=0.01, max=60 * 24, metavar="MINUTES", help="Do it again every so many minutes, until Ctrl-C."),
    ] = None,
    overlap: Annotated[
        float,
        typer.Option(min=0, max=_MOST_HOURS, metavar="HOURS", help="How much before the last export is read again."),
    ] = 6.0,
) -> int:
    """Bring into the database what Langfuse has seen and this machine has not, such as reviews in GitHub Actions.

    Without a time it goes on where the last export ended; the first one reads 30 days. Nothing is doubled, however
    often it is done, and what was noted here stays as it is.

    Exit status: 0 exported, or a watch was ended; 2 usage or keys; 3 Langfuse or the database does not answer.
    """
    options = ExportOptions(
        hours=hours,
        start=_moment(start, "--start"),
        end=_moment(end, "--end", whole_day=True),
        watch_minutes=watch,
        overlap_hours=overlap,
    )
    _check(options)
    from app.cli.analytics_export_run import run  # noqa: PLC0415 - nothing heavy is loaded to show the help

    return run(options)


def _check(options: ExportOptions) -> None:
    if options.hours is not None and (options.start or options.end):
        msg = "--hours N means the last hours; leave it out, or --start and --end"
        raise Misconfigured(msg)
    if options.watch_minutes is not None and (options.start or options.end):
        msg = "--watch goes on where the last export ended; leave --start and --end out, or --watch"
        raise Misconfigured(msg)
    if options.start and options.end and options.start >= options.end:
        msg = f"--start {options.start:%Y-%m-%d %H:%M} is not before --end {options.end:%Y-%m-%d %H:%M}; swap them"
        raise Misconfigured(msg)


def _moment(text: str, option: str, *, whole_day: bool = False) -> datetime | None:
    """A moment in UTC; of a day alone its beginning, or the end of the whole day."""
    text = text.strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if not _EARLIEST <= moment.date() < _LATEST:
            msg = f"{option} {text!r} is no time in which Langfuse has seen anything; name another year"
            raise Misconfigured(msg)
        if _is_day(text):
            moment += timedelta(days=whole_day)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        msg = f"{option} takes a date or a time such as 2026-11-21 or 2026-11-21T09:30, not {text!r}"
        raise Misconfigured(msg) from None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
