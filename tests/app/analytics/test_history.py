"""How long pull requests take is noted as deliveries tell it, and read once for the time before the installation."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import redis

from app.analytics.history import MOST_REPOSITORIES, queue_histories, read_history
from app.errors import GitHubRateLimited
from app.events import InstallationChanged, PullRequestChanged, PullRequestReviewed
from app.queue import JobQueue
from app.responses import respond
from app.store.values import PullTimes
from tests.app.commands.conftest import Open, Room, open_room, room
from tests.fakes.github_app import FakePull
from tests.fakes.github_replies import rate_limited
from tests.fakes.github_server import Fault
from tests.fakes.redis_server import own_prefix, redis_server

__all__ = ["open_room", "room"]

OPENED = datetime(2026, 11, 1, 9, tzinfo=UTC)
MERGED = datetime(2026, 11, 1, 15, tzinfo=UTC)


def changed(room: Room, **rest: object) -> PullRequestChanged:
    event = PullRequestChanged(repository=room.repository, number=7, action="closed", head=room.head, opened_at=OPENED)
    return replace(event, **rest)  # type: ignore[arg-type] # mypy does not follow keywords into replace


def times(room: Room, number: int = 7) -> PullTimes | None:
    return room.store.pull_times("octo/app", number)


def test_when_it_was_opened_and_merged_is_noted(room: Room) -> None:
    respond(room.services, changed(room, closed_at=MERGED, merged_at=MERGED))

    assert times(room) == PullTimes(number=7, opened_at=OPENED, closed_at=MERGED, merged_at=MERGED)


def test_one_that_is_opened_again_is_open(room: Room) -> None:
    respond(room.services, changed(room, closed_at=MERGED))

    respond(room.services, changed(room, action="reopened"))

    assert times(room) == PullTimes(number=7, opened_at=OPENED)


def test_a_persons_review_is_noted(room: Room) -> None:
    respond(room.services, PullRequestReviewed(repository=room.repository, number=7, at=MERGED))

    assert times(room) == PullTimes(number=7, first_review_at=MERGED, first_review_by="person")


def with_a_past(room: Room) -> None:
    moment = MERGED.isoformat().replace("+00:00", "Z")
    room.github.pulls[3] = FakePull(
        number=3, state="closed", created_at="2026-11-01T09:00:00Z", closed_at=moment, merged_at=moment
    )


def test_what_was_before_the_installation_is_read_once(room: Room) -> None:
    with_a_past(room)

    read_history(room.services, room.repository)

    assert times(room, 3) == PullTimes(number=3, opened_at=OPENED, merged_at=MERGED, closed_at=MERGED)
    assert room.store.without_history(10) == ()


@pytest.mark.parametrize("why", ["no permission", "no GraphQL", "uninstalled"])
def test_where_github_does_not_tell_it_is_said_and_not_asked_again(open_room: Open, why: str) -> None:
    room = open_room()
    with_a_past(room)
    said: list[str] = []
    if why == "no permission":
        room.app.account.installations[room.github.installation].permissions["pull_requests"] = "none"
    elif why == "no GraphQL":
        room.app.graphql = False
    else:
        del room.app.account.installations[room.github.installation]

    read_history(replace(room.services, say=said.append), room.repository)

    assert len(said) == 1
    assert said[0].startswith("octo/app: nothing is known of its pull requests before the installation")
    assert times(room, 3) is None
    assert room.store.without_history(10) == ()


def test_nothing_of_what_was_uninstalled_meanwhile_is_noted(room: Room) -> None:
    with_a_past(room)
    room.store.forget_installation(room.github.installation)

    read_history(room.services, room.repository)
    told = respond(room.services, changed(room))

    assert told == "uninstalled meanwhile; nothing is kept of it"
    assert times(room, 3) is None
    assert times(room) is None
    assert room.store.without_history(10) == ()


def test_the_past_is_read_again_where_github_asks_to_wait(room: Room) -> None:
    room.store.belongs("octo/app", room.github.installation)
    room.app.faults.append(Fault(method="POST", path="/graphql", reply=rate_limited()))

    with pytest.raises(GitHubRateLimited):
        read_history(room.services, room.repository)

    assert room.store.without_history(10) != ()


def test_an_installation_has_the_past_of_its_repositories_read(room: Room) -> None:
    for action in ("created", "added", "removed", "suspend"):
        respond(
            room.services,
            InstallationChanged(installation=3, action=action, repositories=("octo/a", "octo/b")),
        )

    depths = room.services.queue.depths()
    assert (depths["background"], depths["scheduled"]) == (1, 1)


def test_of_a_large_installation_a_hundred_are_read_and_not_all_at_once() -> None:
    prefix = own_prefix()
    with closing(JobQueue(redis_server().url, prefix=prefix)) as queue, redis_server().client() as client:
        queue_histories(queue, 3, (f"octo/r{number}" for number in range(MOST_REPOSITORIES + 20)))
        queue_histories(queue, 3, ["Octo/R0"])

        last = due(client, prefix)[-1]
        assert len(due(client, prefix)) == MOST_REPOSITORIES
        assert last - time.time() > 400


def due(client: redis.Redis, prefix: str) -> list[float]:
    """When each job is due, the first first."""
    jobs: Any = client.zrange(f"{prefix}:jobs", 0, -1, withscores=True)
    return [score for _, score in jobs]
