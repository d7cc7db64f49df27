"""What models cost, how long they take and how often they fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate

from sqlalchemy import Connection, func, select

from llm_runtime.analytics.answer import Answer, Column, Kind
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.divided import CACHES, FALLBACKS, RATES, costs_by, divide
from llm_runtime.analytics.metrics.known import known_cost, notes
from llm_runtime.analytics.metrics.percentiles import latencies
from llm_runtime.analytics.metrics.sums import Repositories, give_room, in_time, of_repositories, sums, within
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.tables import llm_events, llm_generations, llm_traces

ENOUGH_CALLS = 20
"""Fewer calls tell nothing of the slowest twentieth."""

_MODEL = (By.MODEL,)
_CALLS = Column("calls", "Calls", Kind.COUNT)
_COST = Column("cost", "Cost", Kind.DOLLARS)
_UNPRICED = Column("unpriced_calls", "Unpriced calls", Kind.COUNT)
_REVIEWS = Column("reviews", "Reviews", Kind.COUNT)


def costs(
    connection: Connection,
    period: Period,
    *,
    by: Sequence[By] = _MODEL,
    repositories: Repositories = None,
    limit: int | None = None,
) -> Answer:
    """What was spent, and on how many calls and tokens; the dearest first."""
    return divide(connection, period, costs_by(by), by=by, repositories=repositories, limit=limit)


def cost_by_day(connection: Connection, period: Period, *, repositories: Repositories = None) -> Answer:
    """What was spent on each day of the period, in UTC, and until its end in all; days without a call, too."""
    names = ("calls", "cost_pico", "unpriced_calls")
    found = sums(connection, period, names, by=(By.DAY,), repositories=repositories, order="calls")
    told = {keys[0]: row for keys, row in found.rows}
    nothing = {"calls": 0, "cost_pico": Decimal(0), "unpriced_calls": 0}
    last = period.until - timedelta(microseconds=1)
    days = [
        (period.since + timedelta(days=number)).date() for number in range((last.date() - period.since.date()).days + 1)
    ]
    rows = [told.get(day, nothing) for day in days]
    cumulated = accumulate(rows, lambda until, row: {name: until[name] + row[name] for name in names})
    columns = (
        Column("day", "Day", Kind.DAY),
        _COST,
        Column("cumulated", "Cost until then", Kind.DOLLARS),
        _CALLS,
        _UNPRICED,
    )
    return Answer(
        "cost-by-day",
        "Cost over time",
        columns,
        tuple(
            (day, known_cost(row), known_cost(until_then), row["calls"], row["unpriced_calls"])
            for day, row, until_then in zip(days, rows, cumulated, strict=True)
        ),
        notes(found),
    )


def cost_by_day_and_model(connection: Connection, period: Period, *, repositories: Repositories = None) -> Answer:
    """What was spent on each model on each day, in the order of time; only where something was."""
    by = (By.DAY, By.MODEL)
    found = sums(connection, period, ("cost_pico",), by=by, repositories=repositories, order="cost_pico")
    spent = sorted(((*keys, row["cost_pico"]) for keys, row in found.rows if row["cost_pico"]), key=lambda row: row[0])
    return Answer("cost-by-day-and-model", "Cost of each model over time", (*found.by, _COST), tuple(spent))


def latency(
    connection: Connection,
    period: Period,
    *,
    by: Sequence[By] = _MODEL,
    repositories: Repositories = None,
    limit: int | None = None,
) -> Answer:
    """How long answered calls took, from sending to the last byte; who has the most calls first."""
    columns, groups = latencies(connection, period, by=by, repositories=repositories)
    limit = None if in_time(by) else limit
    rows = tuple(
        (*group.keys, group.calls, *(group.seconds if group.calls >= ENOUGH_CALLS else (None, None, None)))
        for group in groups[:limit]
    )
    few = any(row[-1] is None for row in rows)
    note = " ".join(
        (
            *(("Not enough data where fewer than 20 calls were answered.",) if few else ()),
            *((f"Only the {limit} with the most calls.",) if limit is not None and len(groups) > limit else ()),
        )
    )
    shown = tuple(Column(key, key, Kind.SECONDS, few=True) for key in ("p50", "p95", "p99"))
    return Answer("latency", "Latency of answered calls", (*columns, _CALLS, *shown), rows, note)


def rates(
    connection: Connection,
    period: Period,
    *,
    by: Sequence[By] = _MODEL,
    repositories: Repositories = None,
    limit: int | None = None,
) -> Answer:
    """How often calls fail, are a fallback's or have to wait; who has the most calls first."""
    return divide(connection, period, RATES, by=by, repositories=repositories, limit=limit)


def fallbacks(
    connection: Connection,
    period: Period,
    *,
    by: Sequence[By] = _MODEL,
    repositories: Repositories = None,
    limit: int | None = None,
) -> Answer:
    """What was spent on calls to a model other than the one that was wanted; the dearest first."""
    return divide(connection, period, FALLBACKS, by=by, repositories=repositories, limit=limit)


def caches(
    connection: Connection,
    period: Period,
    *,
    by: Sequence[By] = _MODEL,
    repositories: Repositories = None,
    limit: int | None = None,
) -> Answer:
    """What the caches of prompts have saved: what the same tokens cost without them, less what was paid."""
    return divide(connection, period, CACHES, by=by, repositories=repositories, limit=limit)


def errors(
    connection: Connection, period: Period, *, repositories: Repositories = None, limit: int | None = None
) -> Answer:
    """Which errors calls ended with, by model; the most frequent first."""
    one = llm_generations.c
    counted = func.count().label("calls")
    query = within(select(one.error, one.provider, one.model, counted), llm_generations, period, repositories)
    query = query.where(one.error.is_not(None)).group_by(one.error, one.provider, one.model)
    query = query.order_by(counted.desc(), one.error, one.provider, one.model)
    found = connection.execute(query if limit is None else query.limit(limit + 1)).all()
    note = f"Only the first {limit:,}; there are more." if limit is not None and len(found) > limit else ""
    columns = (Column("error", "Error", Kind.TEXT), Column("model", "Model", Kind.TEXT), _CALLS)
    rows = tuple((row.error, f"{row.provider}/{row.model}", row.calls) for row in found[:limit])
    return Answer("errors", "Errors of calls", columns, rows, note)


def events(connection: Connection, period: Period, *, repositories: Repositories = None) -> Answer:
    """What happened beside the calls, by kind; the most frequent first."""
    event = llm_events.c
    give_room(connection)
    # Grouped twice, as sums are, to count reviews.
    of_review = select(event.kind, func.count().label("times"), func.sum(event.seconds).label("seconds"))
    of_review = of_review.where(event.at >= period.since, event.at < period.until).group_by(event.kind, event.trace)
    if repositories is not None:
        of_review = of_review.join(llm_traces, llm_traces.c.id == event.trace)
        of_review = of_repositories(of_review, llm_traces.c.repository, repositories)
    each = of_review.subquery().c
    times = func.sum(each.times)
    query = select(each.kind, times, func.count(), func.sum(each.seconds)).group_by(each.kind)
    columns = (
        Column("kind", "Event", Kind.TEXT),
        Column("events", "Times", Kind.COUNT),
        _REVIEWS,
        Column("seconds", "Time", Kind.SECONDS),
    )
    rows = tuple(
        (kind, int(number), reviews, None if took is None else round(took, 6))
        for kind, number, reviews, took in connection.execute(query.order_by(times.desc(), each.kind))
    )
    return Answer("events", "What happened beside the calls", columns, rows)


def repositories_with_rows(connection: Connection, repositories: Repositories = None) -> tuple[str, ...]:
    """Which of these repositories, or of all, something is known of; in the order of the alphabet."""
    query = select(llm_traces.c.repository).distinct().order_by(llm_traces.c.repository)
    if repositories is not None:
        query = query.where(llm_traces.c.repository.in_(sorted(repositories)))
    return tuple(connection.scalars(query))
