from __future__ import annotations

import pytest

from app.events import ThreadChanged
from app.responses import respond
from tests.app.action.memory.conftest import (
    OTHER,
    Forget,
    decided,
    dismissed,
    post,
    remember,
    told,
)
from tests.app.commands.conftest import Open, Room
from tests.app.jobs.test_second_look import posted, review
from tests.fakes.models import Answer, Asked, says


def test_what_was_dismissed_is_dismissed_after_the_store_was_lost(reviewed: Room, forget: Forget) -> None:
    identity = dismissed(reviewed)
    before = decided(reviewed)[identity]

    after = decided(remember(forget(reviewed)))[identity]

    assert (after.kind, after.by, after.reason, after.number, after.title) == (
        ("dismissed", "mona", before.reason, 7, before.title)
    )


def test_a_finding_that_another_run_told_can_be_dismissed_and_is_not_told_again_by_a_third(
    reviewing: Room, forget: Forget
) -> None:
    identity = dismissed(remember(forget(reviewing)))
    room = remember(forget(reviewing))
    reviewing.github.push(7, OTHER)

    review(room)

    assert len(posted(room)) == 1
    assert [one["conclusion"] for one in reviewing.github.checks][-1] == "success"
    assert decided(room).keys() == {identity}


def test_every_word_of_a_reason_is_known_again(reviewed: Room, forget: Forget) -> None:
    words = 'über --> "x" <!-- quartet:told ids=dead --> 50% @mona #1 \N{PILE OF POO}'
    identity = dismissed(reviewed, words)

    assert decided(remember(forget(reviewed)))[identity].reason == words


def test_a_finding_that_was_withdrawn_after_a_reply_is_dismissed_after_the_store_was_lost(
    open_room: Open, forget: Forget
) -> None:
    def convinced(asked: Asked) -> Answer:
        assert "Does the finding still stand" in asked.prompt
        return says({"verdict": "withdrawn", "reason": "It is checked."})

    room = open_room(convinced)
    post(room)
    comment = told(room).comment
    assert comment is not None
    room.replies(comment, "The caller checks that rows is never empty.")
    assert decided(room)

    assert decided(remember(forget(room))).keys() == decided(room).keys()


def test_a_command_in_a_thread_of_ours_is_known_again_without_an_id(reviewed: Room, forget: Forget) -> None:
    comment = told(reviewed).comment
    assert comment is not None
    reviewed.replies(comment, "/dismiss the caller checks it")

    assert decided(remember(forget(reviewed))).keys() == {told(reviewed).id}


def test_who_may_not_write_any_more_has_decided_nothing(reviewed: Room, forget: Forget) -> None:
    dismissed(reviewed)
    reviewed.github.collaborators["mona"] = "read"

    assert decided(remember(forget(reviewed))) == {}


def test_a_later_vote_in_the_store_stands_against_no_words(reviewed: Room, forget: Forget) -> None:
    identity = dismissed(reviewed)
    room = forget(reviewed)
    room.store.dispose("octo/app", [identity], kind="dismissed", by="lisa", reason="known here", number=7)

    assert decided(remember(room))[identity].by == "lisa"


def settle(room: Room, by: str, *, resolved: bool = True) -> None:
    comment = told(room).comment
    assert comment is not None
    room.github.threads.setdefault(comment, {}).update(resolved=resolved, resolved_by=by)


def test_a_thread_that_somebody_resolved_who_may_write_is_dealt_with(reviewed: Room, forget: Forget) -> None:
    settle(reviewed, "mona")

    (one,) = decided(remember(forget(reviewed))).values()

    assert (one.kind, one.by, one.reason) == ("accepted", "mona", "thread resolved")


@pytest.mark.parametrize("by", ["reader", "stranger", "", "quartet"])
def test_a_thread_that_somebody_else_resolved_is_open(reviewed: Room, forget: Forget, by: str) -> None:
    # The author of a pull request may resolve its threads, and so do we when code is fixed.
    reviewed.github.collaborators["quartet"] = "write"
    settle(reviewed, by)

    assert decided(remember(forget(reviewed))) == {}


def test_a_thread_that_is_open_again_is_not_dealt_with_any_more(reviewed: Room) -> None:
    first = told(reviewed).comment
    assert first is not None
    event = ThreadChanged(repository=reviewed.repository, number=7, comment=first, resolved=True, sender="mona")
    respond(reviewed.services, event)
    assert decided(reviewed)

    settle(reviewed, "", resolved=False)

    assert decided(remember(reviewed)) == {}


def test_what_was_dismissed_in_words_stays_so_while_its_thread_is_open(reviewed: Room, forget: Forget) -> None:
    identity = dismissed(reviewed)
    settle(reviewed, "", resolved=False)

    assert decided(remember(forget(reviewed)))[identity].kind == "dismissed"
