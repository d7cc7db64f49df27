"""What is deleted with an installation or a repository, and what goes along to a new name."""

from __future__ import annotations

import pytest

from app.analytics.retention import parse_retention, prune
from app.store.store import Store
from app.store.tables import METADATA, gone
from reviewers.incremental import Reviewed
from tests.app.store.conftest import Time, begin
from tests.app.store.filling import ONE, fill, rows


def test_a_filled_store_has_a_row_in_every_table(store: Store, time: Time, url: str) -> None:
    fill(store, time, "octo/app", 3)

    assert set(rows(url).values()) == {1}
    assert set(rows(url)) | {gone.name} == set(METADATA.tables)


@pytest.mark.parametrize("forget", ["installation", "repository"])
def test_nothing_is_left_of_what_is_forgotten_and_nothing_else_is_gone(
    store: Store, time: Time, url: str, forget: str
) -> None:
    fill(store, time, "other/app", 4)
    before = rows(url)
    fill(store, time, "octo/app", 3)

    if forget == "installation":
        store.forget_installation(3)
    else:
        store.forget_repository("Octo/App")

    assert rows(url) == before
    assert store.reviewed("other/app", 7) == Reviewed(by={"security:1f": frozenset({"h1"})}, findings=(ONE,))


def test_deliveries_about_no_repository_go_with_their_installation(store: Store, time: Time) -> None:
    store.note_delivery("g", event="installation", installation=3, received_at=time.now, state="handled")

    store.forget_installation(3)

    assert store.delivery("g") is None


def test_a_name_that_somebody_else_has_by_now_brings_nothing_of_before(store: Store, time: Time, url: str) -> None:
    fill(store, time, "octo/app", 3)

    store.belongs("Octo/App", 4)

    assert {table for table, count in rows(url).items() if count} == {"quartet_repositories"}
    assert store.finding("octo/app", "") is None


def test_a_review_for_a_new_installation_begins_with_nothing_of_before(store: Store) -> None:
    begin(store, installation=3)
    second = begin(store, installation=4)

    assert [one.id for one in store.reviews_of("octo/app", 7)] == [second]


def test_what_comes_late_of_an_installation_that_is_gone_takes_nothing_from_the_new_one(store: Store) -> None:
    begin(store, installation=4)

    store.belongs("octo/app", 3)
    store.forget_installation(3)
    assert len(store.reviews_of("octo/app", 7)) == 1

    store.forget_installation(4)
    assert store.reviews_of("octo/app", 7) == ()


def test_a_review_that_runs_while_its_repository_is_forgotten_leaves_nothing(store: Store, url: str) -> None:
    review = begin(store)
    store.forget_installation(3)

    store.remember_answer("octo/app", 7, "bugs:1f", ["h1"], [ONE], review=review)
    store.remember_findings(review, [ONE])
    store.end_review(review, state="done")

    assert set(rows(url).values()) == {0}


def test_everything_goes_along_to_a_new_name(store: Store, time: Time, url: str) -> None:
    review = fill(store, time, "octo/old", 3)
    before = rows(url)

    store.rename("Octo/Old", "Octo/New")

    assert rows(url) == before
    assert [one.id for one in store.reviews_of("octo/new", 7)] == [review]
    assert store.reviewed("octo/new", 7).findings == (ONE,)
    assert [one.finding for one in store.told_findings("octo/new", 7)] == [ONE]
    assert store.paused("octo/new", 7) is not None
    assert not store.claim_reply("octo/new", 7)
    assert len(store.dispositions("octo/new")) == 1
    assert store.reviews_of("octo/old", 7) == ()


def test_what_came_under_the_new_name_already_is_kept(store: Store, time: Time, url: str) -> None:
    fill(store, time, "octo/old", 3, number=7)
    fill(store, time, "octo/old", 3, number=8)
    newer = fill(store, time, "octo/new", 3, number=8)
    store.mark_told("octo/new", 8, {ONE.fingerprint: 99})

    store.rename("octo/old", "octo/new")

    assert {one.number for one in store.reviews_of("octo/new", 7)} == {7}
    assert store.reviews_of("octo/new", 8)[0].number == 8
    assert newer in {one.id for one in store.reviews_of("octo/new", 8)}
    (found,) = store.told_findings("octo/new", 8)
    assert found.comment == 99
    assert store.reviewed("octo/new", 7).findings == (ONE,)
    assert rows(url)["quartet_repositories"] == 1


@pytest.mark.parametrize(("old", "new"), [("octo/app", "Octo/App"), ("never/seen", "octo/new")])
def test_a_rename_of_nothing_changes_nothing(store: Store, time: Time, url: str, old: str, new: str) -> None:
    fill(store, time, "octo/app", 3)
    before = rows(url)

    store.rename(old, new)

    assert rows(url) == before
    assert len(store.reviews_of("octo/app", 7)) == 1


def test_answers_are_forgotten_after_half_a_year(store: Store, time: Time) -> None:
    store.remember_answer("octo/app", 7, "bugs:1", ["h1"], [])
    time.advance(days=100)
    store.remember_answer("octo/app", 7, "bugs:1", ["h2"], [])
    time.advance(days=81)

    prune(store.database, parse_retention(""), time.now, rest=lambda _: None)

    assert store.reviewed("octo/app", 7).by == {"bugs:1": frozenset({"h2"})}
