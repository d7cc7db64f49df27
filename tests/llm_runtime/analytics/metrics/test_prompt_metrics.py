from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection

from llm_runtime.analytics.answer import Share
from llm_runtime.analytics.books import Books
from llm_runtime.analytics.metrics.prompt_metrics import prompts
from tests.llm_runtime.analytics.metrics.past import FIRST, OLD, TWO_DAYS, call


def test_the_most_expensive_prompts_come_first_with_their_malformed_answers(past: Connection) -> None:
    assert prompts(past, TWO_DAYS).rows == (
        ("security@new", 1, Decimal("0.3"), Decimal("0.3"), 0, None),
        ("security@0ld", 2, Decimal("0.1"), Decimal("0.05"), 0, Share(2, 4)),
        ("(not noted)", 2, Decimal("0.05"), Decimal("0.05"), 1, None),
    )


def test_a_prompt_whose_calls_have_no_price_has_no_cost(books: Books) -> None:
    books.write((FIRST, call(FIRST, 1, variant=OLD, cost_usd=None)))

    with books.database.reading() as connection:
        assert prompts(connection, TWO_DAYS).rows == (("security@0ld", 1, None, None, 1, None),)


def test_prompts_of_other_repositories_are_not_told(past: Connection) -> None:
    answer = prompts(past, TWO_DAYS, repositories=frozenset({"web"}))

    assert answer.rows == (("(not noted)", 1, None, None, 1, None),)


def test_of_no_calls_there_are_no_prompts(empty: Connection) -> None:
    assert prompts(empty, TWO_DAYS).rows == ()
