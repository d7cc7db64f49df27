from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.analytics.report.charts import charts
from app.analytics.report.charts.specification import NARROW, SERIES, WIDE, Chart
from app.analytics.report.drawing import draw
from llm_runtime.analytics.answer import Answer, Kind, Share
from tests.app.analytics.report.sample import (
    MODELS,
    answer,
    column,
    costs_by_day,
    latency,
    pull_times,
    rates,
    reviewers,
)

DAY, MODEL, COST = column("Day", Kind.DAY), column("Model"), column("Cost", Kind.DOLLARS)


def _costs(*rows: tuple[date, str, Decimal | None]) -> Answer:
    return answer("cost-by-day-and-model", "Cost", (DAY, MODEL, COST), *rows)


def _charts(told: Answer, *days: date) -> tuple[Chart, ...]:
    """Those of an answer; what models cost is drawn with the days of the period."""
    if told.key != "cost-by-day-and-model":
        return charts(told, {})
    every = answer("cost-by-day", "Cost", (DAY, COST), *((day, Decimal()) for day in days))
    return charts(every, {told.key: told})


def _values(told: Answer, at: int = 0) -> list[Mapping[str, Any]]:
    chart = _charts(told)[at]
    return list(chart.specification(WIDE)["data"]["values"])


def test_each_day_is_a_bar_from_its_midnight_to_the_next() -> None:
    (mark,) = _values(_costs((date(2026, 11, 20), "openai/a", Decimal("1.25"))))

    assert (mark["from"], mark["to"]) == ("2026-11-20", "2026-11-21")
    assert (mark["low"], mark["high"]) == (0.0, 1.25)
    assert mark["said"] == "2026-11-20, openai/a: $1.25"


def test_a_single_day_with_a_review_is_drawn_in_its_whole_period() -> None:
    first = date(2026, 11, 1)
    days = [first + timedelta(days=at) for at in range(30)]

    each, so_far = _charts(_costs((date(2026, 11, 20), "openai/a", Decimal(2))), *days)

    drawn = draw(each.specification(WIDE), "")
    assert [label in drawn for label in (">1 Nov<", ">26 Nov<")] == [True, True]
    ends = [mark["high"] for mark in so_far.specification(WIDE)["data"]["values"]]
    assert ends == [0.0] * 20 + [2.0] * 11


def test_without_models_the_cost_of_each_day_is_drawn_as_one() -> None:
    day = date(2026, 11, 20)
    daily = answer("cost-by-day", "Cost", (DAY, COST), (day, Decimal(3)), (day + timedelta(days=1), None))

    each, _ = charts(daily, {})

    assert [mark["said"] for mark in each.specification(WIDE)["data"]["values"]] == ["2026-11-20, all models: $3.00"]
    assert each.keys == ()


def test_models_of_a_day_stand_on_each_other_the_dearest_below() -> None:
    day = date(2026, 11, 20)

    marks = _values(_costs((day, "cheap", Decimal(1)), (day, "dear", Decimal(3))))

    assert [(mark["low"], mark["high"], mark["said"]) for mark in marks] == [
        (0.0, 3.0, "2026-11-20, dear: $3.00"),
        (3.0, 4.0, "2026-11-20, cheap: $1.00"),
    ]


def test_a_year_is_drawn_by_weeks_that_begin_on_mondays_and_lose_nothing() -> None:
    year = costs_by_day(365)

    marks = _values(year)

    assert {date.fromisoformat(mark["from"]).weekday() for mark in marks} == {0}
    drawn = sum(Decimal(str(mark["high"])) - Decimal(str(mark["low"])) for mark in marks)
    told = sum((cost for cost in year.values("cost") if isinstance(cost, Decimal)), Decimal())
    assert abs(drawn - told) < Decimal("0.001")


def test_models_beyond_the_colours_are_drawn_as_one() -> None:
    day = date(2026, 11, 20)
    rows = [(day, f"model-{at:02}", Decimal(100 - at)) for at in range(20)]

    chart = _charts(_costs(*rows))[0]

    assert [key.name for key in chart.keys] == [*(f"model-{at:02}" for at in range(SERIES - 1)), "others"]
    assert [key.colour for key in chart.keys][-1] == "--series-rest"
    assert _values(_costs(*rows))[-1]["high"] == float(sum(range(81, 101)))


def test_what_was_spent_so_far_ends_at_all_that_was_spent() -> None:
    first = date(2026, 11, 1)
    rows = [(first + timedelta(days=at), "openai/a", Decimal(at + 1)) for at in (0, 1, 4)]

    marks = _values(_costs(*rows), at=1)

    assert [mark["high"] for mark in marks] == [0.0, 1.0, 3.0, 3.0, 3.0, 8.0]


def test_what_nobody_knows_the_price_of_is_not_drawn_as_nothing() -> None:
    assert _charts(_costs((date(2026, 11, 20), "local/a", None))) == ()


def test_only_shares_with_enough_data_are_drawn_and_the_others_counted() -> None:
    columns = (MODEL, *(column(title, Kind.SHARE) for title in ("Errors", "Fallbacks", "Waits")))
    few, enough = Share(1, 3), Share(1, 30)
    told = answer("rates", "Rates", columns, ("few", few, few, None), ("many", enough, enough, few))

    (chart,) = _charts(told)

    assert [(value["label"], value["series"]) for value in chart.specification(WIDE)["data"]["values"]] == [
        ("many", "failed"),
        ("many", "by a fallback"),
    ]
    assert chart.note == "1 without enough data"


def test_rows_beyond_what_is_to_be_seen_are_counted() -> None:
    (chart,) = _charts(latency(tuple(f"model-{at}" for at in range(40))))

    assert chart.note == "25 more in the table"


def test_latency_of_models_that_nobody_asked_is_not_drawn() -> None:
    columns = (MODEL, *(column(title, Kind.SECONDS) for title in ("p50", "p95", "p99")))

    assert _charts(answer("latency", "Latency", columns, ("a", None, None, None))) == ()


def test_how_long_pull_requests_take_is_drawn_before_the_installation_and_since() -> None:
    (chart,) = _charts(pull_times())

    values = chart.specification(WIDE)["data"]["values"]
    assert [(value["label"], value["series"], value["value"]) for value in values] == [
        ("to the first review", "before the installation", 21_600.0),
        ("to the first review", "since the installation", 240.0),
        ("to the merge", "before the installation", 150_000.0),
    ]
    assert values[1]["said"].endswith("4 min (3 min 20 s to 4 min 50 s), the median of 230")
    assert chart.note == "1 without enough data"


def test_a_review_that_is_there_at_once_has_a_place_on_an_axis_that_grows_by_factors() -> None:
    told = pull_times()
    at_once = (*told.rows[1][:3], 0.0, 0.0, 0.4, None)

    (chart,) = _charts(replace(told, rows=(at_once,)))

    assert [value["value"] for value in chart.specification(WIDE)["data"]["values"]] == [1.0]
    assert "NaN" not in draw(chart.specification(WIDE), "")


def test_reviewers_without_an_accepted_finding_have_no_bar() -> None:
    cost, precision = _charts(reviewers())

    assert [value["label"] for value in cost.specification(WIDE)["data"]["values"]] == [
        "architecture",
        "performance",
        "bugs",
        "security",
    ]
    assert precision.note == "1 without enough data"


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(
    "told",
    [costs_by_day(30), costs_by_day(365), latency(), rates(), reviewers(), pull_times()],
    ids=lambda told: str(told.key),
)
def test_every_drawing_is_as_wide_as_it_was_asked_to_be(told: Answer, width: int) -> None:
    drawn = [draw(chart.specification(width), chart.description) for chart in _charts(told)]

    boxes = [each.split('viewBox="0 0 ')[1].split(" ")[0] for each in drawn]
    assert [abs(int(float(box)) - width) <= 2 for box in boxes] == [True] * len(drawn)
    assert drawn


def test_what_a_hostile_name_says_is_a_title_of_its_mark() -> None:
    names = ('"><script>alert(1)</script>', "a\u202egnp", "x" * 5_000, *MODELS)

    (chart,) = _charts(latency(names))
    drawn = draw(chart.specification(NARROW), chart.description)

    assert "&lt;script&gt;" in drawn
    assert "<script" not in drawn
    assert "\u202e" not in drawn
    assert "x" * 200 not in drawn
