from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Connection

from llm_runtime.analytics.answer import Share
from llm_runtime.analytics.metrics import llm_metrics
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.performance_analyzer import Report, analyze
from tests.llm_runtime.analytics.metrics.past import TWO_DAYS


def rows(report: Report, key: str) -> tuple[tuple[object, ...], ...]:
    (answer,) = (answer for answer in report.answers if answer.key == key)
    return answer.rows


def test_a_report_answers_every_question(past: Connection) -> None:
    report = analyze(past, TWO_DAYS)

    assert [answer.key for answer in report.answers] == [
        *("cost-by-day", "cost-by-day-and-model", "costs", "latency", "rates", "errors", "fallbacks", "caches"),
        *("prompts", "pull-requests", "value", "reviewers", "events"),
    ]
    assert not report.empty


def test_totals_stand_beside_those_of_the_period_before(past: Connection) -> None:
    now, before = analyze(past, TWO_DAYS).totals.rows

    assert now == (
        *("this period", 3, 2, 5, 1, Decimal("0.45"), Decimal("0.15"), 46, 23, 10),
        *(Share(23, 33), Decimal("0.019565217391"), Share(1, 5), Share(1, 5), Share(1, 5), None),
    )
    assert before == (
        *("the period before", 1, 1, 1, 0, Decimal(4), Decimal(4), 9, 9, 0),
        *(Share(9, 9), None, Share(0, 1), Share(0, 1), Share(0, 1), None),
    )


@pytest.mark.parametrize("by", list(By))
def test_a_report_is_divided_as_is_wished(past: Connection, by: By) -> None:
    report = analyze(past, TWO_DAYS, by=(by,))

    divided = {answer.key: answer.columns[0].key for answer in report.answers}
    key = by.value.replace("-", "_")
    assert {divided[each] for each in ("costs", "latency", "rates", "fallbacks", "caches")} == {key}
    # A finding has no wording of a prompt.
    assert divided["value"] == ("reviewer" if by is By.PROMPT else key)


@pytest.mark.parametrize("limit", [1, 20])
@pytest.mark.parametrize("by", list(By))
def test_a_report_says_what_each_question_says_alone(past: Connection, by: By, limit: int) -> None:
    told = {answer.key: answer for answer in analyze(past, TWO_DAYS, by=(by,), limit=limit).answers}

    for question in (llm_metrics.costs, llm_metrics.rates, llm_metrics.fallbacks, llm_metrics.caches):
        assert told[question.__name__] == question(past, TWO_DAYS, by=(by,), limit=limit)


def test_a_report_of_some_repositories_is_without_the_others(past: Connection) -> None:
    report = analyze(past, TWO_DAYS, repositories=frozenset({"web"}))

    assert report.totals.values("reviews") == (1, 0)
    assert rows(report, "pull-requests") == (("web", 1, 1, None, 1, 0, 0),)
    assert rows(report, "events") == (("fallback", 1, 1, None),)


@pytest.mark.parametrize("repositories", [None, frozenset({"octo/app"})])
def test_a_report_of_nothing_is_empty(empty: Connection, repositories: frozenset[str] | None) -> None:
    report = analyze(empty, TWO_DAYS, repositories=repositories)

    assert report.empty
    assert report.remarks == ()
    assert report.totals.values("cost") == (Decimal(0), Decimal(0))
    assert report.totals.values("cost_per_review") == (None, None)


def test_of_a_few_calls_nothing_stands_out(past: Connection) -> None:
    assert analyze(past, TWO_DAYS).remarks == ()
