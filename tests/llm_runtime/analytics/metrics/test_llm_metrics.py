from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from llm_runtime.analytics.answer import Share
from llm_runtime.analytics.books import Books
from llm_runtime.analytics.metrics import llm_metrics
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.period import Period
from tests.llm_runtime.analytics.metrics.past import FIRST, GPT, REFUSED, TUESDAY, TWO_DAYS, call

UNPRICED = "The price of 1 of 5 calls is unknown; sums are without them."


def test_costs_are_of_the_period_alone_and_the_dearest_comes_first(past: Connection) -> None:
    answer = llm_metrics.costs(past, TWO_DAYS)

    assert answer.rows == (
        ("anthropic/opus", 2, 3, 3_000, 150, Decimal("0.4"), 0),
        ("openai/gpt", 2, 2, 2_000, 200, Decimal("0.05"), 1),
    )
    assert answer.note == UNPRICED


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param(By.PROVIDER, {"anthropic": "0.4", "openai": "0.05"}, id="provider"),
        pytest.param(By.REVIEWER, {"security": "0.4", "bugs": "0.05"}, id="reviewer"),
        pytest.param(By.REPOSITORY, {"octo/app": "0.45", "web": None}, id="repository"),
        pytest.param(
            By.PULL_REQUEST, {"octo/app#8": "0.3", "octo/app#7": "0.15", "web": None}, id="pull request, or none"
        ),
        pytest.param(By.DAY, {date(2026, 11, 11): "0.3", date(2026, 11, 10): "0.15"}, id="day in UTC"),
        pytest.param(
            By.PROMPT, {"security@new": "0.3", "security@0ld": "0.1", "(not noted)": "0.05"}, id="prompt's wording"
        ),
    ],
)
def test_costs_are_divided_as_is_wished_and_unknown_is_not_nothing(
    past: Connection, by: By, expected: dict[object, str | None]
) -> None:
    answer = llm_metrics.costs(past, TWO_DAYS, by=(by,))

    told = dict(zip(answer.values(by.value.replace("-", "_")), answer.values("cost"), strict=True))
    assert told == {key: None if cost is None else Decimal(cost) for key, cost in expected.items()}


def test_costs_can_be_divided_twice(past: Connection) -> None:
    answer = llm_metrics.costs(past, TWO_DAYS, by=(By.REPOSITORY, By.MODEL))

    assert [row[:2] for row in answer.rows] == [
        ("octo/app", "anthropic/opus"),
        ("octo/app", "openai/gpt"),
        ("web", "openai/gpt"),
    ]


@pytest.mark.parametrize("question", [llm_metrics.costs, llm_metrics.rates, llm_metrics.caches])
def test_what_is_divided_by_days_has_all_of_them_in_the_order_of_time(past: Connection, question: Any) -> None:
    answer = question(past, TWO_DAYS, by=(By.DAY,), limit=1)

    assert answer.values("day") == (date(2026, 11, 10), date(2026, 11, 11))


def test_costs_that_are_cut_say_so(past: Connection) -> None:
    answer = llm_metrics.costs(past, TWO_DAYS, limit=1)

    assert answer.values("model") == ("anthropic/opus",)
    assert answer.note == "Only the first 1; there are more."


@pytest.mark.parametrize("by", list(By))
def test_costs_of_some_repositories_are_without_the_others(past: Connection, by: By) -> None:
    answer = llm_metrics.costs(past, TWO_DAYS, by=(by,), repositories=frozenset({"web"}))

    assert answer.values("calls") == (1,)


@pytest.mark.parametrize("by", list(By))
def test_of_no_repository_there_are_no_costs(past: Connection, by: By) -> None:
    assert llm_metrics.costs(past, TWO_DAYS, by=(by,), repositories=frozenset()).rows == ()


def test_cost_over_time_has_every_day_and_is_cumulated(past: Connection) -> None:
    four_days = Period(TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=3))

    answer = llm_metrics.cost_by_day(past, four_days)

    assert answer.rows == (
        (date(2026, 11, 9), Decimal(4), Decimal(4), 1, 0),
        (date(2026, 11, 10), Decimal("0.15"), Decimal("4.15"), 3, 0),
        (date(2026, 11, 11), Decimal("0.3"), Decimal("4.45"), 2, 1),
        (date(2026, 11, 12), Decimal(5), Decimal("9.45"), 1, 0),
    )


def test_days_without_a_call_cost_nothing(empty: Connection) -> None:
    answer = llm_metrics.cost_by_day(empty, TWO_DAYS)

    assert answer.values("cost") == (Decimal(0), Decimal(0))
    assert answer.note == ""


def test_a_day_whose_calls_have_no_price_costs_nobody_knows_what(past: Connection) -> None:
    answer = llm_metrics.cost_by_day(past, TWO_DAYS, repositories=frozenset({"web"}))

    assert answer.values("cost") == (Decimal(0), None)
    assert answer.values("cumulated") == (Decimal(0), None)


def test_cost_over_time_is_told_of_each_model(past: Connection) -> None:
    assert llm_metrics.cost_by_day_and_model(past, TWO_DAYS).rows == (
        (date(2026, 11, 10), "anthropic/opus", Decimal("0.1")),
        (date(2026, 11, 10), "openai/gpt", Decimal("0.05")),
        (date(2026, 11, 11), "anthropic/opus", Decimal("0.3")),
    )


def test_rates_are_shares_of_the_calls(past: Connection) -> None:
    assert llm_metrics.rates(past, TWO_DAYS).rows == (
        ("anthropic/opus", 3, Share(1, 3), Share(0, 3), Share(0, 3), 0.0),
        ("openai/gpt", 2, Share(0, 2), Share(1, 2), Share(1, 2), 0.5),
    )


def test_rates_of_prompts_are_those_of_their_calls(past: Connection) -> None:
    assert llm_metrics.rates(past, TWO_DAYS, by=(By.PROMPT,)).rows == (
        ("(not noted)", 2, Share(0, 2), Share(1, 2), Share(1, 2), 0.5),
        ("security@0ld", 2, Share(1, 2), Share(0, 2), Share(0, 2), 0.0),
        ("security@new", 1, Share(0, 1), Share(0, 1), Share(0, 1), 0.0),
    )


def test_errors_are_counted_by_their_names(past: Connection) -> None:
    assert llm_metrics.errors(past, TWO_DAYS).rows == (("RateLimited", "anthropic/opus", 1),)


def test_errors_that_are_cut_say_so(books: Books) -> None:
    errors = ("RateLimited", "RateLimited", "TimedOut")
    failed = (call(FIRST, number, **{**REFUSED, "error": error}) for number, error in enumerate(errors))
    books.write([FIRST, *failed])

    with books.database.reading() as connection:
        answer = llm_metrics.errors(connection, TWO_DAYS, limit=1)
    assert (answer.values("error"), answer.note) == (("RateLimited",), "Only the first 1; there are more.")


@pytest.mark.parametrize(("by", "name"), [(By.MODEL, "openai/gpt"), (By.PROMPT, "(not noted)")])
def test_fallbacks_have_a_cost_of_their_own(past: Connection, by: By, name: str) -> None:
    answer = llm_metrics.fallbacks(past, TWO_DAYS, by=(by,))

    assert answer.rows == ((name, 1, Decimal("0.05"), Decimal("0.05")),)


@pytest.mark.parametrize(("by", "name"), [(By.MODEL, "anthropic/opus"), (By.PROMPT, "security@new")])
def test_caches_have_saved_what_they_have_saved(past: Connection, by: By, name: str) -> None:
    answer = llm_metrics.caches(past, TWO_DAYS, by=(by,))

    assert answer.rows[0][0] == name
    assert answer.values("cached_input_tokens")[0] == 1_500
    assert answer.values("saved")[0] == Decimal("0.02")


@pytest.mark.parametrize(("by", "name"), [(By.MODEL, "openai/gpt"), (By.PROMPT, "(not noted)")])
def test_what_fallbacks_without_a_price_cost_and_saved_is_unknown(books: Books, by: By, name: str) -> None:
    books.write([FIRST, call(FIRST, 1, role="fallback", cost_usd=None, **GPT)])

    with books.database.reading() as connection:
        assert llm_metrics.fallbacks(connection, TWO_DAYS, by=(by,)).rows == ((name, 1, None, None),)
        assert llm_metrics.caches(connection, TWO_DAYS, by=(by,)).values("saved") == (None,)


def test_fallbacks_that_were_refused_cost_nothing(books: Books) -> None:
    books.write([FIRST, call(FIRST, 1, role="fallback", **REFUSED)])

    with books.database.reading() as connection:
        assert llm_metrics.fallbacks(connection, TWO_DAYS).values("fallback_cost") == (Decimal(0),)


def test_events_are_counted_with_their_reviews_and_their_time(past: Connection) -> None:
    assert llm_metrics.events(past, TWO_DAYS).rows == (("wait", 3, 2, 4.0), ("fallback", 1, 1, None))


def test_events_of_some_repositories_are_without_the_others(past: Connection) -> None:
    answer = llm_metrics.events(past, TWO_DAYS, repositories=frozenset({"web"}))

    assert answer.rows == (("fallback", 1, 1, None),)


def test_repositories_that_something_is_known_of_are_told(past: Connection) -> None:
    assert llm_metrics.repositories_with_rows(past) == ("octo/app", "web")
    assert llm_metrics.repositories_with_rows(past, frozenset({"web", "else/where"})) == ("web",)


@pytest.mark.parametrize(
    "question",
    [
        llm_metrics.costs,
        llm_metrics.cost_by_day_and_model,
        llm_metrics.latency,
        llm_metrics.rates,
        llm_metrics.errors,
        llm_metrics.fallbacks,
        llm_metrics.caches,
        llm_metrics.events,
    ],
)
def test_of_nothing_there_is_nothing_to_tell(empty: Connection, question: object) -> None:
    assert callable(question)
    assert question(empty, TWO_DAYS).rows == ()
