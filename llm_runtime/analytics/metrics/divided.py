"""Answers that are sums by whatever somebody wishes: what is summed, in which order it is told, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from llm_runtime.analytics.answer import Answer, Cell, Column, Kind, Share
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.known import known_cost, notes
from llm_runtime.analytics.metrics.percentiles import seconds
from llm_runtime.analytics.metrics.sums import Repositories, Sums, sums
from llm_runtime.analytics.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """One such answer.

    Attributes:
        key: The answer's.
        title: The answer's.
        names: What is summed.
        order: Of ``names``: the largest comes first.
        some: Of ``names``: rows that have none of it are left out.
        columns: The answer's, behind those that it is divided by.
        cells: Theirs, of a row of sums.
    """

    key: str
    title: str
    names: tuple[str, ...]
    order: str
    some: str
    columns: tuple[Column, ...]
    cells: Callable[[Mapping[str, Any]], tuple[Cell, ...]]


def _of_fallbacks(row: Mapping[str, Any]) -> Decimal | None:
    """What they cost; None where that adds up to nothing and calls have no price, which may be theirs."""
    cost: Decimal = row["fallback_cost_pico"]
    return cost or (None if row["unpriced_calls"] else cost)


def _saved(row: Mapping[str, Any]) -> Decimal | None:
    """What caches have saved; None where no price is known by which it could be told."""
    saved: Decimal = row["saved_pico"]
    return None if known_cost(row) is None else saved


_CALLS = Column("calls", "Calls", Kind.COUNT)
_COST = Column("cost", "Cost", Kind.DOLLARS)
_TOKENS = ("input_tokens", "cached_input_tokens", "cache_write_tokens")
_RATES = ("failed_calls", "fallback_calls", "waited_calls")

COSTS = Division(
    key="costs",
    title="Costs",
    names=("reviews", "calls", "input_tokens", "output_tokens", "cost_pico", "unpriced_calls"),
    order="cost_pico",
    some="calls",
    columns=(
        Column("reviews", "Reviews", Kind.COUNT),
        _CALLS,
        Column("input_tokens", "Input tokens", Kind.COUNT),
        Column("output_tokens", "Output tokens", Kind.COUNT),
        _COST,
        Column("unpriced_calls", "Unpriced calls", Kind.COUNT),
    ),
    cells=lambda row: (
        row["reviews"],
        row["calls"],
        row["input_tokens"],
        row["output_tokens"],
        known_cost(row),
        row["unpriced_calls"],
    ),
)
COSTS_OF_PROMPTS = replace(
    COSTS, names=COSTS.names[1:], columns=COSTS.columns[1:], cells=lambda row: COSTS.cells({"reviews": 0, **row})[1:]
)
"""Of how many reviews a wording was a part is in no index."""

RATES = Division(
    key="rates",
    title="Failures, fallbacks and waits",
    names=("calls", *_RATES, "wait_ms"),
    order="calls",
    some="calls",
    columns=(
        _CALLS,
        Column("errors", "Failed", Kind.SHARE),
        Column("fallbacks", "Fallbacks", Kind.SHARE),
        Column("waits", "Waited", Kind.SHARE),
        Column("waited", "Waited in all", Kind.SECONDS),
    ),
    cells=lambda row: (
        row["calls"],
        *(Share(row[name], row["calls"]) for name in _RATES),
        seconds(row["wait_ms"]),
    ),
)
FALLBACKS = Division(
    key="fallbacks",
    title="Cost of fallbacks",
    names=("fallback_calls", "fallback_cost_pico", "cost_pico", "calls", "unpriced_calls"),
    order="fallback_cost_pico",
    some="fallback_calls",
    columns=(
        Column("fallback_calls", "Fallback calls", Kind.COUNT),
        Column("fallback_cost", "Cost of fallbacks", Kind.DOLLARS),
        Column("cost", "Cost of all calls", Kind.DOLLARS),
    ),
    cells=lambda row: (row["fallback_calls"], _of_fallbacks(row), known_cost(row)),
)
CACHES = Division(
    key="caches",
    title="Savings of caches",
    names=(*_TOKENS, "saved_pico", "cost_pico", "calls", "unpriced_calls"),
    order="saved_pico",
    some="calls",
    columns=(
        Column("input_tokens", "Input tokens", Kind.COUNT),
        Column("cached_input_tokens", "Read from a cache", Kind.COUNT),
        Column("cache_write_tokens", "Written to one", Kind.COUNT),
        Column("saved", "Saved", Kind.DOLLARS),
        _COST,
    ),
    cells=lambda row: (*(row[name] for name in _TOKENS), _saved(row), known_cost(row)),
)


def costs_by(by: Sequence[By]) -> Division:
    """What is told of costs where they are divided so."""
    return COSTS_OF_PROMPTS if By.PROMPT in by else COSTS


def divide(
    connection: Connection,
    period: Period,
    division: Division,
    *,
    by: Sequence[By],
    repositories: Repositories,
    limit: int | None,
) -> Answer:
    """One answer."""
    found = sums(
        connection,
        period,
        division.names,
        by=by,
        repositories=repositories,
        order=division.order,
        limit=limit,
        some=division.some,
    )
    return _answer(division, found)


def divide_all(
    connection: Connection, period: Period, *, by: Sequence[By], repositories: Repositories, limit: int | None
) -> tuple[Answer, Answer, Answer, Answer]:
    """Costs, rates, fallbacks and caches; the rows that they are sums of are read once for all four."""
    costs = costs_by(by)
    names = tuple(dict.fromkeys((*costs.names, *RATES.names, *FALLBACKS.names, *CACHES.names)))
    found = sums(connection, period, names, by=by, repositories=repositories, order="calls", some="calls")

    def told(division: Division) -> Answer:
        return _answer(division, found.largest(division.names, order=division.order, some=division.some, limit=limit))

    return told(costs), told(RATES), told(FALLBACKS), told(CACHES)


def _answer(division: Division, found: Sums) -> Answer:
    rows = tuple((*keys, *division.cells(row)) for keys, row in found.rows)
    return Answer(division.key, division.title, (*found.by, *division.columns), rows, notes(found))
