from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection

from llm_runtime.analytics.answer import Share
from llm_runtime.analytics.books import Books
from llm_runtime.analytics.metrics import agent_metrics
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.records import TaskResult
from tests.llm_runtime.analytics.metrics.past import FIRST, OPUS, TWO_DAYS, call


def test_value_is_told_by_reviewer_model_and_repository(past: Connection) -> None:
    answer = agent_metrics.value(past, TWO_DAYS)

    assert [column.key for column in answer.columns[:3]] == ["reviewer", "model", "repository"]
    assert answer.rows[0] == (
        *("security", "anthropic/opus", "octo/app", 43, 22, 10),
        Share(22, 32),
        Decimal("0.4"),
        0,
        Decimal("0.018181818182"),
    )


def test_findings_of_tools_alone_cost_nothing_and_have_no_model(past: Connection) -> None:
    answer = agent_metrics.value(past, TWO_DAYS)

    assert ("bugs", "(tools alone)", "octo/app", 2, 1, 0, Share(1, 1), Decimal(0), 0, None) in answer.rows


def test_where_few_findings_were_judged_there_is_no_cost_of_an_accepted_one(past: Connection) -> None:
    answer = agent_metrics.value(past, TWO_DAYS, by=(By.PULL_REQUEST,))

    assert dict(zip(answer.values("pull_request"), answer.values("cost_per_accepted"), strict=True)) == {
        "octo/app#8": Decimal("0.014285714286"),
        "octo/app#7": None,
        "web": None,
    }
    assert "Not enough data where people have judged fewer than 20 findings." in answer.note


def test_where_none_of_many_was_accepted_there_is_no_cost_of_an_accepted_one(books: Books) -> None:
    books.write((FIRST, call(FIRST, 1), TaskResult(trace=FIRST.id, reviewer="security", dismissed=30, **OPUS)))

    with books.database.reading() as connection:
        answer = agent_metrics.value(connection, TWO_DAYS)

    assert answer.values("precision") == (Share(0, 30),)
    assert answer.values("cost_per_accepted") == (None,)


def test_reviewers_are_told_with_what_they_left_unanswered(past: Connection) -> None:
    assert agent_metrics.reviewers(past, TWO_DAYS).rows == (
        ("security", 3, 43, 22, 10, Share(22, 32), 0, Decimal("0.4"), Decimal("0.018181818182")),
        ("bugs", 2, 3, 1, 0, Share(1, 1), 2, Decimal("0.05"), None),
    )


def test_the_most_expensive_pull_requests_come_first(past: Connection) -> None:
    answer = agent_metrics.pull_requests(past, TWO_DAYS)

    assert answer.rows == (
        ("octo/app#8", 1, 1, Decimal("0.3"), 0, 42, 21),
        ("octo/app#7", 1, 3, Decimal("0.15"), 0, 4, 2),
        ("web", 1, 1, None, 1, 0, 0),
    )


def test_pull_requests_of_other_repositories_are_not_told(past: Connection) -> None:
    answer = agent_metrics.pull_requests(past, TWO_DAYS, repositories=frozenset({"web"}))

    assert answer.values("pull_request") == ("web",)


def test_of_no_reviews_nothing_has_a_value(empty: Connection) -> None:
    assert agent_metrics.value(empty, TWO_DAYS).rows == ()
    assert agent_metrics.reviewers(empty, TWO_DAYS).rows == ()
    assert agent_metrics.pull_requests(empty, TWO_DAYS).rows == ()
