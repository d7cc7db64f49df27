from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace

import pytest

from app.errors import GitHubError
from app.events import CheckAsked, MergeGroupAsked, PullRequestChanged, RepositoryRenamed, ThreadChanged
from app.github.checks import REVIEW_ALL
from app.github.conversation import fetch_conversation
from app.live_check import LiveCheck
from app.responses import respond
from app.wishes import Wish
from tests.app.commands.conftest import FINDING, Open, Room


def resolved(room: Room, first: int, sender: str, *, resolved: bool = True) -> str:
    event = ThreadChanged(repository=room.repository, number=7, comment=first, resolved=resolved, sender=sender)
    return respond(room.services, event)


def asked(room: Room, sender: str, action: str = "review") -> str:
    event = CheckAsked(repository=room.repository, head=room.head, numbers=(7,), action=action, sender=sender)
    return respond(room.services, event)


def test_who_may_write_settles_a_finding_by_resolving_its_thread(room: Room) -> None:
    (first,) = room.tell(FINDING)

    resolved(room, first, "mona")

    assert room.store.dispositions("octo/app")[FINDING.fingerprint].kind == "accepted"


@pytest.mark.parametrize("sender", ["reader", "stranger", ""])
def test_who_may_not_write_settles_nothing_by_resolving_a_thread(room: Room, sender: str) -> None:
    # GitHub lets the author of a pull request resolve its threads, also one who came with a fork.
    (first,) = room.tell(FINDING)

    said = resolved(room, first, sender)

    assert room.store.dispositions("octo/app") == {}
    assert "may not" in said


def test_who_may_not_write_opens_nothing_again(room: Room) -> None:
    (first,) = room.tell(FINDING)
    resolved(room, first, "mona")

    resolved(room, first, "reader", resolved=False)

    assert FINDING.fingerprint in room.store.dispositions("octo/app")


@pytest.mark.parametrize("action", ["review", REVIEW_ALL.identifier])
@pytest.mark.parametrize("sender", ["reader", "stranger", ""])
def test_a_button_works_only_for_who_may_write(room: Room, sender: str, action: str) -> None:
    said = asked(room, sender, action)

    assert room.services.turns.state(room.repository, 7).wish is None
    assert "may not" in said


def test_a_button_works_for_who_may_write(room: Room) -> None:
    asked(room, "mona")

    wish = room.services.turns.state(room.repository, 7).wish
    assert wish is not None
    assert wish.reason == "rerun"


def test_a_merge_group_gets_the_check_that_the_repository_has_named(open_room: Open) -> None:
    room = open_room(config="check:\n  name: house review\n")

    respond(room.services, MergeGroupAsked(repository=room.repository, head=room.head))

    assert [(check["name"], check["status"]) for check in room.github.checks] == [("house review", "completed")]


def test_whoever_has_a_name_after_somebody_else_sees_nothing_of_theirs(room: Room) -> None:
    room.tell(FINDING)
    later = replace(room.event("/explain"), repository=replace(room.repository, installation=10**9))

    with pytest.raises(GitHubError):
        respond(room.services, later)

    assert room.store.told_findings("octo/app", 7) == ()
    assert room.store.finding("octo/app", FINDING.fingerprint) is None


def parked(room: Room) -> None:
    """A review that a button asked for waits for a limit, its check in progress."""
    check = LiveCheck(room.client, room.repository, room.head)
    check.begin(3)
    assert check.number is not None
    review = room.begin()
    room.store.check_begun(review, check.number)
    room.store.end_review(review, state="parked")
    room.services.turns.want(room.repository, 7, Wish(reason="rerun"), not_before=time.time() + 600)


def test_a_parked_review_of_a_pull_request_that_is_closed_ends_with_its_check(room: Room) -> None:
    parked(room)
    closed = PullRequestChanged(repository=room.repository, number=7, action="closed", head=room.head)

    for _ in range(2):
        respond(room.services, closed)

    (check,) = room.github.checks
    assert (check["status"], check["conclusion"]) == ("completed", "cancelled")
    last = room.store.last_review("octo/app", 7)
    assert last is not None
    assert last.state == "cancelled"


def test_a_parked_review_that_is_cancelled_ends_with_its_check(room: Room) -> None:
    parked(room)

    assert room.says("/cancel") == []

    (check,) = room.github.checks
    assert (check["status"], check["conclusion"]) == ("completed", "cancelled")


def test_a_check_of_the_same_name_that_a_workflow_made_is_left_alone(room: Room) -> None:
    LiveCheck(room.client, room.repository, room.head).queue()
    (foreign,) = room.github.checks
    foreign["app"] = {"id": 15368, "slug": "github-actions"}
    event = PullRequestChanged(repository=room.repository, number=7, action="opened", head=room.head, base_ref="main")

    respond(room.services, event)

    (ours,) = (check for check in room.github.checks if check is not foreign)
    assert (ours["name"], ours["status"]) == ("quartet", "queued")


def test_another_bots_comment_is_not_taken_for_ours_where_graphql_is_refused(open_room: Open) -> None:
    room = open_room(graphql=False)
    room.github.add_comment("<!-- quartet:reply to=1 -->", login="another[bot]")

    with closing(room.services.github.client(room.repository)) as client:
        found = fetch_conversation(client, room.repository.pull(7)).comments

    assert found == ()


def test_what_is_known_of_a_renamed_repository_goes_along(room: Room) -> None:
    room.store.pause("octo/old", 7, by="mona")
    event = RepositoryRenamed(repository=room.repository, former="Octo/Old")

    respond(room.services, event)

    pause = room.store.paused("octo/app", 7)
    assert pause is not None
    assert pause.by == "mona"
    assert room.store.paused("octo/old", 7) is None
