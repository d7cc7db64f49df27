from __future__ import annotations

import time

from app.events import PullRequestChanged, to_data
from app.jobs import MOST_ATTEMPTS, MOST_PASSING_ATTEMPTS, act_on, take_turn
from app.wishes import Wish
from tests.app.commands.conftest import Open, Room
from tests.fakes.github import rate_limited
from tests.fakes.server import json_reply

STRANGE = json_reply({"message": "Validation Failed"}, status=422)


def want(room: Room, *, check: int | None = None) -> None:
    room.services.turns.want(
        room.repository, 7, Wish(reason="push", head=room.head, check=check), not_before=time.time()
    )


def fail(room: Room, times: int) -> None:
    """Turns that were begun and not ended, as those of workers that were killed."""
    for _ in range(times):
        turn = room.services.turns.take(room.repository, 7)
        assert turn is not None
        turn.hand_back(tried=True)


def test_after_a_fault_a_review_rests_before_it_is_tried_again(room: Room) -> None:
    want(room)
    room.app.fault("GET", r"/pulls/7$", STRANGE)

    take_turn(room.services, room.repository, 7)

    state = room.services.turns.state(room.repository, 7)
    assert state.due is not None
    assert state.due > time.time() + 5
    assert state.tries == 1
    assert room.services.turns.orphans() == ()
    assert room.services.queue.depths()["scheduled"] == 1


def test_what_fails_again_and_again_is_said_in_the_check(room: Room) -> None:
    want(room)
    fail(room, MOST_ATTEMPTS - 1)
    room.app.fault("GET", r"/pulls/7$", STRANGE)

    take_turn(room.services, room.repository, 7)

    (check,) = room.github.checks
    assert (check["status"], check["conclusion"]) == ("completed", "neutral")
    assert room.services.turns.state(room.repository, 7).wish is None


def test_a_database_that_is_away_for_long_does_not_end_a_review(room: Room) -> None:
    want(room)
    fail(room, MOST_ATTEMPTS)
    room.store.close()

    take_turn(room.services, room.repository, 7)

    state = room.services.turns.state(room.repository, 7)
    assert state.wish is not None
    assert state.due is not None
    assert state.due > time.time() + 60


def test_a_review_that_kills_its_workers_is_given_up_and_says_so(room: Room) -> None:
    want(room)
    fail(room, MOST_PASSING_ATTEMPTS)

    take_turn(room.services, room.repository, 7)

    (check,) = room.github.checks
    assert check["status"] == "completed"
    assert "Not reviewed" in check["output"]["title"]
    assert room.github.reviews == []
    assert room.services.turns.state(room.repository, 7).wish is None


def test_a_review_that_cannot_be_done_fails_the_check_where_the_repository_wants_that(open_room: Open) -> None:
    room = open_room(config="check:\n  name: house review\n  incomplete: failure\n")
    want(room)
    fail(room, MOST_PASSING_ATTEMPTS)

    take_turn(room.services, room.repository, 7)

    (check,) = room.github.checks
    assert (check["name"], check["conclusion"]) == ("house review", "failure")


def test_a_delivery_that_meets_githubs_limit_of_an_hour_is_put_off(room: Room) -> None:
    room.app.fault("GET", r"/contents/", rate_limited(reset_in=3_000), times=9)
    event = PullRequestChanged(repository=room.repository, number=7, action="opened", head=room.head, base_ref="main")

    act_on(room.services, "d-1", to_data(event))

    assert room.services.queue.depths()["scheduled"] == 1
    assert room.store.delivery("d-1") is None
