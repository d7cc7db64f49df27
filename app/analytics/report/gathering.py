"""A period goes in; every answer about it comes out, those that the product alone knows with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llm_runtime.analytics.performance_analyzer import Report, analyze

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from llm_runtime.analytics.period import Period


def gather(connection: Connection, period: Period, *, repositories: frozenset[str] | None = None) -> Report:
    """The whole report, the same for the page that is written into a file and for the one that is served.

    Args:
        connection: A transaction that reads: all answers are of one state of the tables.
        period: About which time.
        repositories: About which repositories, in lower case; None for all.
    """
    return analyze(connection, period, repositories=repositories)
