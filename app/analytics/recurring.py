"""Faults that come back: the same rule in the same folder, told on several pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, or_, select, tuple_

from app.store.tables import dispositions, findings
from llm_runtime.analytics.answer import ENOUGH, Answer, Column, Kind, Share

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from llm_runtime.analytics.period import Period

_LEAST_PULLS = 2
_RIGHT = ("accepted", "liked", "fixed")

_COLUMNS = (
    Column("repository", "Repository", Kind.TEXT),
    Column("reviewer", "Reviewer", Kind.TEXT),
    Column("rule", "Rule", Kind.TEXT),
    Column("folder", "Folder", Kind.TEXT),
    Column("told", "Told", Kind.COUNT),
    Column("pull_requests", "Pull requests", Kind.COUNT),
    Column("accepted", "Accepted", Kind.COUNT),
    Column("dismissed", "Dismissed", Kind.COUNT),
    Column("precision", "Precision", Kind.SHARE),
    Column("since", "Since", Kind.DAY),
    Column("last", "Last", Kind.DAY),
)
_NOTE = (
    f"Told on at least {_LEAST_PULLS} pull requests in the period. Since is when the rule was told in that folder for "
    f"the first time, as far back as findings are kept. Not enough data where people have judged fewer than {ENOUGH}."
)


def recurring(
    connection: Connection, period: Period, *, repositories: frozenset[str] | None = None, limit: int = 20
) -> Answer:
    """What a rule was told for in one folder again and again, the most frequent first.

    Args:
        connection: A transaction.
        period: When the findings were told for the first time.
        repositories: Full names in small letters of those that count; None for all.
        limit: How many rows at most.
    """
    one, said = findings.c, dispositions.c.kind
    place = (one.repository, one.reviewer, one.rule, one.folder)
    dismissed = said == "dismissed"
    accepted = or_(said.in_(_RIGHT), and_(one.fixed_at.is_not(None), or_(said.is_(None), said != "dismissed")))
    pulls = func.count(one.number.distinct())
    told = func.count()
    query = (
        select(
            *place,
            told.label("told"),
            pulls.label("pulls"),
            func.sum(case((accepted, 1), else_=0)).label("accepted"),
            func.sum(case((dismissed, 1), else_=0)).label("dismissed"),
            func.max(one.told_at).label("last"),
        )
        .join(
            dispositions,
            and_(dispositions.c.repository == one.repository, dispositions.c.finding == one.id),
            isouter=True,
        )
        .where(one.told_at >= period.since, one.told_at < period.until)
        .group_by(*place)
        .having(pulls >= _LEAST_PULLS)
        .order_by(told.desc(), *place)
        .limit(limit)
    )
    if repositories is not None:
        query = query.where(one.repository.in_(sorted(repositories)))
    rows = connection.execute(query).all()
    began = (
        select(*place, func.min(one.told_at).label("first"))
        .where(one.repository.in_({row.repository for row in rows}), one.told_at.is_not(None))
        .where(tuple_(*place).in_([tuple(row)[:4] for row in rows]))
        .group_by(*place)
    )
    first = {tuple(row)[:4]: row.first for row in connection.execute(began)} if rows else {}
    shown = tuple(
        (
            row.repository,
            row.reviewer,
            row.rule,
            row.folder or "/",
            int(row.told),
            int(row.pulls),
            int(row.accepted),
            int(row.dismissed),
            Share(int(row.accepted), int(row.accepted) + int(row.dismissed)),
            first[tuple(row)[:4]].date(),
            row.last.date(),
        )
        for row in rows
    )
    return Answer("recurring", "Recurring faults", _COLUMNS, shown, _NOTE)
