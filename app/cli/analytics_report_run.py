"""What ``quartet analytics report`` does once its options are known: ask the database, and write the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.analytics.reading import nothing_there, reading
from app.analytics.report.drawing import can_draw
from app.analytics.report.gathering import gather
from app.analytics.report.page import INSTALL, render
from app.cli.exit_status import OK
from app.cli.progress import say
from app.errors import Misconfigured, OutputLost
from app.settings import read_settings
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.period import NotAPeriod, read_period

_KIB = 1_024


def run(output: Path, *, since: str, until: str, by: Sequence[By], repositories: Sequence[str], limit: int) -> int:
    """Write the page.

    Raises:
        AppError: What kept it from being done, in one line.
    """
    try:
        period = read_period(since, until, datetime.now(UTC))
    except NotAPeriod as error:
        raise Misconfigured(str(error)) from error
    chosen = frozenset(name.lower() for name in repositories) if repositories else None
    settings = read_settings()
    with reading(settings) as connection:
        if connection is None:
            say(nothing_there(settings))
            return OK
        report = gather(connection, period, by=by, repositories=chosen, limit=limit)
    text = render(report, scope=", ".join(repositories))
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputLost(f"--output {output} cannot be written ({reason}); name a file that you may write") from error
    say(f"{output}: {report.period}, {len(text.encode()) // _KIB:,} KiB; open it in a browser")
    if report.empty:
        say("it is empty: no review was noted in this time; look further back with --since 90d")
    elif not can_draw():
        say(f"it has no charts: those need {INSTALL}")
    return OK
