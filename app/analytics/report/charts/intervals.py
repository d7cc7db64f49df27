"""Rows of points with the span that each may lie in, side by side: what many drawings are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.analytics.report.charts.specification import Chart, colour, keys, name_limit, rows, specification
from app.analytics.report.names import labels

ROWS = 15
"""Of how many a drawing speaks; the table has all."""

_STEP, _LINE = 30, 15
"""Pixels of a row, and of each line in it where it has several."""

_SHAPES = ("circle", "diamond", "triangle-up")
_MARKS = ("●", "◆", "▲")


PERCENT = {"scale": {"zero": True}, "axis": {"format": ".0%", "tickCount": 5}}
"""An axis of shares."""

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_TICKS = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30),
    *(count * _MINUTE for count in (1, 2, 5, 10, 20, 30)),
    *(count * _HOUR for count in (1, 2, 6, 12)),
    *(count * _DAY for count in (1, 2, 5, 10, 30, 90, 365)),
)
"""Seconds, by factors of about two: some things take ten times as long as others, and the slowest of them again."""

_TIME = (
    f"datum.value < {_MINUTE} ? datum.value + ' s' : datum.value < {_HOUR} ? datum.value / {_MINUTE} + ' min' : "
    f"datum.value < {_DAY} ? datum.value / {_HOUR} + ' h' : datum.value / {_DAY} + ' d'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value with the span around it.

    Attributes:
        row: The name of its row.
        series: The name of what is measured.
        value: Where it lies.
        low: Where its span begins.
        high: Where its span ends.
        said: What it says of itself to a pointer.
    """

    row: str
    series: str
    value: float
    low: float
    high: float
    said: str


def time_axis(told: Sequence[Point]) -> Mapping[str, Any]:
    """An axis of seconds that grows by factors, and begins and ends where one would read it."""
    least, most = min((point.low for point in told), default=1), max((point.high for point in told), default=1)
    ticks = [tick for tick in _TICKS if least / 2 < tick < most * 2]
    return {
        "scale": {"type": "log", "domain": [min(least, *ticks[:1]), max(most, *ticks[-1:])], "nice": False},
        "axis": {"values": ticks, "labelExpr": _TIME, "labelOverlap": True},
    }


def points(
    title: str, description: str, told: Sequence[Point], *, across: Mapping[str, Any], apart: bool, few: int = 0
) -> tuple[Chart, ...]:
    """The drawing of these points; none where there is none.

    Args:
        title: What stands above it.
        description: What it shows.
        told: In the order of the rows and of the series.
        across: The horizontal scale and axis, in the words of Vega-Lite.
        apart: Whether the series of a row lie on lines of their own.
        few: How many rows were left out because there is not enough data.
    """
    every = tuple(dict.fromkeys(point.row for point in told))
    if not every:
        return ()
    left = max(0, len(every) - ROWS)
    notes = (f"{left} more in the table" * bool(left), f"{few} without enough data" * bool(few))
    series = tuple(dict.fromkeys(point.series for point in told))
    return (
        Chart(
            title=title,
            description=description,
            specification=lambda width: _drawn(told, every[:ROWS], width, series=series, across=across, apart=apart),
            keys=keys(series, _MARKS[: len(series)]),
            note="; ".join(note for note in notes if note),
        ),
    )


def _drawn(
    told: Sequence[Point],
    shown: Sequence[str],
    width: int,
    *,
    series: Sequence[str],
    across: Mapping[str, Any],
    apart: bool,
) -> Mapping[str, Any]:
    shorts = labels(shown, name_limit(width))
    values = [
        {
            "label": shorts[point.row],
            "series": point.series,
            "value": point.value,
            "low": point.low,
            "high": point.high,
            "said": point.said,
        }
        for point in told
        if point.row in shorts
    ]
    up = rows(tuple(shorts.values()))
    across = {"type": "quantitative", "title": None, **across}
    offset = {"yOffset": {"field": "series", "scale": {"domain": list(series)}}} if apart and len(series) > 1 else {}
    shapes = {"domain": list(series), "range": list(_SHAPES[: len(series)])}
    span = {
        "mark": {"type": "rule", "strokeWidth": 3, "strokeOpacity": 0.45, "strokeCap": "round", "aria": False},
        "encoding": {
            "x": {"field": "low", **across},
            "x2": {"field": "high"},
            "y": up,
            **offset,
            "color": colour(series) if apart else {"value": "var(--soft)"},
        },
    }
    point = {
        "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
        "encoding": {
            "x": {"field": "value", **across},
            "y": up,
            **offset,
            "color": colour(series),
            "shape": {"field": "series", "scale": shapes, "legend": None},
            "description": {"field": "said"},
        },
    }
    step = _STEP if not apart else max(_STEP, _LINE * len(series))
    return specification(width, {"step": step, "for": "position"}, values, [span, point])
