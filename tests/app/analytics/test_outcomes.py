"""What became of findings is counted for the reviewer, model and review that told them first, as often as one likes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.analytics.outcomes import results_of, results_of_findings, traces_of_reviews
from app.store.store import Store
from llm_runtime.analytics.books import Books
from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.records import Record, Source, TaskResult, Trace
from llm_runtime.analytics.tables import agent_task_results
from reviewers.review import Gap
from tests.app.store.conftest import START
from tests.builders import finding

RIGHT = finding(models=("openai/gpt-6.1-sol", "gemini/x"))
WRONG = finding(rule="traversal", models=("openai/gpt-6.1-sol",))
OPEN = finding(rule="deserialization", models=("anthropic/org/opus",))
BY_TOOLS = finding(reviewer="bugs", rule="off-by-one", models=())


def review(
    store: Store, books: Books | None, *, head: str = "a1", reason: str = "push 1", number: int = 7, first: str = ""
) -> tuple[str, str]:
    """A review that was begun, and its trace, which the books know."""
    name = store.begin_review(repository="Octo/App", number=number, installation=3, head=head, base="b0", reason=reason)
    trace = trace_id("octo/app", number, head, first or name)
    if books is not None:
        books.write([known(trace, head=head, job=first or name, number=number)])
    return name, trace


def known(trace: str, *, head: str = "a1", job: str, number: int = 7) -> Trace:
    return Trace(
        id=trace,
        name="review",
        source=Source.APP,
        repository="octo/app",
        number=number,
        head=head,
        job=job,
        installation=3,
        started_at=START,
    )


def results(records: tuple[Record, ...]) -> dict[tuple[str, str, str, str], tuple[int, int, int, int]]:
    return {
        (one.trace, one.reviewer, one.provider, one.model): (one.findings, one.accepted, one.dismissed, one.gaps)
        for one in records
        if isinstance(one, TaskResult)
    }


def test_each_finding_counts_for_who_found_it_and_for_what_became_of_it(store: Store, books: Books) -> None:
    name, trace = review(store, books)
    store.remember_findings(name, [RIGHT, WRONG, OPEN, BY_TOOLS])
    store.mark_told("octo/app", 7, dict.fromkeys(one.fingerprint for one in (RIGHT, WRONG, OPEN, BY_TOOLS)))
    store.dispose("octo/app", [WRONG.fingerprint], kind="dismissed", by="mona", number=7)
    store.dispose("octo/app", [BY_TOOLS.fingerprint], kind="liked", by="mona", number=7)
    store.mark_fixed("octo/app", 7, [RIGHT.fingerprint])

    assert results(results_of(store, "Octo/App", 7)) == {
        (trace, "security", "openai", "gpt-6.1-sol"): (2, 1, 1, 0),
        (trace, "security", "anthropic", "org/opus"): (1, 0, 0, 0),
        (trace, "bugs", "", ""): (1, 1, 0, 0),
    }


def test_what_was_dismissed_and_then_fixed_was_wrong(store: Store, books: Books) -> None:
    name, trace = review(store, books)
    store.remember_findings(name, [WRONG])
    store.mark_told("octo/app", 7, {WRONG.fingerprint: 1})
    store.dispose("octo/app", [WRONG.fingerprint], kind="dismissed", by="mona", number=7)
    store.mark_fixed("octo/app", 7, [WRONG.fingerprint])

    assert results(results_of(store, "octo/app", 7)) == {(trace, "security", "openai", "gpt-6.1-sol"): (1, 0, 1, 0)}


def test_a_decision_that_is_taken_back_is_taken_back_in_the_books(store: Store, books: Books) -> None:
    name, _ = review(store, books)
    store.remember_findings(name, [RIGHT])
    store.mark_told("octo/app", 7, {RIGHT.fingerprint: 1})
    store.dispose("octo/app", [RIGHT.fingerprint], kind="accepted", by="mona", number=7)
    books.write(results_of(store, "octo/app", 7))

    store.undo("octo/app", [RIGHT.fingerprint])
    books.write(results_of(store, "octo/app", 7))

    assert in_the_books(books) == [(1, 0, 0)]


def test_telling_it_again_changes_nothing(store: Store, books: Books) -> None:
    name, _ = review(store, books)
    store.remember_findings(name, [RIGHT, WRONG])
    store.mark_told("octo/app", 7, {RIGHT.fingerprint: 1, WRONG.fingerprint: 2})
    books.write(results_of(store, "octo/app", 7))

    written = books.write(results_of(store, "octo/app", 7))

    assert (written.inserted, written.updated, written.orphaned) == (0, 0, 0)
    assert in_the_books(books) == [(2, 0, 0)]


def test_a_finding_that_a_later_review_makes_again_stays_with_the_review_that_told_it(
    store: Store, books: Books
) -> None:
    name, trace = review(store, books)
    store.remember_findings(name, [RIGHT])
    store.mark_told("octo/app", 7, {RIGHT.fingerprint: 1})
    later, _ = review(store, books, head="a2", reason="push 2")
    store.remember_findings(later, [replace(RIGHT, models=("gemini/x",))])

    assert results(results_of(store, "octo/app", 7)) == {(trace, "security", "openai", "gpt-6.1-sol"): (1, 0, 0, 0)}


def test_what_was_never_told_counts_for_nobody(store: Store, books: Books) -> None:
    name, _ = review(store, books)
    store.remember_findings(name, [RIGHT])

    assert results_of(store, "octo/app", 7) == ()


def test_attempts_at_one_wish_have_one_trace_and_the_last_knows_the_gaps(store: Store, books: Books) -> None:
    first, trace = review(store, books)
    store.end_review(first, state="parked", gaps=[Gap(reviewer="bugs", path="a.py", reason="no room")])
    second, same = review(store, books, first=first)
    store.end_review(
        second,
        state="done",
        gaps=[Gap(reviewer="bugs", path="b.py", reason="refused"), Gap(reviewer="bugs", path="c.py", reason="refused")],
    )
    other, another = review(store, books, head="a2", reason="push 2")

    assert trace == same
    assert traces_of_reviews(store.reviews_of("octo/app", 7)) == {first: trace, second: trace, other: another}
    assert results(results_of(store, "octo/app", 7)) == {(trace, "bugs", "", ""): (0, 0, 0, 2)}


def test_a_trace_comes_before_what_was_brought_in_it_and_as_it_is_known(store: Store, books: Books) -> None:
    name, trace = review(store, books)
    store.remember_findings(name, [RIGHT])
    store.mark_told("octo/app", 7, {RIGHT.fingerprint: 1})

    told = results_of(store, "octo/app", 7)

    assert told[0] == known(trace, job=name)
    assert isinstance(told[1], TaskResult)


@pytest.mark.usefixtures("books")
def test_of_a_review_that_the_books_do_not_know_nothing_is_told(store: Store) -> None:
    name, _ = review(store, None)
    store.remember_findings(name, [RIGHT])
    store.mark_told("octo/app", 7, {RIGHT.fingerprint: 1})

    assert results_of(store, "octo/app", 7) == ()


def test_a_decision_counts_on_every_pull_request_where_the_finding_was_told(store: Store, books: Books) -> None:
    told = {}
    for number in (7, 8, 9):
        name, trace = review(store, books, number=number)
        store.remember_findings(name, [RIGHT])
        if number != 9:
            store.mark_told("octo/app", number, {RIGHT.fingerprint: number})
            told[trace, "security", "openai", "gpt-6.1-sol"] = (1, 0, 1, 0)
    store.dispose("octo/app", [RIGHT.fingerprint], kind="dismissed", by="mona", number=7)

    assert results(results_of_findings(store, "octo/app", {RIGHT.fingerprint})) == told


def in_the_books(books: Books) -> list[tuple[int, int, int]]:
    one = agent_task_results.c
    with books.database.reading() as connection:
        rows = connection.execute(select(one.findings, one.accepted, one.dismissed))
        return [tuple(row) for row in rows]
