"""``quartet analytics report``: its options, before anything heavy is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.analytics_questions import Divided, chosen
from llm_runtime.analytics.period import DEFAULT_SINCE


def command(
    *,
    output: Annotated[Path, typer.Option(metavar="FILE", help="The page that is written: one file of HTML.")],
    since: Annotated[str, typer.Option(metavar="TIME", help="From when on: 30d, 12h, 4w, or a date.")] = DEFAULT_SINCE,
    until: Annotated[str, typer.Option(metavar="TIME", help="Until when: a date, which is in it. (default: now)")] = "",
    by: Divided = None,
    repository: Annotated[
        list[str] | None, typer.Option(metavar="OWNER/NAME", help="Of this one; several times for more.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Rows of a table that could have any number.")] = 20,
) -> int:
    """Write what reviews cost and bring as a page with charts and tables, which needs no network to be read.

    Exit status: 0 written, or there is no review to write of; 2 usage; 3 the database does not answer, or the file
    cannot be written.
    """
    from app.cli.analytics_report_run import run  # noqa: PLC0415 - nothing heavy is loaded to show the help

    names, divided = chosen(repository), tuple(dict.fromkeys(by or ()))
    return run(output, since=since, until=until, by=divided, repositories=names, limit=limit)
