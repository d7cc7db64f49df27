"""What people say of findings arrives in the books, and what is uninstalled leaves them, by the way that jobs take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.events import InstallationChanged, PullRequestChanged, RepositoryRenamed, ThreadChanged
from app.recording import bookkeeping
from app.responses import respond
from app.store.address import store_url
from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.records import Source, Trace
from llm_runtime.analytics.tables import agent_task_results, llm_traces
from tests.app.commands.conftest import FINDING, Open, Room
from tests.app.jobs.test_second_look import finds_division, refutes, review


@contextmanager
def booked(room: Room) -> Iterator[Room]:
    """The room with a finding that was told in a review of the books; what they are told is there after the block."""
    room.tell(FINDING)
    (review,) = room.store.reviews_of("octo/app", 7)
    trace = Trace(
        id=trace_id("octo/app", 7, review.head, review.id),
        name="review",
        source=Source.APP,
        repository="octo/app",
        number=7,
        head=review.head,
        job=review.id,
        installation=room.github.installation,
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
    )
    with bookkeeping(room.services.settings) as record:
        record([trace])
        yield replace(room, services=replace(room.services, record=record))


def results(room: Room) -> list[tuple[str, int, int, int]]:
    """Model, findings, accepted and dismissed of each row of results."""
    one = agent_task_results.c
    with open_books(store_url(room.services.settings), FAULTS) as books, books.database.reading() as connection:
        rows = connection.execute(select(one.model, one.findings, one.accepted, one.dismissed))
        return [tuple(row) for row in rows]


def repositories(room: Room) -> list[str]:
    with open_books(store_url(room.services.settings), FAULTS) as books, books.database.reading() as connection:
        return list(connection.execute(select(llm_traces.c.repository)).scalars())


def thread(room: Room, *, resolved: bool) -> ThreadChanged:
    (told,) = room.store.told_findings("octo/app", 7)
    assert told.comment is not None
    return ThreadChanged(repository=room.repository, number=7, comment=told.comment, resolved=resolved, sender="mona")


def test_a_command_that_dismisses_counts_against_who_found_it(room: Room) -> None:
    with booked(room) as held:
        held.says(f"/dismiss {FINDING.fingerprint} the caller checks it")

    assert results(room) == [("gpt-6.1-sol", 1, 0, 1)]


def test_a_thread_that_is_resolved_counts_for_who_found_it_until_it_is_opened_again(room: Room) -> None:
    with booked(room) as held:
        respond(held.services, thread(held, resolved=True))
    assert results(room) == [("gpt-6.1-sol", 1, 1, 0)]

    with bookkeeping(room.services.settings) as record:
        respond(replace(room.services, record=record), thread(room, resolved=False))
    assert results(room) == [("gpt-6.1-sol", 1, 0, 0)]


@pytest.mark.parametrize(("content", "counts"), [("+1", (1, 0)), ("-1", (0, 1))])
def test_a_vote_that_is_found_when_the_pull_request_is_closed_counts(
    room: Room, content: str, counts: tuple[int, int]
) -> None:
    with booked(room) as held:
        (told,) = room.store.told_findings("octo/app", 7)
        assert told.comment is not None
        room.github.add_reaction(told.comment, content, login="mona")

        respond(
            held.services,
            PullRequestChanged(repository=room.repository, number=7, action="closed", head=room.head),
        )

    assert results(room) == [("gpt-6.1-sol", 1, *counts)]


@pytest.mark.parametrize("action", ["deleted", "removed"])
def test_what_is_uninstalled_leaves_the_books_and_does_not_come_back_late(room: Room, action: str) -> None:
    with booked(room):
        pass
    installation = room.github.installation
    assert repositories(room) == ["octo/app"]

    event = InstallationChanged(installation=installation, action=action, repositories=("octo/app",))
    late = Trace(
        id="f" * 32,
        name="review",
        source=Source.APP,
        repository="octo/app",
        installation=installation,
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
    )
    respond(room.services, event)
    with bookkeeping(room.services.settings) as record:
        record([late])

    assert repositories(room) == []
    assert results(room) == []


def test_the_books_follow_a_repository_to_its_new_name(room: Room) -> None:
    with booked(room):
        pass

    respond(
        room.services,
        RepositoryRenamed(repository=replace(room.repository, repo="new"), former="octo/app"),
    )

    assert repositories(room) == ["octo/new"]


def test_a_review_that_is_posted_is_the_first_of_its_pull_request(open_room: Open) -> None:
    room = open_room(finds_division)

    review(room)

    known = room.store.pull_times("octo/app", 7)
    assert known is not None
    assert known.first_review_by == "quartet"


def test_where_nothing_is_posted_there_was_no_review(open_room: Open) -> None:
    room = open_room(finds_division, looks_again=refutes)

    review(room)

    assert room.store.pull_times("octo/app", 7) is None


def test_what_a_review_brings_is_in_the_books_when_it_has_ended(open_room: Open) -> None:
    room = open_room(finds_division)

    with bookkeeping(room.services.settings) as record:
        review(replace(room, services=replace(room.services, record=record)))

    assert [counts for model, *counts in results(room) if "claude" in model and counts[0]] == [[1, 0, 0]]
