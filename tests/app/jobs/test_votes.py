from __future__ import annotations

import pytest

from app.events import PullRequestChanged
from app.responses import respond
from app.votes import heed_votes
from tests.app.commands.conftest import FINDING, Room


def _votes(room: Room, *given: tuple[str, str]) -> int:
    (comment,) = room.tell(FINDING)
    for content, login in given:
        room.github.add_reaction(comment, content, login=login)
    return heed_votes(room.store, room.client, room.repository, 7)


def _decided(room: Room) -> list[tuple[str, str, str]]:
    found = room.store.dispositions("octo/app").values()
    return [(each.kind, each.by, each.reason) for each in found]


@pytest.mark.parametrize(
    ("given", "decided"),
    [
        pytest.param([("-1", "mona")], [("dismissed", "mona", "👎")], id="a thumb down dismisses"),
        pytest.param([("+1", "mona")], [("liked", "mona", "👍")], id="a thumb up tells that it was right"),
        pytest.param([("+1", "mona"), ("-1", "mona")], [("dismissed", "mona", "👎")], id="the last vote counts"),
        pytest.param([("-1", "stranger")], [], id="who may not push decides nothing"),
        pytest.param([("-1", "mona"), ("+1", "stranger")], [("dismissed", "mona", "👎")], id="nor overrules"),
        pytest.param([("heart", "mona")], [], id="another reaction says nothing"),
        pytest.param([("-1", "robot[bot]")], [], id="a machine decides nothing"),
        pytest.param([], [], id="nobody voted"),
    ],
)
def test_votes_of_those_who_may_push_decide(
    room: Room, given: list[tuple[str, str]], decided: list[tuple[str, str, str]]
) -> None:
    _votes(room, *given)

    assert _decided(room) == decided


def test_what_was_said_in_words_stands(room: Room) -> None:
    (comment,) = room.tell(FINDING)
    room.says(f"/dismiss {FINDING.fingerprint} the caller checks it")
    room.github.add_reaction(comment, "+1", login="mona")

    heed_votes(room.store, room.client, room.repository, 7)

    assert [(kind, reason) for kind, _, reason in _decided(room)] == [("dismissed", "the caller checks it")]


@pytest.mark.parametrize("content", ["+1", "-1"])
def test_a_vote_that_was_taken_back_counts_no_more(room: Room, content: str) -> None:
    (comment,) = room.tell(FINDING)
    room.github.add_reaction(comment, content, login="mona")
    heed_votes(room.store, room.client, room.repository, 7)
    room.github.reactions.clear()

    heed_votes(room.store, room.client, room.repository, 7)

    assert _decided(room) == []


def test_a_thumb_up_can_become_a_thumb_down(room: Room) -> None:
    (comment,) = room.tell(FINDING)
    room.github.add_reaction(comment, "+1", login="mona")
    heed_votes(room.store, room.client, room.repository, 7)
    room.github.add_reaction(comment, "-1", login="mona")

    heed_votes(room.store, room.client, room.repository, 7)

    assert [kind for kind, *_ in _decided(room)] == ["dismissed"]


def test_votes_are_counted_when_the_pull_request_is_closed(room: Room) -> None:
    (comment,) = room.tell(FINDING)
    room.github.add_reaction(comment, "-1", login="mona")
    event = PullRequestChanged(repository=room.repository, number=7, action="closed", head=room.head, base_ref="main")

    respond(room.services, event)

    assert [kind for kind, *_ in _decided(room)] == ["dismissed"]


def test_nothing_is_asked_where_nothing_is_open_to_votes(room: Room) -> None:
    before = len(room.app.requests)

    heed_votes(room.store, room.client, room.repository, 7)

    assert len(room.app.requests) == before
