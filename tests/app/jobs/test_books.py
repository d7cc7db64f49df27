"""What a review of the App leaves in the books, and what becomes of its findings there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, select

from app.jobs import take_turn
from app.store.values import PullTimes
from app.store.versions import FAULTS
from app.wishes import Wish
from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.tables import agent_task_results, llm_generations, llm_traces
from llm_runtime.database.database import Database
from tests.app.commands.conftest import Open, Room
from tests.app.jobs.test_second_look import finds_division, refutes, review
from tests.fakes.models import Fails


def rows(room: Room, table: Table) -> list[Mapping[str, Any]]:
    database = Database(room.database_url, FAULTS)
    with database.reading() as connection:
        found: list[Mapping[str, Any]] = [dict(row._mapping) for row in connection.execute(select(table))]
    database.close()
    return found


def result(room: Room, reviewer: str = "bugs") -> Mapping[str, Any]:
    (found,) = (row for row in rows(room, agent_task_results) if row["reviewer"] == reviewer and row["model"])
    return found


def test_a_review_is_a_trace_with_its_calls_and_what_it_brought(open_room: Open) -> None:
    room = open_room(finds_division)

    review(room)

    (trace,) = rows(room, llm_traces)
    (stored,) = room.store.reviews_of("octo/app", 7)
    assert trace["id"] == trace_id("octo/app", 7, room.head, stored.id)
    assert (trace["source"], trace["status"], trace["installation"]) == ("app", "done", room.github.installation)
    assert trace["posted_at"] is not None
    calls = rows(room, llm_generations)
    assert {"bugs", "security", "architecture", "performance", "verification"} == {call["asker"] for call in calls}
    assert {call["repository"] for call in calls} == {"octo/app"}
    brought = result(room)
    assert (brought["findings"], brought["accepted"], brought["dismissed"]) == (1, 0, 0)
    assert sum(line.calls for line in room.store.costs("octo/app", 7)) == len(calls)


def test_what_people_decide_is_counted_for_who_found_it(open_room: Open) -> None:
    room = open_room(finds_division)
    review(room)
    (finding,) = room.store.told_findings("octo/app", 7)

    room.says(f"/dismiss {finding.id} it never is empty")

    assert (result(room)["findings"], result(room)["dismissed"]) == (1, 1)


def test_what_a_second_look_refuted_was_not_brought(open_room: Open) -> None:
    room = open_room(finds_division, looks_again=refutes)

    review(room)

    assert result(room)["findings"] == 0


def test_a_review_without_an_answer_is_booked_with_its_gaps(open_room: Open) -> None:
    room = open_room(lambda _: Fails(status=400))

    review(room)

    assert {call["error"] for call in rows(room, llm_generations)} == {"BadRequest"}
    assert sum(row["gaps"] for row in rows(room, agent_task_results)) == 4


def test_a_review_that_has_nobody_to_ask_is_a_trace_without_calls(open_room: Open) -> None:
    room = open_room(finds_division)
    review(room)

    review(room)

    assert [trace["status"] for trace in rows(room, llm_traces)] == ["done", "done"]
    assert len({call["trace"] for call in rows(room, llm_generations)}) == 1


def test_uninstalling_takes_the_books_along(open_room: Open) -> None:
    room = open_room(finds_division)
    review(room)

    room.store.forget_installation(room.github.installation)

    assert rows(room, llm_traces) == rows(room, llm_generations) == rows(room, agent_task_results) == []


def test_a_later_attempt_at_the_same_wish_goes_on_with_the_trace_of_the_first(open_room: Open) -> None:
    room = open_room(finds_division)
    asked = Wish(reason="push", head=room.head)
    wanted = room.services.turns.want(room.repository, 7, asked, not_before=time.time())
    first = room.store.begin_review(
        repository="octo/app",
        number=7,
        installation=room.github.installation,
        head=room.head,
        base="b0",
        reason=f"push {wanted}",
    )
    killed = room.store.review(first)

    take_turn(room.services, room.repository, 7)

    assert killed is not None
    (trace,) = rows(room, llm_traces)
    assert (trace["job"], trace["started_at"]) == (first, killed.started_at)


def test_a_trace_knows_when_its_pull_request_was_opened(open_room: Open) -> None:
    room = open_room(finds_division)
    opened = datetime(2026, 11, 20, 8, tzinfo=UTC)
    room.store.note_pull_times("octo/app", [PullTimes(number=7, opened_at=opened)])

    review(room)

    (trace,) = rows(room, llm_traces)
    assert trace["opened_at"] == opened
