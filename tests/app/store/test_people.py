"""What people decided: dispositions, pauses, replies that are taken up once."""

from __future__ import annotations

from app.store.store import Store
from app.store.values import Disposition, Pause
from tests.app.store.conftest import START, Time

ID, ALIAS = "0123456789abcdef", "fedcba9876543210"


def decided(**changes: object) -> Disposition:
    values: dict[str, object] = {
        "finding": ID,
        "kind": "dismissed",
        "by": "mona",
        "at": START,
        "reason": "tests only",
        "number": 7,
        "title": "A name reaches the query",
    }
    return Disposition(**values | changes)  # type: ignore[arg-type] # a builder


def dismiss(store: Store, *ids: str, repository: str = "Octo/App") -> None:
    store.dispose(
        repository, ids, kind="dismissed", by="mona", reason="tests only", number=7, title="A name reaches the query"
    )


def test_a_decision_is_about_the_finding_and_each_alias(store: Store) -> None:
    dismiss(store, ID, ALIAS, ID)

    assert store.dispositions("octo/APP") == {ID: decided(), ALIAS: decided(finding=ALIAS)}


def test_the_last_decision_counts(store: Store, time: Time) -> None:
    dismiss(store, ID)
    time.advance(days=1)

    store.dispose("octo/app", [ID], kind="reopened", by="hubot", number=9)

    assert store.dispositions("octo/app") == {
        ID: decided(kind="reopened", by="hubot", at=time.now, reason="", number=9, title="")
    }


def test_a_decision_can_be_undone(store: Store) -> None:
    dismiss(store, ID, ALIAS)

    store.undo("Octo/App", [ALIAS, "0000000000000000"])

    assert set(store.dispositions("octo/app")) == {ID}


def test_repositories_do_not_share_decisions(store: Store) -> None:
    dismiss(store, ID, repository="octo/other")

    assert store.dispositions("octo/app") == {}


def test_a_pull_request_is_paused_until_it_is_resumed(store: Store, time: Time) -> None:
    store.pause("Octo/App", 7, "mona")
    time.advance(days=1)
    store.pause("octo/app", 7, "hubot")

    assert store.paused("octo/APP", 7) == Pause("mona", START)
    assert store.paused("octo/app", 8) is None
    store.resume("octo/app", 7)
    store.resume("octo/app", 7)
    assert store.paused("octo/app", 7) is None


def test_a_reply_is_taken_up_once(store: Store) -> None:
    comment = 2**40

    assert store.claim_reply("octo/app", comment)
    assert not store.claim_reply("Octo/App", comment)
    assert store.claim_reply("octo/app", comment + 1)
    assert store.claim_reply("octo/other", comment)
