"""A period goes in; every answer about it comes out, those that the product alone knows with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.analytics.pull_times import pull_times
from app.analytics.recurring import recurring
from llm_runtime.analytics.performance_analyzer import Report, analyze

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from llm_runtime.analytics.metrics.by import By
    from llm_runtime.analytics.period import Period


def gather(
    connection: Connection,
    period: Period,
    *,
    by: Sequence[By] = (),
    repositories: frozenset[str] | None = None,
    limit: int = 20,
) -> Report:
    """The whole report, the same for every form in which it is shown.

    Args:
        connection: A transaction that reads: all answers are of one state of the tables.
        period: About which time.
        by: By what it is divided; see ``analyze``.
        repositories: About which repositories, in lower case; None for all.
        limit: How many rows an answer may have that could have any number of them.
    """
    report = analyze(connection, period, by=by, repositories=repositories, limit=limit)
    ours = (
        pull_times(connection, period, repositories=repositories),
        recurring(connection, period, repositories=repositories, limit=limit),
    )
    return replace(report, answers=(*report.answers, *ours))
