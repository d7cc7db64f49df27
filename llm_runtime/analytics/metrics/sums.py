"""Sums over the calls of a period, divided as somebody wants them: from results, or, for prompts, from the calls.

Results hold the sums of each reviewer and model of a review, so a question reads a third of the rows; only what is
divided by prompts needs the calls themselves, and finds all of it in one index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    Text,
    case,
    func,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from llm_runtime.analytics.answer import Cell, Column, Kind
from llm_runtime.analytics.columns import PicoDollars
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.dimensions import Dimension, dimension
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.rows import STAND_INS
from llm_runtime.analytics.tables import agent_task_results, llm_generations

Repositories = frozenset[str] | None
"""Which ones a question is about, ``owner/name`` in small letters; None is all, empty is none."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What was summed, and by what.

    Attributes:
        by: The answer's first columns.
        rows: The cells of those columns, and the sums by their names.
        cut: Whether there are more rows than were wanted.
    """

    by: tuple[Column, ...]
    rows: tuple[tuple[tuple[Cell, ...], Mapping[str, Any]], ...]
    cut: bool

    def largest(self, names: Sequence[str], *, order: str, some: str, limit: int | None) -> Sums:
        """Of rows that are all there: those that have ``some``, the largest ``order`` first, with ``names`` alone."""
        rows = [(keys, {name: row[name] for name in names}) for keys, row in self.rows if row[some]]
        if self.by[0].kind is Kind.DAY:
            return Sums(self.by, tuple(rows), cut=False)
        rows.sort(key=lambda row: (-row[1][order], tuple(map(str, row[0]))))
        return Sums(self.by, tuple(rows[:limit]), limit is not None and len(rows) > limit)


def sums(
    connection: Connection,
    period: Period,
    names: Sequence[str],
    *,
    by: Sequence[By],
    repositories: Repositories,
    order: str,
    limit: int | None = None,
    some: str | None = None,
) -> Sums:
    """Sums of a period, the largest ``order`` first; by days, all of them in the order of time.

    Args:
        connection: A transaction.
        period: When the calls' reviews, or for prompts the calls themselves, began.
        names: What is summed: columns of ``agent_task_results``, ``reviews``; with prompts, what calls know of them.
        by: By what; nothing gives one row.
        repositories: Of which repositories.
        order: One of ``names``.
        limit: How many rows at most.
        some: One of ``names``: rows that have none of it are left out.
    """
    table = llm_generations if By.PROMPT in by else agent_task_results
    dimensions = tuple(dimension(each, table, connection) for each in by)
    keys = tuple(key for each in dimensions for key in each.keys)
    give_room(connection)
    query, keys, measures = _grouped(table, keys, names, period, repositories)
    if some is not None:
        query = query.having(measures[some] > literal_column("0"))
    if in_time(by):
        limit = None
        query = query.order_by(*keys)
    else:
        query = query.order_by(measures[order].desc(), *(key.nulls_first() for key in keys))
    found = connection.execute(query if limit is None else query.limit(limit + 1)).all()
    rows = tuple(
        (labels(dimensions, row), {name: _plain(name, row._mapping[name]) for name in names})  # noqa: SLF001 - public
        for row in found[:limit]
    )
    return Sums(tuple(each.column for each in dimensions), rows, limit is not None and len(found) > limit)


_Keys = tuple[ColumnElement[Any], ...]


def _grouped(
    table: Table, keys: _Keys, names: Sequence[str], period: Period, repositories: Repositories
) -> tuple[Select[Any], _Keys, Mapping[str, ColumnElement[Any]]]:
    """The query, what it is grouped by, and its sums by their names."""
    measures = {name: _measure(table, name) for name in names if name != _REVIEWS}
    if _REVIEWS not in names:
        query = select(*keys, *(measures[name].label(name) for name in names))
        return within(query, table, period, repositories).group_by(*keys), keys, measures
    # Reviews are counted by grouping twice: PostgreSQL counts distinct ones by putting all rows in order.
    named = [key.label(f"key_{place}") for place, key in enumerate(keys)]
    query = select(*named, *(measure.label(name) for name, measure in measures.items()))
    each = within(query, table, period, repositories).group_by(*keys, table.c.trace).subquery()
    keys = tuple(each.c[key.name] for key in named)
    measures = {name: func.count() if name == _REVIEWS else _sum(each.c[name]) for name in names}
    return select(*keys, *(measures[name].label(name) for name in names)).group_by(*keys), keys, measures


def give_room(connection: Connection) -> None:
    """Let PostgreSQL sort a million numbers in memory, and read an index where it can, for this transaction.

    Its own settings are those of a machine with little memory and turning disks
    (https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-RANDOM-PAGE-COST).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL work_mem = '128MB'"))
        connection.execute(text("SET LOCAL random_page_cost = 1.1"))


def in_time(by: Sequence[By]) -> bool:
    """Whether the first thing that it is divided by is the day: all days are told then, one after the other."""
    return tuple(by[:1]) == (By.DAY,)


def labels(dimensions: Sequence[Dimension], row: Sequence[Any]) -> tuple[Cell, ...]:
    """What people read in place of the keys that a row begins with."""
    told: list[Cell] = []
    start = 0
    for each in dimensions:
        told.append(each.label(*row[start : start + len(each.keys)]))
        start += len(each.keys)
    return tuple(told)


def within(query: Select[Any], table: Table, period: Period, repositories: Repositories) -> Select[Any]:
    """The query, of a period and of repositories alone; ``table`` has ``started_at`` and ``repository``."""
    return of_repositories(
        query.where(table.c.started_at >= period.since, table.c.started_at < period.until),
        table.c.repository,
        repositories,
    )


def of_repositories(query: Select[Any], column: ColumnElement[str], repositories: Repositories) -> Select[Any]:
    """The query, of repositories alone, read in the order of time all the same."""
    return query if repositories is None else query.where(_Read(column).in_(sorted(repositories)))


class _Read(FunctionElement[str]):
    """A column that is looked at in the rows that were found by others.

    Nobody runs ``ANALYZE`` on a file of SQLite, and without it SQLite takes the index of ``repository`` for a visitor's
    hundred repositories, and looks up every row; a plus keeps it from that
    (https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_).
    """

    type = Text()
    inherit_cache = True


@compiles(_Read)
def _as_it_is(element: _Read, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_Read, "sqlite")
def _with_a_plus(element: _Read, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def _measure(table: Table, name: str) -> ColumnElement[Any]:
    if table is llm_generations and name in _OF_CALLS:
        return _sum(_OF_CALLS[name])
    return _sum(table.c[name])


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    nothing = Decimal(0) if isinstance(column.type, PicoDollars) else 0
    return func.coalesce(func.sum(column), literal(nothing, type_=column.type), type_=column.type)


_ONE = llm_generations.c
_REVIEWS = "reviews"
_STAND_IN = _ONE.role.in_(STAND_INS)
# As ``Books`` sums them up for results.
_OF_CALLS: Mapping[str, ColumnElement[Any]] = {
    "calls": literal_column("1", Integer),
    "failed_calls": case((_ONE.error.is_not(None), 1), else_=0),
    "fallback_calls": case((_STAND_IN, 1), else_=0),
    "waited_calls": case((_ONE.wait_ms > 0, 1), else_=0),
    "unpriced_calls": case((_ONE.cost_pico.is_(None), 1), else_=0),
    "fallback_cost_pico": case((_STAND_IN, _ONE.cost_pico)),
}


def _plain(name: str, value: Any) -> Any:
    """Whole numbers as such: PostgreSQL's sums of them are decimals."""
    return value if name.endswith("_pico") else int(value)
