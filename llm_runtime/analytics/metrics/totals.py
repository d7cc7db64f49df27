"""The sums of a period beside those of the period before."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from llm_runtime.analytics.answer import Answer, Cell, Column, Kind, Share
from llm_runtime.analytics.metrics.agent_metrics import FEW, cost_per_accepted, precision
from llm_runtime.analytics.metrics.known import each, known_cost, notes
from llm_runtime.analytics.metrics.llm_metrics import ENOUGH_CALLS
from llm_runtime.analytics.metrics.percentiles import ASKED, latencies
from llm_runtime.analytics.metrics.sums import Repositories, sums, within
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.tables import llm_traces

_NAMES = (
    *("reviews", "calls", "failed_calls", "fallback_calls", "waited_calls", "unpriced_calls"),
    *("cost_pico", "findings", "accepted", "dismissed"),
)
_COLUMNS = (
    Column("period", "Period", Kind.TEXT),
    Column("reviews", "Reviews", Kind.COUNT),
    Column("pull_requests", "Pull requests", Kind.COUNT),
    Column("calls", "Calls", Kind.COUNT),
    Column("unpriced_calls", "Unpriced calls", Kind.COUNT),
    Column("cost", "Cost", Kind.DOLLARS),
    Column("cost_per_review", "Cost per review", Kind.DOLLARS),
    Column("findings", "Findings", Kind.COUNT),
    Column("accepted", "Accepted", Kind.COUNT),
    Column("dismissed", "Dismissed", Kind.COUNT),
    Column("precision", "Precision", Kind.SHARE),
    Column("cost_per_accepted", "Cost per accepted finding", Kind.DOLLARS, few=True),
    Column("errors", "Failed", Kind.SHARE),
    Column("fallbacks", "Fallbacks", Kind.SHARE),
    Column("waits", "Waited", Kind.SHARE),
    Column("p95", "Latency (p95)", Kind.SECONDS, few=True),
)


def totals(connection: Connection, period: Period, *, repositories: Repositories = None) -> Answer:
    """A row for the period and one for the period before."""
    now, note = _row(connection, period, repositories)
    then, _ = _row(connection, period.before, repositories)
    return Answer("totals", "In all", _COLUMNS, (("this period", *now), ("the period before", *then)), note)


def _row(connection: Connection, period: Period, repositories: Repositories) -> tuple[tuple[Cell, ...], str]:
    found = sums(connection, period, _NAMES, by=(), repositories=repositories, order="calls")
    ((_, row),) = found.rows
    cost, calls = known_cost(row), row["calls"]
    cells = (
        row["reviews"],
        _pull_requests(connection, period, repositories),
        calls,
        row["unpriced_calls"],
        cost,
        each(cost, row["reviews"]) if cost is not None and row["reviews"] else None,
        *(row[name] for name in ("findings", "accepted", "dismissed")),
        precision(row),
        cost_per_accepted(row),
        *(Share(row[name], calls) for name in ("failed_calls", "fallback_calls", "waited_calls")),
        _p95(connection, period, repositories),
    )
    return cells, f"{notes(found)} {FEW}".strip()


def _pull_requests(connection: Connection, period: Period, repositories: Repositories) -> int:
    one = llm_traces.c
    each = within(select(one.repository, one.number).distinct(), llm_traces, period, repositories)
    return connection.execute(
        select(func.count()).select_from(each.where(one.number.is_not(None)).subquery())
    ).scalar_one()


def _p95(connection: Connection, period: Period, repositories: Repositories) -> float | None:
    _, groups = latencies(connection, period, by=(), repositories=repositories)
    return next((group.seconds[ASKED.index(0.95)] for group in groups if group.calls >= ENOUGH_CALLS), None)
