from __future__ import annotations

from app.action.recollecting import recollect
from app.publishing.markers import decided_marker
from tests.app.action.memory.conftest import (
    Forget,
    remember,
)
from tests.app.commands.conftest import Room


def test_a_pause_outlives_the_store(room: Room, forget: Forget) -> None:
    room.says("/pause")

    pause = remember(forget(room)).store.paused("octo/app", 7)

    assert pause is not None
    assert pause.by == "mona"


def test_a_pause_that_was_ended_is_over_for_every_store(room: Room, forget: Forget) -> None:
    room.says("/pause")
    other = remember(forget(room))
    room.says("/resume")

    assert remember(other).store.paused("octo/app", 7) is None
    assert remember(forget(room)).store.paused("octo/app", 7) is None


def test_the_newest_pause_counts(room: Room, forget: Forget) -> None:
    room.says("/pause")
    room.says("/resume")
    room.says("/pause")

    assert remember(forget(room)).store.paused("octo/app", 7) is not None


def test_who_may_not_write_ends_no_pause(room: Room, forget: Forget) -> None:
    room.says("/pause")
    other = remember(forget(room))
    room.says("/resume", login="stranger")

    assert remember(other).store.paused("octo/app", 7) is not None
    assert remember(forget(room)).store.paused("octo/app", 7) is not None


def test_who_may_not_write_pauses_nothing(room: Room, forget: Forget) -> None:
    asked = room.github.add_comment("/pause", login="stranger")
    room.github.add_comment(f"<!-- quartet:reply to={asked['id']} -->\n{decided_marker('paused', by='stranger')}\nx")

    assert remember(forget(room)).store.paused("octo/app", 7) is None


def test_a_pause_that_is_not_answered_yet_is_not_ended_by_an_older_word(room: Room) -> None:
    room.says("/pause")
    room.says("/resume")
    room.github.add_comment("/pause", login="mona")
    room.store.pause("octo/app", 7, by="mona")

    assert remember(room).store.paused("octo/app", 7) is not None


def test_the_word_that_is_about_to_be_answered_has_ended_nothing_yet(room: Room, forget: Forget) -> None:
    room.says("/pause")
    lost = forget(room)
    event = lost.event("/resume")

    recollect(lost.services, lost.client, lost.repository, 7, answering=event)
    lost.answer(event)

    assert lost.store.paused("octo/app", 7) is None
    assert lost.services.turns.state(lost.repository, 7).wish is not None
