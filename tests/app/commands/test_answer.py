from __future__ import annotations

import pytest

from tests.app.commands.conftest import FINDING, Open, Room


def test_help_is_for_everybody_and_lists_every_command(room: Room) -> None:
    (said,) = room.says("/help", login="stranger")

    assert said.startswith("<!-- quartet:reply to=")
    assert all(f"`/{name}" in said for name in ("review", "ask", "explain", "dismiss", "pause", "resume", "cancel"))
    assert all(f"`/{name}" in said for name in ("cost", "coverage", "config", "help"))
    assert room.reactions == ["eyes", "rocket"]


def test_a_job_that_runs_twice_answers_once(room: Room) -> None:
    event = room.event("/help")
    room.answer(event)

    assert room.answer(event) == "answered before"
    assert len(room.said) == 1


@pytest.mark.parametrize("login", ["stranger", "reader"])
def test_who_may_not_write_gets_a_thumb_and_nothing_more(room: Room, login: str) -> None:
    assert room.says("/pause", login=login) == []
    assert room.reactions == ["-1"]
    assert room.store.paused("octo/app", 7) is None


def test_of_several_commands_those_that_are_allowed_are_carried_out(room: Room) -> None:
    (said,) = room.says("/help\n/pause", login="reader")

    assert "| Command |" in said
    assert room.reactions == ["eyes", "-1", "rocket"]
    assert room.store.paused("octo/app", 7) is None


def test_several_commands_are_answered_in_one_reply(room: Room) -> None:
    (said,) = room.says("/cost\n/coverage")

    assert said.index("**/cost**") < said.index("No model has been asked") < said.index("**/coverage**")


def test_a_machine_does_not_command(room: Room) -> None:
    assert room.answer(room.event("/pause", bot=True)) == "a machine wrote it"
    assert room.store.paused("octo/app", 7) is None


def test_a_slip_of_the_pen_gets_a_hint(room: Room) -> None:
    (said,) = room.says("/reviw security")

    assert "There is no command `/reviw`; did you mean `/review" in said
    assert room.reactions == ["eyes", "confused"]


def test_an_unknown_word_after_our_name_is_pointed_to_the_help(room: Room) -> None:
    (said,) = room.says("@quartet frobnicate")

    assert "`/help` shows what there is" in said


@pytest.mark.parametrize("body", ["/lgtm", "/assign @mona", "/retest", "/close", "/usr is full"])
def test_the_command_of_another_bot_is_none_of_our_business(room: Room, body: str) -> None:
    assert room.answer(room.event(body)) == "no command in it"
    assert room.reactions == []
    assert room.said == []


def test_a_comment_that_was_deleted_is_not_answered(room: Room) -> None:
    event = room.event("/pause")
    room.github.issue_comments.clear()

    assert room.answer(event) == "the comment is gone"
    assert room.store.paused("octo/app", 7) is None


def test_a_command_in_a_thread_is_answered_there(room: Room) -> None:
    (first,) = room.tell(FINDING)

    (replied,) = room.replies(first, "/explain")

    assert "Division by zero" in replied
    assert room.said == []


def test_a_configuration_that_cannot_be_used_is_told_to_who_needs_it(open_room: Open) -> None:
    room = open_room(config="reviewres: []\n")

    (said,) = room.says("/review")

    assert "reviewres" in said
    assert room.reactions == ["eyes", "confused"]
