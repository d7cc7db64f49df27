"""How long pull requests take goes in; a drawing of before the installation and since comes out."""

from __future__ import annotations

from app.analytics.report.cells import words
from app.analytics.report.charts.intervals import Point, points, time_axis
from app.analytics.report.charts.specification import Chart
from llm_runtime.analytics.answer import Answer, Kind

_LEAST = 1.0
"""Second: a review that is there at once has no place on an axis that grows by factors."""


def pull_times(answer: Answer) -> tuple[Chart, ...]:
    """The medians of ``pull-times`` with their intervals; none where there are too few."""
    columns = (answer.values(key) for key in ("measure", "phase", "pull_requests", "median", "low", "high"))
    told = [
        Point(
            row=f"to {measure}",
            series=str(phase),
            value=max(_LEAST, median),
            low=max(_LEAST, low),
            high=max(_LEAST, high),
            said=f"to {measure}, {phase}: {words(median, Kind.SECONDS)} "
            f"({words(low, Kind.SECONDS)} to {words(high, Kind.SECONDS)}), the median of {words(count, Kind.COUNT)}",
        )
        for measure, phase, count, median, low, high in zip(*columns, strict=True)
        if isinstance(median, float) and isinstance(low, float) and isinstance(high, float)
    ]
    return points(
        "From opening, before the installation and since",
        "Points with 95 % intervals: how long half of the pull requests waited at most. The axis grows by factors.",
        told,
        across=time_axis(told),
        apart=True,
        few=len(answer.rows) - len(told),
    )
