"""What became of findings goes in; drawings of precision and of what an accepted one costs come out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.analytics.report.cells import words
from app.analytics.report.charts.intervals import PERCENT, ROWS, Point, points
from app.analytics.report.charts.specification import Chart, name_limit, rows, specification
from app.analytics.report.names import labels, name
from llm_runtime.analytics.answer import Answer, Kind, Share

_STEP = 30
_SPACE = 1.18
"""How much longer than the longest bar the axis is, for the number behind it."""


def by_reviewer(answer: Answer) -> tuple[Chart, ...]:
    """Of ``reviewers``: cost per accepted finding, and precision with its interval."""
    return (*_cost_per_accepted(answer), *_precision(answer))


def _cost_per_accepted(answer: Answer) -> tuple[Chart, ...]:
    told = {
        str(row): cost
        for row, cost in zip(answer.values("reviewer"), answer.values("cost_per_accepted"), strict=True)
        if isinstance(cost, Decimal)
    }
    if not told:
        return ()
    left = len(told) - ROWS
    dearest = sorted(told, key=lambda row: -told[row])[:ROWS]
    return (
        Chart(
            title="Cost per accepted finding",
            description="Bars: what a finding that people accepted has cost, by reviewer.",
            specification=lambda width: _bars({row: told[row] for row in dearest}, width),
            note=f"{left} more in the table" if left > 0 else "",
        ),
    )


def _bars(told: Mapping[str, Decimal], width: int) -> Mapping[str, Any]:
    shorts = labels(told, name_limit(width))
    values = [
        {
            "label": shorts[row],
            "value": float(cost),
            "text": words(cost, Kind.DOLLARS),
            "said": f"{name(row)}: {words(cost, Kind.DOLLARS)} per accepted finding",
        }
        for row, cost in told.items()
    ]
    across = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, float(max(told.values())) * _SPACE or 1]},
        "axis": {"format": "$,~r", "tickCount": 4},
    }
    up = rows(tuple(shorts.values()))
    bar = {
        "mark": {"type": "bar", "color": "var(--series-1)"},
        "encoding": {"x": across, "y": up, "description": {"field": "said"}},
    }
    text = {
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "dx": 5,
            "color": "var(--ink)",
            "fontSize": 12,
            "aria": False,
        },
        "encoding": {"x": across, "y": up, "text": {"field": "text", "type": "nominal"}},
    }
    return specification(width, {"step": _STEP}, values, [bar, text])


def _precision(answer: Answer) -> tuple[Chart, ...]:
    told = [
        Point(
            row=str(row),
            series="precision",
            value=share.value,
            low=share.low,
            high=share.high,
            said=f"{name(str(row))}: {words(share, Kind.SHARE)} of {share.whole:,} findings that people judged",
        )
        for row, share in zip(answer.values("reviewer"), answer.values("precision"), strict=True)
        if isinstance(share, Share) and share.enough
    ]
    return points(
        "Precision, as people judged",
        "Points with 95 % intervals: the share of judged findings that were accepted, by reviewer.",
        told,
        across=PERCENT,
        apart=False,
        few=len(answer.rows) - len(told),
    )
