"""What became of findings: the ground on which reviewers are believed."""

from __future__ import annotations

import pytest

from app.store.store import Store
from app.store.values import DispositionKind
from tests.app.store.conftest import begin
from tests.builders import finding

SAID = finding()


def _told(store: Store, *, told: bool = True) -> None:
    store.remember_findings(begin(store), [SAID])
    if told:
        store.mark_told("octo/app", 7, {SAID.fingerprint: 1})


@pytest.mark.parametrize(
    ("kind", "fixed", "right"),
    [
        pytest.param("dismissed", False, [False], id="dismissed"),
        pytest.param("accepted", False, [True], id="accepted"),
        pytest.param("liked", False, [True], id="liked"),
        pytest.param(None, True, [True], id="fixed"),
        pytest.param("dismissed", True, [False], id="dismissed, and its code is gone"),
        pytest.param("reopened", False, [], id="reopened"),
        pytest.param(None, False, [], id="nothing became of it"),
    ],
)
def test_what_became_of_a_finding_tells_whether_it_was_right(
    store: Store, kind: DispositionKind | None, fixed: bool, right: list[bool]
) -> None:
    _told(store)
    if kind:
        store.dispose("octo/app", [SAID.fingerprint], kind=kind, by="mona", number=7)
    if fixed:
        store.mark_fixed("octo/app", 7, [SAID.fingerprint])

    assert [(each, was) for each, was in store.outcomes("Octo/App")] == [(SAID, was) for was in right]


def test_what_was_never_told_tells_nothing(store: Store) -> None:
    _told(store, told=False)
    store.dispose("octo/app", [SAID.fingerprint], kind="dismissed", by="mona", number=7)

    assert store.outcomes("octo/app") == ()


def test_other_repositories_do_not_count(store: Store) -> None:
    _told(store)
    store.dispose("octo/app", [SAID.fingerprint], kind="dismissed", by="mona", number=7)

    assert store.outcomes("octo/other") == ()
