"""How long models take and how often they fail go in; drawings come out."""

from __future__ import annotations

from app.analytics.report.cells import words
from app.analytics.report.charts.intervals import PERCENT, Point, points, time_axis
from app.analytics.report.charts.specification import Chart, row_names
from app.analytics.report.names import name
from llm_runtime.analytics.answer import Answer, Kind, Share

_RATES = {"errors": "failed", "fallbacks": "by a fallback", "waits": "waited"}
_PERCENTILES = {"p50": "half", "p95": "95 of 100", "p99": "99 of 100"}


def latency(answer: Answer) -> tuple[Chart, ...]:
    """Three points for each row of ``latency``: how long half, 95 and 99 of 100 answers took at most."""
    told = []
    for at, row in enumerate(row_names(answer)):
        times = {
            key: value for key in _PERCENTILES if isinstance(value := answer.values(key)[at], int | float) and value > 0
        }
        told += [
            Point(
                row=row,
                series=_PERCENTILES[key],
                value=float(value),
                low=float(min(times.values())),
                high=float(max(times.values())),
                said=f"{name(row)}: {_PERCENTILES[key]} within {words(float(value), Kind.SECONDS)}",
            )
            for key, value in times.items()
        ]
    return points(
        "Time to answer",
        "Points for each row: within how many seconds half, 95 and 99 of 100 answers were there. The axis grows by "
        "factors.",
        told,
        across=time_axis(told),
        apart=False,
    )


def rates(answer: Answer) -> tuple[Chart, ...]:
    """Failed, fallback and waiting calls of each row of ``rates``, with their intervals."""
    told = [
        Point(
            row=row,
            series=series,
            value=share.value,
            low=share.low,
            high=share.high,
            said=f"{name(row)}: {words(share, Kind.SHARE)} of {share.whole:,} {series}",
        )
        for at, row in enumerate(row_names(answer))
        for key, series in _RATES.items()
        if isinstance(share := answer.values(key)[at], Share) and share.enough
    ]
    return points(
        "Calls that failed, were answered by a fallback, or waited",
        "Points with 95 % intervals for each row: the share of calls that failed, went to a fallback, or had to wait.",
        told,
        across=PERCENT,
        apart=True,
        few=len(answer.rows) - len({point.row for point in told}),
    )
