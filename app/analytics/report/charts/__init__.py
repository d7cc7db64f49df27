"""Answers go in; what is drawn of them comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.analytics.report.charts.costs import costs_by_day
from app.analytics.report.charts.findings import by_reviewer
from app.analytics.report.charts.models import latency, rates
from app.analytics.report.charts.pulls import pull_times
from app.analytics.report.charts.specification import Chart
from llm_runtime.analytics.answer import Answer

CHARTS: Mapping[str, Callable[[Answer], tuple[Chart, ...]]] = MappingProxyType(
    {
        "cost-by-day-and-model": costs_by_day,
        "latency": latency,
        "rates": rates,
        "reviewers": by_reviewer,
        "pull-times": pull_times,
    }
)
"""By the key of the answer; of the others there is the table alone."""
