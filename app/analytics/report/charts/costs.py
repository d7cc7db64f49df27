"""Cost by day goes in; drawings of each day, and of all so far, by model, come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from app.analytics.report.cells import words
from app.analytics.report.charts.specification import LETTER, SERIES, Chart, colour, keys, specification
from app.analytics.report.names import labels
from llm_runtime.analytics.answer import Answer, Cell, Kind

DAYS_ALONE = 45
"""Of more days, a mark is a week: a mark for each day of a year is neither to be seen nor to be loaded."""

_WEEK = 7
_HEIGHT, _TICK = 220, 80
_ALL, _REST = "all models", "others"
_NAME = 60
_EDGE = {"stroke": "var(--card)", "strokeWidth": 0.5}
_BAR = {"mark": {"type": "rect", **_EDGE}, "encoding": {"x": {"field": "from"}, "x2": {"field": "to"}}}
_AREA = {"mark": {"type": "area", **_EDGE}, "encoding": {"x": {"field": "to"}}}
_DOLLARS = {"format": "$,~r", "tickCount": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Dollars by span of time and model.

    Attributes:
        days: How many days a span has.
        starts: The first day of each, in order, without a gap.
        series: The models that cost most, first the dearest; the rest under one name.
        dollars: Of each model in each span.
    """

    days: int
    starts: tuple[date, ...]
    series: tuple[str, ...]
    dollars: Mapping[tuple[str, date], Decimal]


def costs_by_day(daily: Answer, models: Answer | None) -> tuple[Chart, ...]:
    """Drawings of what models cost; none where nothing cost anything.

    Args:
        daily: The answer ``cost-by-day``, which has every day of the period.
        models: The answer ``cost-by-day-and-model``, which has those that cost something; None where it was not asked.
    """
    days = daily.values("day")
    told = models or daily
    names = told.values("model") if models else (_ALL,) * len(days)
    spans = _spans(zip(told.values("day"), names, told.values("cost"), strict=True), days)
    if not spans.starts:
        return ()
    each = "day" if spans.days == 1 else "week"
    total = words(sum(spans.dollars.values(), Decimal()), Kind.DOLLARS)
    what = f"{total} in all, by model: {', '.join(labels(spans.series, _NAME).values())}"
    meaning = keys(tuple(labels(spans.series, _NAME).values()), "■" * len(spans.series))
    return (
        Chart(
            title=f"Cost per {each}",
            description=f"Bars, one for each {each}, of what it cost. {what}.",
            specification=lambda width: _drawn(spans, width, _each(spans), _BAR),
            keys=meaning,
        ),
        Chart(
            title="Cost so far",
            description=f"Areas that grow with what was spent so far. {what}.",
            specification=lambda width: _drawn(spans, width, _so_far(spans), _AREA),
            keys=meaning,
        ),
    )


def _spans(costs: Iterable[tuple[Cell, Cell, Cell]], days: Sequence[Cell]) -> Spans:
    told = [
        (day, str(model), cost)
        for day, model, cost in costs
        if isinstance(day, date) and isinstance(cost, Decimal) and cost > 0
    ]
    if not told:
        return Spans(days=1, starts=(), series=(), dollars={})
    seen = (*(day for day in days if isinstance(day, date)), *(day for day, _, _ in told))
    first, last = min(seen), max(seen)
    long = 1 if (last - first).days < DAYS_ALONE else _WEEK
    if long == _WEEK:
        # Weeks begin on Mondays (ISO 8601).
        first -= timedelta(days=first.weekday())
    by_model: dict[str, Decimal] = {}
    for _, model, cost in told:
        by_model[model] = by_model.get(model, Decimal()) + cost
    dearest = sorted(by_model, key=lambda model: -by_model[model])
    kept = dearest if len(dearest) <= SERIES else dearest[: SERIES - 1]
    dollars: dict[tuple[str, date], Decimal] = {}
    for day, model, cost in told:
        key = (model if model in kept else _REST, first + timedelta(days=(day - first).days // long * long))
        dollars[key] = dollars.get(key, Decimal()) + cost
    return Spans(
        days=long,
        starts=tuple(first + timedelta(days=at) for at in range(0, (last - first).days + 1, long)),
        series=(*kept, *((_REST,) if len(kept) < len(dearest) else ())),
        dollars=dollars,
    )


def _each(spans: Spans) -> Iterable[dict[str, Any]]:
    for start in spans.starts:
        below = Decimal()
        for model in spans.series:
            cost = spans.dollars.get((model, start), Decimal())
            if cost:
                when = f"{start}" if spans.days == 1 else f"week of {start}"
                yield _mark(spans, start, model, below=below, cost=cost, said=f"{when}, {_said(model, cost)}")
            below += cost


def _so_far(spans: Spans) -> Iterable[dict[str, Any]]:
    so_far = dict.fromkeys(spans.series, Decimal())
    total = {
        model: sum((spans.dollars.get((model, at), Decimal()) for at in spans.starts), Decimal())
        for model in spans.series
    }
    for start in (None, *spans.starts):
        below = Decimal()
        for model in spans.series:
            if start is not None:
                so_far[model] += spans.dollars.get((model, start), Decimal())
            at = spans.starts[0] - timedelta(days=spans.days) if start is None else start
            yield _mark(spans, at, model, below=below, cost=so_far[model], said=_said(model, total[model]))
            below += so_far[model]


def _mark(spans: Spans, start: date, model: str, *, below: Decimal, cost: Decimal, said: str) -> dict[str, Any]:
    return {
        "from": start.isoformat(),
        "to": (start + timedelta(days=spans.days)).isoformat(),
        "series": str(spans.series.index(model)),
        "low": float(below),
        "high": float(below + cost),
        "said": said,
    }


def _said(model: str, cost: Decimal) -> str:
    return f"{labels([model], _NAME)[model]}: {words(cost, Kind.DOLLARS)}"


def _drawn(spans: Spans, width: int, values: Iterable[dict[str, Any]], layer: Mapping[str, Any]) -> Mapping[str, Any]:
    end = spans.starts[-1] + timedelta(days=spans.days)
    step = ceil(len(spans.starts) / (width // _TICK))
    across = {
        "type": "temporal",
        "scale": {"type": "utc", "domain": [_milliseconds(spans.starts[0]), _milliseconds(end)], "nice": False},
        "title": None,
        "axis": {"grid": False, "format": "%-d %b", "values": [_milliseconds(day) for day in spans.starts[::step]]},
    }
    drawn = tuple(values)
    most = max(mark["high"] for mark in drawn)
    extent = LETTER * max(len(f"${most:,.0f}"), len(f"${most:.1g}")) + 8
    encoding = {
        channel: definition | (across if channel == "x" else {}) for channel, definition in layer["encoding"].items()
    } | {
        "y": {"field": "low", "type": "quantitative", "title": None, "axis": {**_DOLLARS, "minExtent": extent}},
        "y2": {"field": "high"},
        "color": colour([str(at) for at in range(len(spans.series))]),
        "description": {"field": "said"},
    }
    return specification(width, _HEIGHT, drawn, [{**layer, "encoding": encoding}])


def _milliseconds(day: date) -> float:
    """As JavaScript counts time."""
    return datetime.combine(day, time(), UTC).timestamp() * 1_000
