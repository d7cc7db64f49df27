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

_CHARTS: Mapping[str, Callable[[Answer], tuple[Chart, ...]]] = MappingProxyType(
    {"latency": latency, "rates": rates, "reviewers": by_reviewer, "pull-times": pull_times}
)
_DAILY, _OF_MODELS = "cost-by-day", "cost-by-day-and-model"

ONLY_DRAWN = frozenset({_OF_MODELS})
"""Keys of answers that are there to be drawn: nobody reads a table of each day and model."""


def charts(answer: Answer, others: Mapping[str, Answer]) -> tuple[Chart, ...]:
    """What is drawn of an answer; of most there is the table alone.

    Args:
        answer: Which one.
        others: All answers of the report by their keys: some are drawn together.
    """
    if answer.key == _DAILY:
        return costs_by_day(answer, others.get(_OF_MODELS))
    if answer.key not in _CHARTS or not answer.rows:
        return ()
    return _CHARTS[answer.key](answer)
