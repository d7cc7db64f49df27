"""How long pull requests wait for their first review and for their merge, before the App was installed and since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Float, Select, and_, case, cast, func, literal, or_, select, union_all

from app.store.tables import pull_times as table
from app.store.tables import repositories as known
from llm_runtime.analytics.answer import ENOUGH, Answer, Cell, Column, Kind, Share

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from llm_runtime.analytics.period import Period

_Z = 1.959964
_DAY_SECONDS = 86_400.0
_BEFORE, _SINCE = "before the installation", "since the installation"
_MEASURES = (("the first review", table.c.first_review_at), ("the merge", table.c.merged_at))

_COLUMNS = (
    Column("measure", "From opening to", Kind.TEXT),
    Column("phase", "When", Kind.TEXT),
    Column("pull_requests", "Pull requests", Kind.COUNT),
    Column("median", "Median", Kind.SECONDS, few=True),
    Column("low", "From", Kind.SECONDS, few=True),
    Column("high", "To", Kind.SECONDS, few=True),
    Column("by_quartet", "First reviewed by Quartet", Kind.SHARE),
)
_NOTE = (
    "Since the installation: pull requests that were opened in the period. Before it: those that GitHub told of when "
    "the App was installed, at most 100 for each repository. The median lies between From and To with 95 % confidence. "
    "What nobody has reviewed or merged yet is left out, and so are reviews by the author and by other machines. "
    f"Not enough data where there are fewer than {ENOUGH}."
)


def pull_times(connection: Connection, period: Period, *, repositories: frozenset[str] | None = None) -> Answer:
    """The medians, with intervals.

    Args:
        connection: A transaction.
        period: When the pull requests since the installation were opened; those before it are all that are known.
        repositories: Full names in small letters of those that count; None for all.
    """
    times = union_all(*(_durations(connection, name, end, period, repositories) for name, end in _MEASURES)).cte(
        "times"
    )
    counted = select(
        times.c.measure, times.c.phase, func.count().label("many"), func.sum(times.c.ours).label("ours")
    ).group_by(times.c.measure, times.c.phase)
    groups = {(row.measure, row.phase): row for row in connection.execute(counted)}
    wanted = {place: _ranks(int(row.many)) for place, row in groups.items() if row.many >= ENOUGH}
    found = _at(connection, times, wanted)
    rows: list[tuple[Cell, ...]] = []
    for measure, _ in _MEASURES:
        for phase in (_BEFORE, _SINCE):
            row, values = groups.get((measure, phase)), found[measure, phase]
            many = int(row.many) if row else 0
            of_reviews = row is not None and measure == _MEASURES[0][0]
            rows.append(
                (
                    measure,
                    phase,
                    many,
                    *_median(many, values),
                    Share(int(row.ours), many) if of_reviews and row else None,
                )
            )
    return Answer("pull-times", "Time to the first review and to the merge", _COLUMNS, tuple(rows), _NOTE)


def _durations(
    connection: Connection, name: str, end: Any, period: Period, repositories: frozenset[str] | None
) -> Select[Any]:
    """For each pull request how many seconds it took, and whether that was before the installation."""
    opened = table.c.opened_at
    before = opened < known.c.installed_at
    phase = case((before, literal(_BEFORE)), else_=literal(_SINCE))
    query = (
        select(
            literal(name).label("measure"),
            phase.label("phase"),
            _seconds(connection, end, opened).label("seconds"),
            case((table.c.first_review_by == "quartet", 1), else_=0).label("ours"),
        )
        .join(known, known.c.name == table.c.repository)
        .where(end >= opened, or_(before, and_(opened >= period.since, opened < period.until)))
    )
    return query if repositories is None else query.where(table.c.repository.in_(sorted(repositories)))


def _seconds(connection: Connection, end: Any, start: Any) -> ColumnElement[float]:
    if connection.dialect.name == "sqlite":
        # A day as a floating point number is exact to some 40 µs, https://www.sqlite.org/lang_datefunc.html.
        return (func.julianday(end) - func.julianday(start)) * _DAY_SECONDS
    return cast(func.extract("epoch", end - start), Float)


def _ranks(many: int) -> tuple[int, int, int, int]:
    """Ranks, from 1, of the median's interval, of the two values in the middle, and of the interval's end.

    No distribution is assumed: https://en.wikipedia.org/wiki/Median#Confidence_intervals (Conover, Practical
    Nonparametric Statistics, 3.2).
    """
    half, middle = _Z * sqrt(many) / 2, many / 2
    return max(1, ceil(middle - half)), (many + 1) // 2, many // 2 + 1, min(many, ceil(middle + half))


_Places = dict[tuple[str, str], tuple[int, int, int, int]]


def _at(connection: Connection, times: Any, wanted: _Places) -> defaultdict[tuple[str, str], dict[int, float]]:
    """The values at these ranks."""
    found: defaultdict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    if not wanted:
        return found
    rank = func.row_number().over(partition_by=(times.c.measure, times.c.phase), order_by=times.c.seconds)
    ranked = select(times.c.measure, times.c.phase, times.c.seconds, rank.label("rank")).subquery()
    asked = (
        and_(ranked.c.measure == measure, ranked.c.phase == phase, ranked.c.rank.in_(set(ranks)))
        for (measure, phase), ranks in wanted.items()
    )
    for row in connection.execute(select(ranked).where(or_(*asked))):
        found[row.measure, row.phase][row.rank] = round(float(row.seconds), 3)
    return found


def _median(many: int, values: dict[int, float]) -> Iterable[float | None]:
    """The median and its interval; unknown where there are too few."""
    if many < ENOUGH:
        return None, None, None
    low, left, right, high = _ranks(many)
    return (values[left] + values[right]) / 2, values[low], values[high]
