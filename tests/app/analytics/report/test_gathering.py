from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.analytics.report.gathering import gather
from app.analytics.report.page import render
from app.store.store import Store
from app.store.values import PullTimes
from llm_runtime.analytics.books import Books
from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.performance_analyzer import Report
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.records import Generation, Source, Trace
from tests.app.store.conftest import START

PERIOD = Period(START - timedelta(days=1), START + timedelta(days=1))


def _fill(store: Store, books: Books, *repositories: str) -> None:
    for repository in repositories:
        store.belongs(repository, 3)
        store.note_pull_times(
            repository,
            [PullTimes(number=1, opened_at=START, merged_at=START + timedelta(hours=1))],
        )
        trace = trace_id(repository, 1, "h", "j")
        books.write(
            [
                Trace(id=trace, name="review", source=Source.APP, repository=repository, number=1, started_at=START),
                Generation(
                    trace=trace,
                    id="a" * 16,
                    asker="security",
                    question="q",
                    provider="openai",
                    model="gpt",
                    cost_usd=Decimal("1.5"),
                    started_at=START,
                    latency_ms=900,
                ),
            ]
        )


def _report(store: Store, *, repositories: frozenset[str] | None = None, by: tuple[By, ...] = ()) -> Report:
    with store.database.reading() as connection:
        return gather(connection, PERIOD, by=by, repositories=repositories)


def test_a_report_has_what_only_the_product_knows(store: Store, books: Books) -> None:
    _fill(store, books, "octo/app")

    answers = {answer.key: answer for answer in _report(store).answers}

    assert {"costs", "pull-times", "recurring"} <= set(answers)
    assert sum(int(str(count)) for count in answers["pull-times"].values("pull_requests")) == 1


def test_of_repositories_that_are_not_asked_for_no_word_is_in_the_page(store: Store, books: Books) -> None:
    _fill(store, books, "octo/app", "secret/plans")

    told = _report(store, repositories=frozenset({"octo/app"}), by=(By.REPOSITORY,))

    assert "$1.50" in render(told)
    assert "secret" not in render(told)
    assert "secret" not in repr(told)


def test_of_no_repository_nothing_is_told(store: Store, books: Books) -> None:
    _fill(store, books, "octo/app")

    assert "No review in this time" in render(_report(store, repositories=frozenset()))
