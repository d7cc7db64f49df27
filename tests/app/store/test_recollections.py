"""What GitHub remembers in the store: added where it is lacking, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from app.store.recollections import Recollected
from app.store.store import Store
from app.store.values import Disposition, Pause
from tests.app.store.conftest import START, Time, begin
from tests.builders import fact, finding

ONE = finding(evidence=[fact()], aliases=["0123456789abcdef"], also=["bugs"])
TOLD = Recollected(id=ONE.fingerprint, finding=ONE, head="a1", told_at=START, comment=44)
SAID = Disposition(
    finding=ONE.fingerprint, kind="dismissed", by="mona", at=START, reason="known", number=7, title=ONE.title
)


def test_a_finding_is_known_again_to_no_reviews_credit(store: Store, time: Time) -> None:
    time.advance(days=3)

    assert store.bring_back_findings("Octo/App", 7, [TOLD]) == {ONE.fingerprint}

    (one,) = store.told_findings("octo/app", 7)
    assert (one.finding, one.head, one.told_at, one.comment, one.fixed_at) == (ONE, "a1", START, 44, None)
    assert (one.review, one.told_in, one.model, one.first_seen_at) == ("", None, ONE.models[0], START)


def test_a_finding_is_known_under_the_id_that_it_was_told_under(store: Store) -> None:
    store.bring_back_findings("octo/app", 7, [replace(TOLD, id="aaaabbbbccccdddd")])

    found = store.finding("octo/app", "aaaabbbb")

    assert found is not None
    assert found.finding == ONE


def test_what_is_fixed_is_brought_back_as_fixed(store: Store) -> None:
    store.bring_back_findings("octo/app", 7, [replace(TOLD, is_fixed=True)])

    assert store.open_findings("octo/app", 7) == ()
    assert [one.fixed_at for one in store.told_findings("octo/app", 7)] == [START]


def test_nothing_that_is_known_of_a_finding_changes(store: Store, time: Time) -> None:
    known = replace(ONE, message="as it was made")
    review = begin(store)
    store.remember_findings(review, [known])
    store.mark_told("octo/app", 7, {ONE.fingerprint: 55})
    (before,) = store.told_findings("octo/app", 7)
    time.advance(days=1)

    assert store.bring_back_findings("octo/app", 7, [replace(TOLD, is_fixed=True)]) == frozenset()

    assert store.told_findings("octo/app", 7) == (before,)


def test_of_a_finding_that_was_made_and_not_told_here_it_is_added_where_it_was_told(store: Store) -> None:
    review = begin(store)
    store.remember_findings(review, [ONE])

    assert store.bring_back_findings("octo/app", 7, [TOLD]) == {ONE.fingerprint}

    (one,) = store.told_findings("octo/app", 7)
    assert (one.review, one.comment, one.told_at) == (review, 44, START)


def test_where_nothing_was_told_nothing_is_written(store: Store) -> None:
    assert store.bring_back_findings("octo/app", 7, []) == frozenset()
    assert store.told_findings("octo/app", 7) == ()


def test_a_decision_keeps_when_it_was_made(store: Store, time: Time) -> None:
    time.advance(days=3)

    store.bring_back_decisions("Octo/App", [SAID])

    assert store.dispositions("octo/app") == {ONE.fingerprint: SAID}


def test_a_decision_takes_the_place_of_another(store: Store) -> None:
    store.dispose("octo/app", [ONE.fingerprint], kind="liked", by="lisa", reason="👍", number=7)

    store.bring_back_decisions("octo/app", [SAID])

    assert store.dispositions("octo/app") == {ONE.fingerprint: SAID}


def test_a_pause_keeps_who_began_it_and_when(store: Store) -> None:
    store.bring_back_pause("Octo/App", 7, Pause("mona", START))
    store.bring_back_pause("octo/app", 7, Pause("lisa", START))

    assert store.paused("octo/app", 7) == Pause("mona", START)


def test_what_is_brought_back_goes_with_its_repository(store: Store) -> None:
    store.bring_back_findings("octo/app", 7, [TOLD])
    store.bring_back_decisions("octo/app", [SAID])

    store.forget_repository("octo/app")

    assert store.told_findings("octo/app", 7) == ()
    assert store.dispositions("octo/app") == {}
