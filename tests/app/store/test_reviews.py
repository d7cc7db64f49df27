"""Reviews in the store: begun, posted, ended."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.store.store import Store
from app.store.values import ReviewState, StoredReview
from tests.app.store.conftest import START, Time, begin
from tests.builders import coverage, gap, skipped


def only(store: Store, review: str) -> StoredReview:
    found = store.review(review)
    assert found is not None
    return found


def test_a_review_that_begins_is_running(store: Store) -> None:
    review = begin(store)

    assert only(store, review) == StoredReview(
        id=review,
        repository="octo/app",
        number=7,
        installation=3,
        head="a1",
        base="b0",
        reason="push",
        state="running",
        conclusion="",
        started_at=START,
        ended_at=None,
        cost_usd=None,
        coverage=None,
        gaps=(),
        note="",
        check_run=None,
        github_review=None,
        publishing=None,
        body_digest="",
    )


def test_a_review_keeps_how_it_ended(store: Store, time: Time) -> None:
    review = begin(store)
    begun = only(store, review)
    time.advance(seconds=90)

    store.end_review(
        review,
        state="done",
        conclusion="success",
        cost_usd=Decimal("0.000000000000000000001234"),
        coverage=coverage(10, 4, [skipped(), skipped("a\0b")]),
        gaps=[gap(), gap(reason="half a pair: \ud83d")],
        note="no model was asked",
    )

    assert only(store, review) == replace(
        begun,
        state="done",
        conclusion="success",
        ended_at=time.now,
        cost_usd=Decimal("0.000000000000000000001234"),
        coverage=coverage(10, 4, [skipped(), skipped("a\0b")]),
        gaps=(gap(), gap(reason="half a pair: \ud83d")),
        note="no model was asked",
    )


def test_a_cost_that_is_not_known_is_not_zero(store: Store) -> None:
    review = begin(store)

    store.end_review(review, state="done", cost_usd=None)

    assert only(store, review).cost_usd is None


def test_there_is_a_record_before_and_after_a_review_is_posted(store: Store) -> None:
    review = begin(store)
    assert only(store, review).publishing is None

    store.publishing_begun(review, "digest")
    assert (only(store, review).publishing, only(store, review).body_digest) == ("begun", "digest")

    store.publishing_done(review, 2**40)
    assert (only(store, review).publishing, only(store, review).github_review) == ("done", 2**40)


def test_a_check_run_can_be_told_later(store: Store) -> None:
    review = begin(store)

    store.check_begun(review, 2**40)

    assert only(store, review).check_run == 2**40


def test_the_last_review_is_the_one_begun_last_even_if_the_clock_goes_back(store: Store, time: Time) -> None:
    first = begin(store, head="a1")
    time.advance(seconds=-5)
    second = begin(store, head="a2")
    begin(store, number=8)

    assert [review.id for review in store.reviews_of("octo/app", 7)] == [second, first]
    last = store.last_review("OCTO/app", 7)
    assert last is not None
    assert last.id == second


def test_the_last_review_in_a_state_is_told_apart(store: Store) -> None:
    done = begin(store)
    store.end_review(done, state="done")
    begin(store)

    found = store.last_review("octo/app", 7, state="done")
    assert found is not None
    assert found.id == done
    assert store.last_review("octo/app", 7, state="parked") is None


def test_a_review_whose_worker_died_has_failed_when_the_next_begins(store: Store, time: Time) -> None:
    dead, elsewhere = begin(store), begin(store, number=8)
    store.publishing_begun(dead, "digest")
    time.advance(minutes=2)

    begin(store)

    found = only(store, dead)
    assert (found.state, found.ended_at, found.note) == ("failed", time.now, "its worker ended before it did")
    assert found.publishing == "begun"
    assert only(store, elsewhere).state == "running"


@pytest.mark.parametrize("state", ["done", "superseded", "cancelled", "failed", "parked"])
def test_a_review_that_ended_stays_as_it_ended(store: Store, state: ReviewState) -> None:
    ended = begin(store)
    store.end_review(ended, state=state, note="its own words")

    begin(store)

    assert (only(store, ended).state, only(store, ended).note) == (state, "its own words")


def test_what_is_told_of_a_review_that_was_deleted_is_not_kept(store: Store) -> None:
    review = begin(store)
    store.forget_repository("octo/app")

    store.publishing_done(review, 9)
    store.end_review(review, state="done")

    assert store.review(review) is None


def test_text_that_no_database_takes_is_taken(store: Store) -> None:
    review = begin(store)

    store.end_review(review, state="failed", note="nul \0, half \udc80, whole \U0001f600, '); DROP TABLE")

    assert only(store, review).note == "nul �, half �, whole \U0001f600, '); DROP TABLE"
