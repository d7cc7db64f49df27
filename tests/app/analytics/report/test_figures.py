from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.analytics.report.figures import Figure, figures
from llm_runtime.analytics.answer import Cell, Share
from tests.app.analytics.report.sample import all_together, answer


def _figures(now: dict[str, Cell], before: dict[str, Cell]) -> dict[str, Figure]:
    """Those of the sample, with some cells changed."""
    told = all_together()
    keys = [column.key for column in told.columns]
    rows: list[Any] = [
        tuple(changed.get(key, cell) for key, cell in zip(keys, row, strict=True))
        for row, changed in zip(told.rows, (now, before), strict=True)
    ]
    return {figure.title: figure for figure in figures(answer("totals", "", told.columns, *rows))}


def test_a_figure_is_compared_with_the_period_before() -> None:
    told = _figures({"cost": Decimal(110)}, {"cost": Decimal(100)})

    assert told["Cost"].value == "$110.00"
    assert told["Cost"].change == "▲ 10\u00a0% more than before ($100.00)"
    assert told["Cost"].verdict == ""


def test_dearer_accepted_findings_are_worse() -> None:
    told = _figures({"cost_per_accepted": Decimal(3)}, {"cost_per_accepted": Decimal(2)})

    assert told["Cost per accepted finding"].verdict == "worse"


def test_a_small_change_is_told_and_not_judged() -> None:
    told = _figures({"p95": 12.0}, {"p95": 12.4})

    assert told["95 of 100 answers within"].change == "▼ 3.2\u00a0% less than before (12.4 s)"
    assert told["95 of 100 answers within"].verdict == ""


def test_next_to_nothing_is_no_change() -> None:
    told = _figures({"p95": 12.31}, {"p95": 12.4})

    assert told["95 of 100 answers within"].change == "as before (12.4 s)"


def test_few_reviews_are_not_compared() -> None:
    told = _figures({"reviews": 19}, {"reviews": 400})

    assert told["Reviews"].change == "before: 400; not enough data to compare"
    assert told["Cost"].verdict == ""


def test_an_unknown_cost_is_unknown_and_not_nothing() -> None:
    told = _figures({"cost": None, "unpriced_calls": 1}, {"cost": None})

    assert told["Cost"].value == "unknown"
    assert told["Cost"].beside == "1 call without a known price"


def test_what_an_accepted_finding_costs_is_not_compared_of_few() -> None:
    told = _figures({"precision": Share(3, 7)}, {})

    assert told["Cost per accepted finding"].change == "before: $2.23; not enough data to compare"


def test_a_cost_per_accepted_finding_of_few_is_not_unknown() -> None:
    told = _figures({"cost_per_accepted": None}, {"cost_per_accepted": None})

    assert told["Cost per accepted finding"].value == "not enough data"


def test_a_share_of_few_says_how_many_are_needed() -> None:
    told = _figures({"precision": Share(3, 7)}, {})

    assert told["Precision, estimated"].value == "not enough data"
    assert told["Precision, estimated"].beside == "7 judged findings; 20 are needed"


def test_a_share_within_its_interval_has_not_clearly_changed() -> None:
    told = _figures({"precision": Share(60, 100)}, {"precision": Share(62, 100)})

    assert told["Precision, estimated"].change == "no clear change (before: 62\u00a0%)"


def test_fewer_fallbacks_are_better() -> None:
    told = _figures({"fallbacks": Share(10, 1_000)}, {"fallbacks": Share(90, 1_000)})

    assert told["Calls that went to a fallback"].change == "▼ 8.0 points less than before (9\u00a0%)"
    assert told["Calls that went to a fallback"].verdict == "better"


def test_nothing_before_is_said() -> None:
    told = _figures({}, {"cost": None, "precision": None, "p95": None, "fallbacks": Share(0, 0)})

    assert told["Cost"].change == "before: unknown"
    assert told["95 of 100 answers within"].change == "before: not enough data"
    assert told["Precision, estimated"].change == "before: not enough data"
