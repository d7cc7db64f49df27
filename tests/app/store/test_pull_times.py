"""When pull requests are opened, reviewed, merged and closed, told in any order."""

from __future__ import annotations

from datetime import timedelta

from app.store.store import Store
from app.store.values import PullTimes
from tests.app.store.conftest import START

LATER = START + timedelta(hours=3)


def test_what_is_told_in_pieces_comes_together(store: Store) -> None:
    store.note_pull_times("Octo/App", [PullTimes(number=7, opened_at=START)])
    store.pull_reviewed("octo/app", 7, LATER, "quartet")
    store.note_pull_times("octo/app", [PullTimes(number=7, merged_at=LATER, closed_at=LATER)])

    assert store.pull_times("OCTO/app", 7) == PullTimes(
        number=7,
        opened_at=START,
        first_review_at=LATER,
        first_review_by="quartet",
        merged_at=LATER,
        closed_at=LATER,
    )


def test_of_two_first_reviews_the_earlier_counts_whichever_is_told_last(store: Store) -> None:
    store.pull_reviewed("octo/app", 7, LATER, "quartet")
    store.pull_reviewed("octo/app", 7, START, "person")
    store.pull_reviewed("octo/app", 7, LATER, "person")

    known = store.pull_times("octo/app", 7)
    assert known is not None
    assert (known.first_review_at, known.first_review_by) == (START, "person")


def test_a_late_word_of_its_opening_does_not_open_it_again(store: Store) -> None:
    store.note_pull_times("octo/app", [PullTimes(number=7, closed_at=LATER)])

    store.note_pull_times("octo/app", [PullTimes(number=7, opened_at=START)])

    assert store.pull_times("octo/app", 7) == PullTimes(number=7, opened_at=START, closed_at=LATER)


def test_one_that_is_opened_again_is_not_closed(store: Store) -> None:
    store.note_pull_times("octo/app", [PullTimes(number=7, closed_at=LATER)])

    store.pull_reopened("Octo/App", 7)

    assert store.pull_times("octo/app", 7) == PullTimes(number=7)


def test_of_another_pull_request_nothing_is_known(store: Store) -> None:
    store.note_pull_times("octo/app", [PullTimes(number=1, opened_at=START)])
    store.note_pull_times("octo/other", [])

    assert store.pull_times("octo/app", 2) is None
    assert store.pull_times("octo/other", 1) is None


def test_a_repository_waits_for_its_history_until_that_was_read(store: Store) -> None:
    for name in ("octo/c", "octo/b", "octo/a"):
        store.belongs(name, 3)
    store.note_pull_times("octo/not-installed", [PullTimes(number=1)])

    store.history_read("Octo/B")

    assert store.without_history(10) == (("octo/a", 3), ("octo/c", 3))
    assert store.without_history(1) == (("octo/a", 3),)
