"""What a pull request has cost, by reviewer and model."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from app.store.store import Store
from app.store.values import CostLine
from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.records import TaskResult
from llm_runtime.analytics.tables import llm_traces
from llm_runtime.messages import Usage
from tests.app.store.booking import book
from tests.builders import call


def line(reviewer: str, calls: int, cost: str | None, model: str = "gpt-6.1-sol", provider: str = "openai") -> CostLine:
    return CostLine(
        reviewer=reviewer, provider=provider, model=model, calls=calls, cost_usd=Decimal(cost) if cost else None
    )


def test_calls_are_added_up_by_reviewer_and_model_to_the_last_digit(store: Store, url: str) -> None:
    book(url, "Octo/App", 7, "security", [call(cost_usd="0.1"), call(cost_usd="0.2")])
    book(url, "octo/app", 7, "security", [call(model="gpt-6.1-mini", cost_usd="0.0000000001")])
    book(url, "octo/app", 7, "ask", [call(cost_usd="1")])
    book(url, "octo/app", 8, "ask", [call(cost_usd="5")])

    assert store.costs("octo/app", 7) == (
        line("ask", 1, "1"),
        line("security", 1, "0.0000000001", "gpt-6.1-mini"),
        line("security", 2, "0.3"),
    )


def test_a_call_of_unknown_price_makes_the_sum_unknown(store: Store, url: str) -> None:
    book(url, "octo/app", 7, "bugs", [call(cost_usd="0.1"), call(cost_usd=None, usage=Usage(input_tokens=5))])

    assert store.costs("octo/app", 7) == (line("bugs", 2, None),)


def test_a_call_that_may_have_been_billed_makes_the_sum_unknown(store: Store, url: str) -> None:
    lost = call(cost_usd=None, usage=None, error="TimedOut")

    book(url, "octo/app", 7, "bugs", [call(), lost])

    assert store.costs("octo/app", 7) == (line("bugs", 2, None),)


def test_a_call_that_was_refused_cost_nothing(store: Store, url: str) -> None:
    refused = call(cost_usd="0", usage=None, error="RateLimited", detail="sk-secret")

    book(url, "octo/app", 7, "bugs", [refused, call(cost_usd="0.1")])

    assert store.costs("octo/app", 7) == (line("bugs", 2, "0.1"),)


def test_without_calls_nothing_is_told(store: Store, url: str) -> None:
    book(url, "octo/app", 7, "bugs", [])

    assert store.costs("octo/app", 7) == ()


def test_a_reviewer_that_brought_something_without_a_call_is_no_line_of_costs(store: Store, url: str) -> None:
    book(url, "octo/app", 7, "bugs", [call(cost_usd="0.1")])
    with open_books(url, FAULTS) as books, books.database.reading() as connection:
        trace = connection.execute(select(llm_traces.c.id)).scalar_one()
    with open_books(url, FAULTS) as books:
        books.write([TaskResult(trace=trace, reviewer="security", findings=1)])

    assert store.costs("octo/app", 7) == (line("bugs", 1, "0.1"),)


def test_what_a_job_has_spent_is_known_before_it_ends_whichever_head_it_looked_at(store: Store, url: str) -> None:
    book(url, "octo/app", 7, "bugs", [call(cost_usd="0.25"), call(cost_usd=None)], job="first")
    book(url, "octo/app", 7, "bugs", [call(cost_usd="0.125")], job="first", head="b2")
    book(url, "octo/app", 7, "bugs", [call(cost_usd="0.50")], job="other")
    book(url, "octo/app", 8, "bugs", [call(cost_usd="4")], job="first")

    assert store.spent("Octo/App", 7, "first") == Decimal("0.375")
    assert store.spent("octo/app", 7, "none") == 0
