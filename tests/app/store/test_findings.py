"""Findings in the store: concluded, told, fixed, found again by the beginning of their id."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.store.errors import AmbiguousId
from app.store.store import Store
from app.store.values import StoredFinding
from reviewers.findings import Finding
from tests.app.store.conftest import START, Time, begin
from tests.builders import fact, finding

ONE = finding(evidence=[fact()], aliases=["0123456789abcdef"], also=["bugs"])
OTHER = finding(rule="traversal", title="A path leaves the folder")


def stored(store: Store, of: Finding, number: int = 7) -> StoredFinding:
    found = store.finding("octo/app", of.fingerprint, number=number)
    assert found is not None
    return found


def with_first_digits_alike() -> tuple[Finding, Finding]:
    """Two findings whose fingerprints begin with the same four digits."""
    seen: dict[str, Finding] = {}
    for number in range(100_000):
        one = finding(anchor=f"code {number}")
        if other := seen.get(one.fingerprint[:4]):
            return other, one
        seen[one.fingerprint[:4]] = one
    raise AssertionError("no two are alike")


def test_a_finding_is_kept_as_it_was_concluded(store: Store) -> None:
    review = begin(store)

    store.remember_findings(review, [ONE, OTHER])

    assert stored(store, ONE) == StoredFinding(
        id=ONE.fingerprint,
        repository="octo/app",
        number=7,
        review=review,
        head="a1",
        finding=ONE,
        first_seen_at=START,
        told_at=None,
        fixed_at=None,
        comment=None,
        model=ONE.models[0],
    )


def test_only_what_was_told_is_open(store: Store) -> None:
    store.remember_findings(begin(store), [ONE, OTHER])

    store.mark_told("Octo/App", 7, {ONE.fingerprint: 2**40})

    assert [found.finding for found in store.open_findings("octo/app", 7)] == [ONE]
    assert stored(store, ONE).comment == 2**40


def test_what_is_fixed_dismissed_or_accepted_is_not_open_but_was_told(store: Store) -> None:
    three = [finding(rule=rule) for rule in ("injection", "traversal", "secret")]
    ids = [one.fingerprint for one in three]
    store.remember_findings(begin(store), three)
    store.mark_told("octo/app", 7, dict.fromkeys(ids))

    store.mark_fixed("octo/app", 7, ids[:1])
    store.dispose("octo/app", ids[1:2], kind="dismissed", by="mona", number=7)
    store.dispose("octo/app", ids[2:], kind="accepted", by="mona", number=7)

    assert store.open_findings("octo/app", 7) == ()
    assert {found.id for found in store.told_findings("octo/app", 7)} == set(ids)


def test_what_was_opened_again_is_open(store: Store) -> None:
    store.remember_findings(begin(store), [ONE])
    store.mark_told("octo/app", 7, {ONE.fingerprint: None})
    store.dispose("octo/app", [ONE.fingerprint], kind="dismissed", by="mona", number=7)

    store.dispose("octo/app", [ONE.fingerprint], kind="reopened", by="hubot", number=7)

    assert [found.id for found in store.open_findings("octo/app", 7)] == [ONE.fingerprint]


def test_a_later_review_words_it_anew_and_keeps_when_and_where_it_was_told(store: Store, time: Time) -> None:
    store.remember_findings(begin(store), [ONE])
    store.mark_told("octo/app", 7, {ONE.fingerprint: 11})
    time.advance(hours=1)
    reworded = finding(title="Said better", severity=ONE.severity)
    again = begin(store, head="a2")

    store.remember_findings(again, [reworded])
    store.mark_told("octo/app", 7, {reworded.fingerprint: None})

    found = stored(store, ONE)
    assert (found.finding, found.review, found.head) == (reworded, again, "a2")
    assert (found.first_seen_at, found.told_at, found.comment) == (START, START, 11)


def test_what_is_told_again_after_it_was_fixed_is_open(store: Store, time: Time) -> None:
    store.remember_findings(begin(store), [ONE])
    store.mark_told("octo/app", 7, {ONE.fingerprint: 11})
    store.mark_fixed("octo/app", 7, [ONE.fingerprint])
    assert stored(store, ONE).fixed_at == START

    time.advance(hours=1)
    store.mark_told("octo/app", 7, {ONE.fingerprint: 12})

    assert (stored(store, ONE).fixed_at, stored(store, ONE).comment) == (None, 12)


def test_when_it_was_fixed_first_counts(store: Store, time: Time) -> None:
    store.remember_findings(begin(store), [ONE])
    store.mark_fixed("octo/app", 7, [ONE.fingerprint])
    time.advance(hours=1)

    store.mark_fixed("octo/app", 7, [ONE.fingerprint])

    assert stored(store, ONE).fixed_at == START


def test_pull_requests_do_not_share_what_was_told(store: Store) -> None:
    store.remember_findings(begin(store), [ONE])
    store.remember_findings(begin(store, number=8), [ONE])

    store.mark_told("octo/app", 8, {ONE.fingerprint: 11})

    assert store.open_findings("octo/app", 7) == ()
    assert stored(store, ONE, number=8).comment == 11


def test_findings_of_a_review_that_was_deleted_are_not_kept(store: Store) -> None:
    review = begin(store)
    store.forget_installation(3)

    store.remember_findings(review, [ONE])

    assert store.finding("octo/app", ONE.fingerprint) is None


@pytest.mark.parametrize("length", [4, 8, 16])
def test_four_digits_of_an_id_are_enough(store: Store, length: int) -> None:
    store.remember_findings(begin(store), [ONE])

    found = store.finding("OCTO/App", f" {ONE.fingerprint[:length].upper()} ")

    assert found is not None
    assert found.finding == ONE


@pytest.mark.parametrize(
    "prefix", ["", "%", "____", "123", "%%%%", "zzzz", "' OR 1=1 --", "\0\0\0\0", "0" * 17, "١٢٣٤"]
)
def test_what_is_no_beginning_of_an_id_names_none(store: Store, prefix: str) -> None:
    store.remember_findings(begin(store), [ONE])

    assert store.finding("octo/app", prefix) is None


def test_several_that_begin_so_are_listed(store: Store) -> None:
    one, other = with_first_digits_alike()
    store.remember_findings(begin(store), [one, other])

    with pytest.raises(AmbiguousId, match="name more of the id") as caught:
        store.finding("octo/app", one.fingerprint[:4])

    assert caught.value.ids == tuple(sorted([one.fingerprint, other.fingerprint]))


def test_the_pull_request_at_hand_comes_before_others(store: Store) -> None:
    one, other = with_first_digits_alike()
    store.remember_findings(begin(store, number=7), [one])
    store.remember_findings(begin(store, number=8), [other])

    found = store.finding("octo/app", one.fingerprint[:4], number=7)

    assert found is not None
    assert found.finding == one


def test_other_repositories_are_not_searched(store: Store) -> None:
    store.remember_findings(begin(store, repository="octo/secret"), [ONE])

    assert store.finding("octo/app", ONE.fingerprint) is None


def test_a_finding_is_credited_to_the_review_and_the_model_that_it_was_told_with(store: Store, time: Time) -> None:
    store.remember_findings(begin(store), [replace(ONE, models=("openai/a",))])
    first = begin(store, head="a2")
    store.remember_findings(first, [replace(ONE, models=("anthropic/b", "openai/a"))])
    store.mark_told("octo/app", 7, {ONE.fingerprint: 5})
    time.advance(days=1)
    store.remember_findings(begin(store, head="a3"), [replace(ONE, models=("gemini/c",))])
    store.mark_told("octo/app", 7, {ONE.fingerprint: 5})

    found = stored(store, ONE)
    assert (found.told_in, found.model, found.head) == (first, "anthropic/b", "a3")


def test_what_tools_alone_found_is_credited_to_no_model(store: Store) -> None:
    store.remember_findings(begin(store), [finding(models=())])

    assert stored(store, finding(models=())).model == ""


def test_the_same_finding_of_another_pull_request_keeps_its_own_credit(store: Store) -> None:
    store.remember_findings(begin(store, number=8), [replace(ONE, models=("openai/a",))])
    store.remember_findings(begin(store, number=7), [replace(ONE, models=("gemini/c",))])

    assert stored(store, ONE, 8).model == "openai/a"
