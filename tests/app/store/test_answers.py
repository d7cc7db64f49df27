"""Answers in the store: what was paid for is there for the next run, with all that belongs to it or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.store.store import Store
from reviewers.incremental import Reviewed
from tests.builders import finding

SECURITY, BUGS = "security:1f", "bugs:2e"


def test_nothing_is_reviewed_at_first(store: Store) -> None:
    assert store.reviewed("octo/app", 7) == Reviewed()


def test_an_answer_is_there_for_the_next_run(store: Store) -> None:
    one, other = finding(), finding(rule="traversal")

    store.remember_answer("Octo/App", 7, SECURITY, ["h1", "h2"], [one])
    store.remember_answer("octo/app", 7, SECURITY, {"h3"}, [])
    store.remember_answer("octo/app", 7, BUGS, ("h1",), [other])

    assert store.reviewed("OCTO/APP", 7) == Reviewed(
        by={SECURITY: frozenset({"h1", "h2", "h3"}), BUGS: frozenset({"h1"})}, findings=(one, other)
    )


def test_equal_code_in_two_places_is_two_findings_until_it_is_concluded(store: Store) -> None:
    twins = [finding(at=None, title="here"), finding(at=None, title="there")]
    assert twins[0].fingerprint == twins[1].fingerprint

    store.remember_answer("octo/app", 7, SECURITY, ["h1"], twins)

    assert store.reviewed("octo/app", 7).findings == tuple(twins)


def test_an_answer_that_is_remembered_twice_counts_once(store: Store) -> None:
    for _ in range(2):
        store.remember_answer("octo/app", 7, SECURITY, ["h1", "h1"], [finding()])

    assert store.reviewed("octo/app", 7) == Reviewed(by={SECURITY: frozenset({"h1"})}, findings=(finding(),))


def test_a_part_of_a_hunk_is_remembered_without_the_hunk(store: Store) -> None:
    store.remember_answer("octo/app", 7, SECURITY, [], [finding()])

    assert store.reviewed("octo/app", 7) == Reviewed(by={}, findings=(finding(),))


def test_pull_requests_do_not_share_answers(store: Store) -> None:
    store.remember_answer("octo/app", 7, SECURITY, ["h1"], [finding()])

    assert store.reviewed("octo/app", 8) == Reviewed()
    assert store.reviewed("octo/app2", 7) == Reviewed()


def test_what_is_forgotten_is_asked_again(store: Store) -> None:
    for number in (7, 8):
        store.remember_answer("octo/app", number, SECURITY, ["h1"], [finding()])

    store.forget_answers("Octo/App", 7)

    assert store.reviewed("octo/app", 7) == Reviewed()
    assert store.reviewed("octo/app", 8).by == {SECURITY: frozenset({"h1"})}


def test_an_answer_that_cannot_be_kept_whole_is_not_kept_at_all(store: Store) -> None:
    def hunks() -> Iterator[str]:
        # They are the last thing that is written.
        yield "h1"
        raise ValueError("broken off")

    with pytest.raises(ValueError, match="broken off"):
        store.remember_answer("octo/app", 7, SECURITY, hunks(), [finding()])

    assert store.reviewed("octo/app", 7) == Reviewed()
