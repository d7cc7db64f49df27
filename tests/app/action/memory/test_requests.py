from __future__ import annotations

import pytest

from app.errors import GitHubFailed
from app.github.transcript import fetch_transcript
from tests.app.action.memory.conftest import (
    Forget,
    decided,
    dismissed,
    forged,
    post,
    remember,
    requests,
    told,
)
from tests.app.commands.conftest import Open, Room
from tests.fakes.github_replies import refused


def test_one_request_brings_back_findings(reviewed: Room, forget: Forget) -> None:
    room = forget(reviewed)

    assert requests(room, lambda: remember(room)) == ["POST /graphql"]


def test_a_decision_takes_one_request_more_and_none_once_it_is_known(reviewed: Room, forget: Forget) -> None:
    dismissed(reviewed)
    room = forget(reviewed)

    assert requests(room, lambda: remember(room)) == ["POST /graphql", "GET /collaborators/mona/permission"]
    assert requests(room, lambda: remember(room)) == ["POST /graphql"]


def test_a_crowd_is_not_asked_about_for_ever(reviewed: Room, forget: Forget) -> None:
    identity = told(reviewed).id
    for number in range(30):
        asked = reviewed.github.add_comment(f"/dismiss {identity}", login=f"user{number}")
        reviewed.github.add_comment(forged(identity, by=f"user{number}", to=asked["id"]))
    room = forget(reviewed)

    assert len(requests(room, lambda: remember(room))) == 21


def test_a_long_conversation_is_read_to_its_end(reviewed: Room, forget: Forget) -> None:
    for number in range(120):
        reviewed.github.add_comment(f"word {number}", login="lisa")
    identity = dismissed(reviewed)

    transcript = fetch_transcript(reviewed.client, reviewed.repository.pull(7))

    assert len(transcript.comments) == len(reviewed.github.issue_comments)
    assert len(transcript.talks) == 1
    assert identity in decided(remember(forget(reviewed)))


@pytest.mark.parametrize("status", [403, 404])
def test_who_may_not_read_the_conversation_remembers_nothing_and_goes_on(
    reviewed: Room, forget: Forget, status: int
) -> None:
    room = forget(reviewed)
    room.app.graphql = False
    room.app.fault("GET", r"/comments", refused(status, "Resource not accessible by integration"), times=9)

    assert remember(room).store.told_findings("octo/app", 7) == ()


def test_a_github_that_fails_is_not_taken_for_one_where_nothing_was_said(reviewed: Room, forget: Forget) -> None:
    room = forget(reviewed)
    room.app.graphql = False
    room.app.fault("GET", r"/comments", refused(502, "Bad Gateway"), times=9)

    with pytest.raises(GitHubFailed):
        remember(room)


def test_a_check_is_made_again_when_the_last_finding_that_may_have_failed_it_is_dismissed(
    open_room: Open, forget: Forget
) -> None:
    room = open_room(config="check: {fail_on: high}\n")
    post(room)
    lost = remember(forget(room))

    lost.says(f"/dismiss {told(lost).id}")

    assert lost.services.turns.state(lost.repository, 7).wish is not None


@pytest.mark.parametrize("fail_on", ["critical", "never"])
def test_a_check_that_this_finding_cannot_have_failed_is_not_made_again(
    open_room: Open, forget: Forget, fail_on: str
) -> None:
    room = open_room(config=f"check: {{fail_on: {fail_on}}}\n")
    post(room)
    lost = remember(forget(room))

    lost.says(f"/dismiss {told(lost).id}")

    assert lost.services.turns.state(lost.repository, 7).wish is None
