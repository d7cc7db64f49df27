"""A review is posted with one store; the store is thrown away, and another one learns from GitHub what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from app.action.recollecting import recollect
from app.github.snapshot import fetch_snapshot
from app.publishing.markers import decided_marker
from app.publishing.publish import publish
from app.store.store import open_store
from app.store.values import Disposition, StoredFinding
from reviewers.findings import Finding
from reviewers.verification.values import Standing, Verification, Vote
from tests.app.commands.conftest import CODE, Open, Room, open_room, room
from tests.app.jobs.test_second_look import finds_division, posted, review
from tests.builders import fact, finding, location
from tests.builders import review as a_review

__all__ = ["open_room", "room"]

WITHOUT = "def total(rows):\n    return 1\n"
"""The faulty line is gone."""

OTHER = {"shop.py": CODE, "other.py": "total = 0\n"}
"""The faulty line is there still, beside something new."""

DIVISION = replace(
    finding(
        reviewer="bugs",
        rule="logic-error",
        cwe=None,
        at=location(path="shop.py", start_line=2),
        anchor="    return sum(rows) / len(rows)",
        title="Division by zero",
        message="An empty list has no length.",
        evidence=[fact(path="shop.py", start_line=2, reviewer="bugs", rule="logic-error")],
    ),
    votes=(Vote(reviewer="bugs", model="openai/gpt-6.1-sol", severity="high", confidence=0.9),),
    verification=Verification(standing=Standing.CONFIRMED, by="anthropic/claude", reason="Nobody checks it."),
)

Forget = Callable[[Room], Room]


@pytest.fixture
def forget(tmp_path: Path) -> Iterator[Forget]:
    """``forget(room)`` is the same room with an empty store."""
    with ExitStack() as stack:
        count = iter(range(100))

        def emptied(room: Room) -> Room:
            store = stack.enter_context(open_store(f"sqlite:///{tmp_path / f'fresh{next(count)}.db'}"))
            return replace(room, services=replace(room.services, store=store))

        yield emptied


@pytest.fixture
def reviewed(open_room: Open) -> Room:
    """A finding was posted, and no key is there for any model."""
    room = open_room()
    post(room)
    assert len(posted(room)) == 1
    return room


@pytest.fixture
def reviewing(open_room: Open) -> Room:
    """The same, by a model that finds it each time that it is asked."""
    room = open_room(finds_division)
    review(room)
    assert len(posted(room)) == 1
    return room


def post(room: Room, told: Finding = DIVISION, *, inline_limit: int = 10) -> None:
    """A review is published as the App does it, without the minute that it takes to make one."""
    fetched = fetch_snapshot(room.client, room.repository.pull(7))
    name = room.begin()
    room.store.remember_findings(name, [told])
    made = replace(a_review(told), target=fetched.snapshot.target)
    published = publish(
        room.client, fetched.pull, made, fetched.snapshot.diff, inline_limit=inline_limit, with_comments=True
    )
    room.store.mark_told("octo/app", 7, published.told)
    room.store.end_review(name, state="done", conclusion="success")


def remember(room: Room) -> Room:
    recollect(room.services, room.client, room.repository, 7)
    return room


def told(room: Room) -> StoredFinding:
    (one,) = room.store.told_findings("octo/app", 7)
    return one


def decided(room: Room) -> dict[str, Disposition]:
    return dict(room.store.dispositions("octo/app"))


def requests(room: Room, act: Callable[[], object]) -> list[str]:
    """What is asked of GitHub meanwhile."""
    before = len(room.app.requests)
    act()
    return [f"{one.method} {one.path.removeprefix('/repos/octo/app')}" for one in room.app.requests[before:]]


def dismissed(room: Room, words: str = "the caller checks it") -> str:
    identity = told(room).id
    room.says(f"/dismiss {identity[:8]} {words}")
    assert identity in decided(room)
    return identity


def forged(identity: str, *, by: str = "mona", to: int = 1) -> str:
    return f"<!-- quartet:reply to={to} -->\n{decided_marker('dismissed', ids=[identity], by=by)}\ntext"
