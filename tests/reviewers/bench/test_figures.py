from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from reviewers.bench.figures import figures
from reviewers.bench.results import Tally
from tests.builders import call, failed_call, finding, gap
from tests.reviewers.bench.cases import case, golden, result, spot


def test_counts_become_precision_recall_and_f1() -> None:
    found = figures([result(hits=3, misses=1), result(alarms=2)])

    assert found.tally == Tally(hits=3, misses=1, alarms=2)
    assert (found.precision.value, found.recall.value) == (0.6, 0.75)
    assert found.f1.value == pytest.approx(6 / 9)
    assert found.comments.value == 2.5
    assert (found.cases, found.clean_cases, found.left_alone.value) == (2, 1, 0.0)


def test_an_interval_holds_its_value_and_is_the_same_each_time() -> None:
    results = [result(hits=index % 3, misses=1, alarms=index % 2, name=f"case-{index}") for index in range(30)]

    first, again = figures(results).precision, figures(results).precision

    assert first == again
    assert first.low is not None
    assert first.high is not None
    assert first.value is not None
    assert 0 < first.low < first.value < first.high < 1


def test_more_cases_make_a_narrower_interval() -> None:
    few = [result(hits=index % 2, misses=1 - index % 2) for index in range(10)]

    wide, narrow = figures(few).recall, figures(few * 20).recall

    assert None not in (wide.low, wide.high, narrow.low, narrow.high)
    assert (wide.high or 0) - (wide.low or 0) > 3 * ((narrow.high or 0) - (narrow.low or 0))


def test_what_has_no_denominator_is_unknown() -> None:
    found = figures([])

    assert found.precision.value is found.recall.value is found.left_alone.value is found.p95_seconds is None


def test_time_is_told_by_median_and_nearest_rank() -> None:
    found = figures([result(seconds=float(number)) for number in range(1, 21)])

    assert (found.median_seconds, found.p95_seconds) == (10.5, 19.0)


def test_money_is_unknown_where_a_price_is_and_judges_are_told_apart() -> None:
    paid = replace(result(), calls=(call(cost_usd="0.25"),), judging=(call(cost_usd="0.05"),), gaps=(gap(),))
    unpriced = replace(paid, calls=(call(cost_usd=None),))

    assert figures([paid, paid]).cost_usd == Decimal("0.50")
    assert figures([paid]).judging_usd == Decimal("0.05")
    assert figures([paid, unpriced]).cost_usd is None
    assert figures([replace(paid, calls=(failed_call(),))]).cost_usd == 0
    assert figures([paid]).gaps == 1


def test_each_view_counts_for_whoever_it_concerns() -> None:
    worded = golden(spot(rule=None, reviewer=None), text="…")
    told, missed = result(hits=1, alarms=1), result(misses=1)
    both = [told, replace(missed, case=case(worded, languages=("go",), perspective="bugs"))]
    both[1] = replace(both[1], matched=replace(missed.matched, misses=(worded,)))
    both[0] = replace(
        told, matched=replace(told.matched, alarms=(finding(reviewer="bugs", rule="logic-error", models=()),))
    )

    by = figures(both).by

    assert by["reviewer"] == {"bugs": Tally(misses=1, alarms=1), "security": Tally(hits=1)}
    assert by["rule"] == {
        "bugs/logic-error": Tally(alarms=1),
        "in words": Tally(misses=1),
        "security/injection": Tally(hits=1),
    }
    assert by["language"] == {"go": Tally(misses=1), "python": Tally(hits=1, alarms=1)}
    assert by["model"] == {"(tools)": Tally(misses=2, alarms=1), "openai/gpt-6.1-sol": Tally(hits=1, misses=1)}
