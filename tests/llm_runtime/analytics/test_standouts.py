from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.analytics.answer import Answer, Cell, Column, Kind, Share
from llm_runtime.analytics.standouts import remarks

USUAL: dict[str, Cell] = {
    "reviews": 100,
    "calls": 1_000,
    "cost": Decimal(10),
    "cost_per_review": Decimal("0.1"),
    "precision": Share(60, 100),
    "errors": Share(20, 1_000),
    "fallbacks": Share(20, 1_000),
    "waits": Share(20, 1_000),
    "p95": 10.0,
}
NONE = Answer("none", "None", (), ())


def answer(*rows: Mapping[str, Any]) -> Answer:
    columns = tuple(Column(key, key, Kind.TEXT) for key in rows[0])
    return Answer("some", "Some", columns, tuple(tuple(row.values()) for row in rows))


def totals(**now: Any) -> Answer:
    return answer({**USUAL, **now}, USUAL)


def models(**by_name: Any) -> Answer:
    return answer(*({"model": name, "cost": cost} for name, cost in by_name.items()))


def latencies(**by_name: float | None) -> Answer:
    return answer(*({"model": name, "p95": seconds} for name, seconds in by_name.items()))


def reviewers(**by_name: Share) -> Answer:
    return answer(*({"reviewer": name, "precision": share} for name, share in by_name.items()))


def test_where_all_is_as_it_was_nothing_is_said() -> None:
    assert remarks(totals(), NONE, NONE, NONE) == ()


def test_the_model_that_most_is_spent_on_is_named() -> None:
    told = remarks(totals(), models(opus=Decimal(8), gpt=Decimal(2)), NONE, NONE)

    assert told == ("opus makes up 80% of the cost ($8.00 of $10.00).",)


@pytest.mark.parametrize(
    ("costs", "calls"),
    [
        pytest.param({"opus": Decimal(10)}, 1_000, id="the only one"),
        pytest.param({"opus": Decimal(10), "local": None}, 1_000, id="the only one with a price"),
        pytest.param({"opus": Decimal(5), "gpt": Decimal(5)}, 1_000, id="half"),
        pytest.param({"opus": Decimal(8), "gpt": Decimal(2)}, 19, id="few calls"),
    ],
)
def test_no_model_is_named_where_it_is_no_news(costs: dict[str, Decimal], calls: int) -> None:
    assert remarks(totals(calls=calls), models(**costs), NONE, NONE) == ()


def test_the_slowest_model_is_named() -> None:
    told = remarks(totals(), NONE, latencies(opus=31.0, gpt=8.0), NONE)

    assert told == (
        "opus is the slowest: one answer in twenty takes longer than 31.0 s, where it is 10.0 s over all models.",
    )


@pytest.mark.parametrize("by_name", [{"opus": 31.0}, {"opus": 31.0, "gpt": None}, {"opus": 14.0, "gpt": 8.0}])
def test_no_model_is_slow_beside_itself_or_by_a_little(by_name: dict[str, float | None]) -> None:
    assert remarks(totals(), NONE, latencies(**by_name), NONE) == ()


def test_the_reviewer_whose_findings_are_dismissed_most_is_named() -> None:
    (told,) = remarks(totals(), NONE, NONE, reviewers(bugs=Share(55, 70), performance=Share(5, 30)))

    assert told == (
        "Of the findings of performance that people judged, 16.7% (7.3% to 33.6%) were accepted; "
        "of all findings, 60.0% (50.2% to 69.1%)."
    )


@pytest.mark.parametrize("share", [Share(0, 19), Share(20, 40)])
def test_no_reviewer_is_named_by_a_few_findings_or_within_the_interval(share: Share) -> None:
    assert remarks(totals(), NONE, NONE, reviewers(performance=share)) == ()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"errors": Share(80, 1_000)}, "Calls fail more often than before: 8.0% (6.5% to 9.8%), before 2.0% "),
        ({"errors": Share(2, 1_000)}, "Calls fail less often than before: "),
        ({"fallbacks": Share(80, 1_000)}, "Calls go to a fallback more often than before: "),
        ({"waits": Share(80, 1_000)}, "Calls wait more often than before: "),
        ({"precision": Share(30, 100)}, "Fewer findings are accepted than before: 30.0% "),
        ({"precision": Share(90, 100)}, "More findings are accepted than before: 90.0% "),
        ({"cost_per_review": Decimal("0.2")}, "A review costs more than before: $0.2000, before $0.1000."),
        ({"cost_per_review": Decimal("0.05")}, "A review costs less than before: $0.0500, before $0.1000."),
        ({"p95": 20.0}, "The slowest twentieth of answers takes more than before: 20.0 s, before 10.0 s."),
    ],
)
def test_what_has_changed_is_said(now: dict[str, Cell], expected: str) -> None:
    (told,) = remarks(totals(**now), NONE, NONE, NONE)

    assert told.startswith(expected)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param({"errors": Share(3, 10)}, id="of few calls"),
        pytest.param({"errors": Share(25, 1_000)}, id="within the intervals"),
        pytest.param({"cost_per_review": Decimal("0.14")}, id="by a little"),
        pytest.param({"cost_per_review": Decimal("0.2"), "reviews": 19}, id="few reviews"),
        pytest.param({"cost_per_review": None}, id="no price"),
        pytest.param({"p95": None}, id="no latency"),
    ],
)
def test_what_there_is_too_little_to_tell_by_is_not_said(now: dict[str, Cell]) -> None:
    assert remarks(totals(**now), NONE, NONE, NONE) == ()
