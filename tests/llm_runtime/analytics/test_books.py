"""Records become rows: each once, with sums that are right however and by whomever they are written."""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import Table, select, text

from llm_runtime.analytics.books import Books, Written, open_books
from llm_runtime.analytics.identity import new_id, span_id, trace_id
from llm_runtime.analytics.records import EventKind, Generation, Record, TaskResult
from llm_runtime.analytics.tables import (
    agent_task_results,
    llm_events,
    llm_generations,
    llm_traces,
    prompt_executions,
    prompt_variants,
)
from llm_runtime.cost.rates import Costs
from llm_runtime.messages import PromptVariant, Usage
from tests.llm_runtime.analytics.conftest import FAULTS, Down
from tests.llm_runtime.analytics.langfuse.records import (
    BEGAN,
    TRACE_ID,
    ended,
    execution,
    generation,
    happening,
    trace,
)

_SPAWN = multiprocessing.get_context("spawn")
_SECONDS = 50


def rows(books: Books, table: Table) -> list[Mapping[str, Any]]:
    with books.database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]


def call(**fields: Any) -> Generation:
    return generation(**{"id": new_id()} | fields)


def test_a_record_is_there_as_it_was_told(books: Books) -> None:
    one = generation(error="Overloaded", wait_ms=1_500, tier="tier2", role="fallback")
    books.write([trace(), one, happening(), execution()])

    (row,) = rows(books, llm_generations)
    assert (row["trace"], row["id"], row["parent"]) == (TRACE_ID, one.id, span_id(TRACE_ID, one.asker))
    assert (row["repository"], row["number"], row["status"], row["error"]) == ("acme/shop", 7, "failed", "Overloaded")
    assert (row["tier"], row["role"], row["wait_ms"]) == ("tier2", "fallback", 1_500)
    assert (row["cost_pico"], row["input_cost_pico"], row["saved_pico"]) == (
        one.cost_usd,
        one.costs and one.costs.input,
        one.costs and one.costs.saved,
    )
    assert row["started_at"] == one.started_at
    assert [row["kind"] for row in rows(books, llm_events)] == [happening().kind.value]
    assert [row["outcome"] for row in rows(books, prompt_executions)] == [execution().outcome]
    assert rows(books, prompt_variants)[0]["version"] == "0123456789ab"


def test_what_is_told_again_changes_nothing(books: Books) -> None:
    told: list[Record] = [trace(), generation(), happening(), execution(), ended()]
    assert books.write(told) == Written(inserted=4)
    before = [rows(books, table) for table in (llm_traces, llm_generations, llm_events, agent_task_results)]

    assert books.write(told) == Written(unchanged=4)

    after = [rows(books, table) for table in (llm_traces, llm_generations, llm_events, agent_task_results)]
    assert after == before


def test_what_has_changed_is_changed_and_so_are_its_sums(books: Books) -> None:
    one = generation(cost_usd=Decimal("0.5"))
    books.write([trace(), one])

    assert books.write([replace(one, cost_usd=Decimal("0.25"))]) == Written(updated=1)

    assert [row["cost_pico"] for row in rows(books, agent_task_results)] == [Decimal("0.25")]


def test_calls_of_a_trace_that_is_not_known_are_left_out(books: Books) -> None:
    assert books.write([generation(), happening(), execution()]) == Written(orphaned=3)

    assert rows(books, llm_generations) == []


def test_a_trace_that_was_deleted_does_not_come_back_through_its_calls(books: Books) -> None:
    books.write([trace(), generation()])
    with books.database.writing() as connection:
        connection.execute(llm_traces.delete())

    assert books.write([call()]) == Written(orphaned=1)

    assert rows(books, llm_generations) == rows(books, agent_task_results) == []


def test_a_trace_of_somebody_whose_data_was_deleted_is_left_out_with_all_of_it(url: str) -> None:
    with open_books(url, FAULTS, gone=lambda _: lambda one: one.installation == 4711) as books:
        assert books.write([trace(), generation()]) == Written(orphaned=2)
        assert books.write([trace(installation=1)]) == Written(inserted=1)


def test_several_traces_in_one_delivery_each_get_their_own(books: Books) -> None:
    other = trace_id("acme/shop", 8, "beef", "job-2")
    told: list[Record] = [trace(), call(), trace(id=other, number=8), call(trace=other), call()]

    assert books.write(told) == Written(inserted=5)

    assert [(row["number"], row["calls"]) for row in rows(books, agent_task_results)] in (
        [(7, 2), (8, 1)],
        [(8, 1), (7, 2)],
    )


def test_what_was_noted_here_is_not_changed_by_what_langfuse_says_but_the_other_way_round(books: Books) -> None:
    mine, theirs = call(wait_ms=5), call(wait_ms=0)
    books.write([trace(), mine])
    with books.database.writing() as connection:
        told: list[Record] = [trace(name="else"), replace(mine, wait_ms=0), theirs]
        assert books.write_in(connection, told, imported_at=BEGAN) == Written(inserted=1, unchanged=2)
    assert {row["id"]: row["wait_ms"] for row in rows(books, llm_generations)} == {mine.id: 5, theirs.id: 0}

    books.write([replace(theirs, wait_ms=7)])

    assert {row["id"]: row["wait_ms"] for row in rows(books, llm_generations)} == {mine.id: 5, theirs.id: 7}
    assert {row["imported_at"] for row in rows(books, llm_generations)} == {None}
    assert [row["name"] for row in rows(books, llm_traces)] == ["review"]


def test_an_import_that_is_told_again_later_changes_nothing(books: Books) -> None:
    told: list[Record] = [trace(), call()]
    with books.database.writing() as connection:
        books.write_in(connection, told, imported_at=BEGAN)

    with books.database.writing() as connection:
        again = books.write_in(connection, told, imported_at=BEGAN + timedelta(hours=1))

    assert again == Written(unchanged=2)


def test_a_review_that_goes_on_later_keeps_when_it_began_and_when_it_was_first_posted(books: Books) -> None:
    books.write([trace(), ended(status="done", posted_at=BEGAN + timedelta(minutes=1))])
    books.write(
        [trace(started_at=BEGAN + timedelta(hours=1)), ended(status="done", posted_at=BEGAN + timedelta(hours=1))]
    )

    (row,) = rows(books, llm_traces)
    assert (row["status"], row["started_at"], row["posted_at"]) == ("done", BEGAN, BEGAN + timedelta(minutes=1))


def test_what_reviewers_brought_is_told_anew_and_leaves_the_sums_alone(books: Books) -> None:
    one = generation()
    result = TaskResult(trace=TRACE_ID, reviewer=one.asker, provider=one.provider, model=one.model, findings=3)
    books.write([trace(), one, result, replace(result, accepted=2, dismissed=1)])
    books.write([TaskResult(trace=TRACE_ID, reviewer="bugs", findings=1)])

    tools, mine = rows(books, agent_task_results)
    assert (mine["calls"], mine["findings"], mine["accepted"], mine["dismissed"]) == (1, 3, 2, 1)
    assert (tools["reviewer"], tools["model"], tools["calls"], tools["cost_pico"]) == ("bugs", "", 0, 0)


@pytest.mark.parametrize("at_once", [1, 3, 400])
def test_sums_are_those_of_the_calls_however_many_are_written_at_once(books: Books, at_once: int) -> None:
    chance = random.Random(at_once)
    calls = [_any_call(chance) for _ in range(120)]
    books.write([trace(), call(asker="bugs", model="warm")])

    for start in range(0, len(calls), at_once):
        books.write(calls[start : start + at_once])

    found = {(row["reviewer"], row["model"]): row for row in rows(books, agent_task_results) if row["model"] != "warm"}
    assert found.keys() == {(one.asker, one.model) for one in calls}
    for (asker, model), row in found.items():
        mine = [one for one in calls if (one.asker, one.model) == (asker, model)]
        assert row["calls"] == len(mine)
        assert row["failed_calls"] == sum(one.error is not None for one in mine)
        assert row["fallback_calls"] == sum(one.role != "primary" for one in mine)
        assert row["waited_calls"] == sum(one.wait_ms > 0 for one in mine)
        assert row["unpriced_calls"] == sum(one.cost_usd is None for one in mine)
        assert row["cost_pico"] == sum((one.cost_usd or Decimal(0) for one in mine), Decimal(0))
        stood_in = [one.cost_usd or Decimal(0) for one in mine if one.role != "primary"]
        assert row["fallback_cost_pico"] == sum(stood_in, Decimal(0))
        assert row["saved_pico"] == sum((one.costs.saved if one.costs else Decimal(0) for one in mine), Decimal(0))
        assert row["input_tokens"] == sum(one.usage.input_tokens if one.usage else 0 for one in mine)
        assert (row["latency_ms"], row["wait_ms"]) == (
            sum(one.latency_ms for one in mine),
            sum(o.wait_ms for o in mine),
        )


def _any_call(chance: random.Random) -> Generation:
    cost = Decimal(chance.randrange(1, 10**9)).scaleb(-12)
    priced = chance.random() < 0.8
    return call(
        asker=chance.choice(("bugs", "security")),
        model=chance.choice(("gpt-6.1-sol", "gpt-6.1-terra")),
        role=chance.choice(("primary", "fallback", "larger window")),
        error=chance.choice((None, "Overloaded")),
        cost_usd=cost if priced else None,
        costs=Costs(input=cost, saved=-cost) if priced else None,
        usage=Usage(input_tokens=chance.randrange(9_999)) if chance.random() < 0.8 else None,
        latency_ms=chance.randrange(60_000),
        wait_ms=chance.choice((0, 0, 700)),
        variant=chance.choice((None, PromptVariant("security", "1f"), PromptVariant("bugs", "2e"))),
    )


def test_the_sum_of_the_smallest_prices_is_exact(books: Books) -> None:
    # A cached token of a cheap model: $0.0125 for a million.
    books.write([trace(), *(call(cost_usd=Decimal("0.0000000125")) for _ in range(3))])

    assert [row["cost_pico"] for row in rows(books, agent_task_results)] == [Decimal("0.0000000375")]


def test_names_and_texts_from_outside_are_kept_whatever_is_in_them(books: Books) -> None:
    evil = "'; DROP TABLE llm_traces; --\0\ud800"
    books.write([trace(repository="x" * 5_000, job=evil), call(model="m" * 5_000, error=evil)])

    (row,) = rows(books, llm_generations)
    assert len(row["repository"]) == len(row["model"]) == 140
    assert row["error"].startswith("'; DROP TABLE")


def test_threads_and_processes_write_at_once_and_no_call_is_lost_or_counted_twice(url: str) -> None:
    with open_books(url, FAULTS) as books:
        books.write([trace()])
        barrier = _SPAWN.Barrier(3)
        writers = [_SPAWN.Process(target=_write_much, args=(url, number, barrier)) for number in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(_SECONDS)

        assert [writer.exitcode for writer in writers] == [0, 0, 0]
        for writer in writers:
            writer.close()
        assert len(rows(books, llm_generations)) == 3 * 2 * _EACH
        sums = [(row["calls"], row["cost_pico"]) for row in rows(books, agent_task_results)]
        assert sums == [(3 * 2 * _EACH, Decimal("0.000000000001") * 3 * 2 * _EACH)]


_EACH = 25


def _write_much(url: str, number: int, barrier: Barrier) -> None:
    """Two threads write calls of one trace, alone and several at once, some of them twice."""

    def write(books: Books, name: str) -> None:
        calls = [call(id=f"{number}{name}{count:04}", cost_usd=Decimal("0.000000000001")) for count in range(_EACH)]
        for one in calls:
            books.write([one])
        books.write(calls)

    with open_books(url, FAULTS) as books, ThreadPoolExecutor(2) as pool:
        barrier.wait(_SECONDS)
        for done in [pool.submit(write, books, name) for name in ("a", "b")]:
            done.result()


def test_a_fork_has_a_connection_of_its_own(books: Books) -> None:
    books.write([trace()])
    child = multiprocessing.get_context("fork").Process(target=books.write, args=([call()],))
    child.start()
    child.join(_SECONDS)

    assert child.exitcode == 0
    child.close()
    books.write([call()])
    assert [row["calls"] for row in rows(books, agent_task_results)] == [2]


def test_events_are_by_kind(books: Books) -> None:
    kinds: Sequence[EventKind] = tuple(EventKind)

    books.write([trace(), *(happening(id=new_id(), kind=kind) for kind in kinds)])

    assert {row["kind"] for row in rows(books, llm_events)} == {kind.value for kind in kinds}


def test_a_database_that_is_away_says_so_and_nothing_of_a_delivery_is_there(url: str) -> None:
    with open_books(url, FAULTS) as books:
        books.write([trace()])
        with books.database.writing() as connection:
            connection.execute(text("ALTER TABLE llm_events RENAME TO elsewhere"))

        with pytest.raises(Down):
            books.write([call(), happening()])

        assert rows(books, llm_generations) == []


def test_closed_books_take_nothing(url: str) -> None:
    with closing(open_books(url, FAULTS)) as books:
        pass

    with pytest.raises(Down):
        books.write([trace()])


def test_several_open_new_books_at_once(url: str) -> None:
    barrier = threading.Barrier(4)

    def open_() -> None:
        barrier.wait(_SECONDS)
        open_books(url, FAULTS).close()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(open_) for _ in range(4)]:
            done.result()
