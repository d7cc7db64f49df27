"""How long calls take: the median and what the slowest exceed, exact, and the same on both engines.

A percentile is what SQL calls ``percentile_cont``: between the two calls that are nearest to it, in proportion
(SQL:2003; https://www.postgresql.org/docs/current/functions-aggregate.html#FUNCTIONS-ORDEREDSET-TABLE). PostgreSQL
has it; SQLite has not, so the durations are read there, out of the index alone, and put in order here.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Float,
    Select,
    String,
    TypeDecorator,
    cast,
    collate,
    func,
    select,
)

from llm_runtime.analytics.answer import Cell, Column
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.dimensions import dimension
from llm_runtime.analytics.metrics.sums import Repositories, give_room, in_time, labels, within
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.tables import llm_generations

ASKED = (0.5, 0.95, 0.99)
_THOUSAND = 1_000
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Latencies:
    """Of the answered calls of one group.

    Attributes:
        keys: The cells that name the group.
        calls: How many.
        seconds: The percentiles that were ``ASKED`` for.
    """

    keys: tuple[Cell, ...]
    calls: int
    seconds: tuple[float, ...]


def latencies(
    connection: Connection, period: Period, *, by: Sequence[By], repositories: Repositories
) -> tuple[tuple[Column, ...], tuple[Latencies, ...]]:
    """The latencies of a period's answered calls, divided; most calls first, days in their order.

    Returns:
        The columns that name the groups, and the groups.
    """
    dimensions = tuple(dimension(each, llm_generations, connection) for each in by)
    keys = tuple(key for each in dimensions for key in each.keys)
    if connection.dialect.name != "sqlite":
        keys = tuple(_by_bytes(key) for key in keys)
    answered = within(select(*keys), llm_generations, period, repositories).where(llm_generations.c.error.is_(None))
    found = (
        _on_sqlite(connection, answered) if connection.dialect.name == "sqlite" else _asked(connection, answered, keys)
    )
    groups = [Latencies(labels(dimensions, key), calls, told) for key, calls, told in found]
    # Days as text are in the order of time; names settle what has equally many calls.
    groups.sort(key=lambda group: (0 if in_time(by) else -group.calls, tuple(map(str, group.keys))))
    return tuple(each.column for each in dimensions), tuple(groups)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that so large a share of the others does not exceed.

    Args:
        ordered: At least one value, in order.
        share: From 0 to 1.

    >>> percentile([1, 2, 3, 4], 0.5), percentile([1, 2, 3, 4, 5], 0.95), percentile([7], 0.95)
    (2.5, 4.8, 7.0)
    """
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def seconds(milliseconds: float) -> float:
    """To the microsecond, which is more than is known."""
    return round(milliseconds / _THOUSAND, 6)


_Found = list[tuple[tuple[Any, ...], int, tuple[float, ...]]]


def _on_sqlite(connection: Connection, answered: Select[Any]) -> _Found:
    taken: defaultdict[tuple[Any, ...], array[int]] = defaultdict(lambda: array("q"))
    cursor = connection.execute(answered.add_columns(llm_generations.c.latency_ms)).cursor
    # The driver's own rows: a million of SQLAlchemy's take a second longer, and nothing in them needs its types.
    while rows := cursor.fetchmany(_AT_ONCE):
        for row in rows:
            taken[row[:-1]].append(row[-1])
    return [
        (key, len(values), tuple(seconds(percentile(ordered, share)) for share in ASKED))
        for key, values in taken.items()
        if (ordered := sorted(values))
    ]


def _by_bytes(key: ColumnElement[Any]) -> ColumnElement[Any]:
    """A key that is put in order by its bytes: a language's order, which nobody sees here, takes several times as long.

    https://www.postgresql.org/docs/current/collation.html
    """
    kind = key.type.impl if isinstance(key.type, TypeDecorator) else key.type
    return collate(key, "C") if isinstance(kind, String) else key


def _asked(connection: Connection, answered: Select[Any], keys: Sequence[Any]) -> _Found:
    give_room(connection)
    shares = cast(list(ASKED), ARRAY(Float))
    told = func.percentile_cont(shares).within_group(llm_generations.c.latency_ms.asc())
    rows = connection.execute(answered.add_columns(func.count(), told).group_by(*keys))
    return [(tuple(key), calls, tuple(seconds(value) for value in values)) for *key, calls, values in rows if calls]
