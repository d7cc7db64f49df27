"""The account of limits in SQLite and PostgreSQL: clocks that go back, rows that are kept, processes that fork."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from llm_runtime.errors import LedgerUnavailable, RequestTooLarge
from llm_runtime.scheduling.ledger import Broken, Granted, RateLedger, Wait
from llm_runtime.scheduling.ledgers.sql import SqlLedger
from llm_runtime.scheduling.limits import Demand, RateLimits, Shape
from llm_runtime.storage.engines import Session
from llm_runtime.storage.sql import Database
from tests.contracts.callers import KEY, ask
from tests.contracts.rate_ledgers import LEDGERS, Open
from tests.llm_runtime.doubles import FakeClock

THREE = RateLimits(requests_per_minute=5, shape=Shape(burst=3))
SPACED = RateLimits(requests_per_minute=60, shape=Shape(burst=1))
SPACING = 60 / 58
DAY = 86_400


@pytest.fixture(params=["sqlite", "postgres"])
def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    with LEDGERS[request.param](tmp_path) as opening:
        yield opening


@pytest.fixture
def clock() -> FakeClock:
    clock = FakeClock()
    clock.seconds = 100_000.0
    return clock


@pytest.fixture
def ledger(open_ledger: Open, clock: FakeClock) -> Iterator[RateLedger]:
    opened = open_ledger(clock)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "limits.db"


def waited(ledger: RateLedger, limits: RateLimits = THREE, ticket: str = "asks") -> float:
    answer = ledger.reserve(ask(ticket, limits, patience=0))
    return answer.seconds if isinstance(answer, Wait) else 0.0


def use_up(ledger: RateLedger) -> None:
    for number in range(3):
        assert isinstance(ledger.reserve(ask(f"held {number}", THREE)), Granted)


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def test_after_a_restart_of_the_machine_the_account_goes_on_by_the_calendar(
    ledger: RateLedger, clock: FakeClock
) -> None:
    use_up(ledger)

    clock.seconds, clock.date = 30.0, clock.date + timedelta(seconds=20)

    assert waited(ledger) == pytest.approx(40, abs=0.01)
    clock.advance(40.01)
    assert waited(ledger) == 0


def test_a_restart_of_the_machine_an_hour_later_finds_an_empty_account(ledger: RateLedger, clock: FakeClock) -> None:
    use_up(ledger)

    clock.seconds, clock.date = 30.0, clock.date + timedelta(hours=1)

    assert waited(ledger) == 0


def test_nobody_waits_an_hour_for_a_clock_that_was_set_back_by_an_hour(ledger: RateLedger, clock: FakeClock) -> None:
    use_up(ledger)

    clock.advance(-3_600)

    assert waited(ledger) == pytest.approx(60, abs=0.01)
    clock.advance(60.01)
    assert waited(ledger) == 0


def test_entries_that_were_forgotten_do_not_come_back_with_a_clock_that_goes_back(
    ledger: RateLedger, clock: FakeClock
) -> None:
    use_up(ledger)
    clock.advance(100)
    assert waited(ledger, ticket="one more") == 0

    clock.advance(-90)

    assert [waited(ledger, ticket=ticket) for ticket in ("second", "third")] == [0, 0]


def test_who_waits_keeps_the_place_and_is_granted_though_the_clock_goes_back(
    ledger: RateLedger, clock: FakeClock
) -> None:
    ledger.reserve(ask("sent", SPACED))
    first = ledger.reserve(ask("first", SPACED))
    assert isinstance(first, Wait)

    clock.advance(-3_600)

    behind = ledger.reserve(ask("behind", SPACED))
    assert isinstance(behind, Wait)
    assert behind.seconds == pytest.approx(2 * SPACING, abs=0.01)
    clock.advance(first.seconds)
    assert isinstance(ledger.reserve(ask("first", SPACED, place=first.place)), Granted)


def test_a_breaker_is_open_for_as_long_as_it_was_though_the_clock_goes_back(
    ledger: RateLedger, clock: FakeClock
) -> None:
    ledger.trip(KEY, "QuotaExhausted", 90)

    clock.advance(-3_600)

    answer = ledger.reserve(ask("one", THREE))
    assert isinstance(answer, Broken)
    assert answer.seconds == pytest.approx(90)


def test_a_clock_that_lags_by_a_moment_stands_still(ledger: RateLedger, clock: FakeClock) -> None:
    ledger.reserve(ask("sent", SPACED))

    clock.advance(-0.3)

    assert waited(ledger, SPACED) == pytest.approx(SPACING, abs=0.001)


def test_a_clock_that_jumps_ahead_lets_entries_expire(ledger: RateLedger, clock: FakeClock) -> None:
    use_up(ledger)

    clock.advance(3_600)

    assert waited(ledger) == 0


def test_a_date_far_ahead_that_was_corrected_does_not_keep_the_day_full(ledger: RateLedger, clock: FakeClock) -> None:
    daily = RateLimits(requests_per_day=2)
    clock.date += timedelta(days=900)
    ledger.reserve(ask("one", daily))
    clock.date -= timedelta(days=900)
    ledger.reserve(ask("two", daily))

    assert waited(ledger, daily) == pytest.approx(DAY, abs=1)
    clock.advance(DAY)
    assert waited(ledger, daily) == 0


def test_the_servers_own_clock_counts_when_none_is_given(open_ledger: Open) -> None:
    ledger = open_ledger(None)
    use_up(ledger)

    seconds = waited(ledger)
    ledger.close()

    assert 50 < seconds <= 60.001


def test_a_demand_that_is_refused_leaves_no_row_and_the_ledger_usable(file: Path, clock: FakeClock) -> None:
    ledger = SqlLedger(f"sqlite:///{file}", clock=clock)
    tokens = RateLimits(input_tokens_per_minute=100)
    with pytest.raises(RequestTooLarge):
        ledger.reserve(replace(ask("huge", tokens), demand=Demand(input_tokens=1_000)))

    answer = ledger.reserve(replace(ask("small", tokens), demand=Demand(input_tokens=10)))
    ledger.close()

    assert isinstance(answer, Granted)
    assert rows(file, "SELECT ticket FROM scheduled_requests") == [("small",)]


def test_what_became_of_each_call_can_be_queried_for_a_day(file: Path, clock: FakeClock) -> None:
    ledger = SqlLedger(f"sqlite:///{file}", clock=clock)
    limits = RateLimits(output_tokens_per_minute=10_000, requests_per_minute=60, shape=Shape(burst=4))
    calls = {
        name: replace(ask(name, limits), demand=Demand(input_tokens=10, output_tokens=100))
        for name in ("answered", "rejected", "released", "held", "waiting")
    }
    for call in calls.values():
        ledger.reserve(call)
    ledger.settle(calls["answered"], Demand(input_tokens=12, output_tokens=70))
    ledger.reject(calls["rejected"], 1.0)
    ledger.release(calls["released"])
    ledger.close()

    query = "SELECT ticket, state, asked_output_tokens, input_tokens, output_tokens FROM scheduled_requests ORDER BY id"
    assert rows(file, query) == [
        ("answered", "answered", 100, 12, 0),
        ("rejected", "rejected", 100, 0, 0),
        ("released", "released", 100, 10, 100),
        ("held", "granted", 100, 10, 100),
        ("waiting", "waiting", 100, 0, 0),
        ("answered:output", "output", None, 0, 70),
    ]
    ((noted,),) = rows(file, "SELECT MIN(noted) FROM scheduled_requests")
    assert noted == clock.date.timestamp()


def test_rows_older_than_a_day_are_deleted_in_passing_and_none_of_the_window(file: Path, clock: FakeClock) -> None:
    ledger = SqlLedger(f"sqlite:///{file}", clock=clock)
    many = RateLimits(requests_per_minute=1_000_000)
    other = replace(KEY, model="nobody asks it any more")
    for number in range(100):
        ledger.reserve(replace(ask(f"other {number}", many), key=other))
        ledger.reserve(ask(f"old {number}", many))

    clock.advance(DAY + 1)
    for number in range(130):
        ledger.reserve(ask(f"new {number}", many))
    ledger.close()

    assert rows(file, "SELECT COUNT(*) FROM scheduled_requests WHERE ticket LIKE 'new %'") == [(130,)]
    assert rows(file, "SELECT COUNT(*) FROM scheduled_requests WHERE ticket NOT LIKE 'new %'") == [(0,)]


def test_rows_of_a_window_longer_than_a_day_are_kept(file: Path, clock: FakeClock) -> None:
    ledger = SqlLedger(f"sqlite:///{file}", clock=clock)
    weekly = RateLimits(requests_per_minute=200, shape=Shape(window_seconds=7 * DAY, burst=198))
    for number in range(130):
        assert isinstance(ledger.reserve(ask(f"first {number}", weekly)), Granted)

    clock.advance(6 * DAY)
    for number in range(68):
        assert isinstance(ledger.reserve(ask(f"then {number}", weekly)), Granted)

    assert waited(ledger, weekly) == pytest.approx(DAY, abs=1)
    ledger.close()


def test_all_who_come_first_at_once_find_the_tables(open_ledger: Open, clock: FakeClock) -> None:
    ledgers = [open_ledger(clock) for _ in range(8)]
    together = threading.Barrier(len(ledgers))
    answers: list[object] = []

    def first(ledger: RateLedger, number: int) -> None:
        together.wait()
        answers.append(type(ledger.reserve(ask(f"{number}", THREE, patience=0))))

    threads = [threading.Thread(target=first, args=(ledger, number)) for number, ledger in enumerate(ledgers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in ledgers:
        ledger.close()

    assert sorted(answers, key=str) == [Granted] * 3 + [Wait] * 5


def test_tables_of_a_newer_version_are_left_alone(file: Path) -> None:
    SqlLedger(f"sqlite:///{file}").trip(KEY, "QuotaExhausted", 1)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE ledger_versions SET version = 7")
        connection.commit()

    with pytest.raises(LedgerUnavailable, match=r"of version 7, this program knows 2; install the newer program"):
        SqlLedger(f"sqlite:///{file}").trip(KEY, "QuotaExhausted", 1)


def as_version_1(open_ledger: Any) -> None:
    """Take from filled tables what later versions have added."""

    def take(session: Session) -> None:
        for name in ("moved_requests", "moved_input_tokens", "moved_output_tokens"):
            session.write(f"ALTER TABLE scheduled_requests DROP COLUMN {name}")
        session.write("UPDATE ledger_versions SET version = 1 WHERE room = ?", ("rate limits",))

    database = Database(open_ledger.args[0], lambda _: None)
    database.run(take)
    database.close()


def test_tables_of_version_1_go_on_with_what_they_hold(open_ledger: Open, clock: FakeClock) -> None:
    before = open_ledger(clock)
    use_up(before)
    before.close()
    as_version_1(open_ledger)

    ledger = open_ledger(clock)
    still_held = waited(ledger)
    ledger.release(ask("held 1", THREE))
    clock.advance(60.01)
    later = waited(ledger)
    ledger.close()

    assert still_held == pytest.approx(60, abs=0.01)
    assert later == 0


def test_those_who_find_tables_of_version_1_at_the_same_time_migrate_them_once(
    open_ledger: Open, clock: FakeClock
) -> None:
    before = open_ledger(clock)
    before.trip(KEY, "QuotaExhausted", 1)
    before.close()
    as_version_1(open_ledger)
    ledgers = [open_ledger(clock) for _ in range(6)]
    together = threading.Barrier(len(ledgers))
    answers: list[object] = []

    def first(ledger: RateLedger, number: int) -> None:
        together.wait()
        answers.append(type(ledger.reserve(ask(f"{number}", THREE, patience=0))))

    threads = [threading.Thread(target=first, args=(ledger, number)) for number, ledger in enumerate(ledgers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in ledgers:
        ledger.close()

    assert answers == [Broken] * 6


def _reserve(ledger: RateLedger, results: Any) -> None:
    results.send(type(ledger.reserve(ask("child", THREE, patience=0))).__name__)


def test_a_forked_child_uses_the_ledger_beside_its_parent(open_ledger: Open, clock: FakeClock) -> None:
    ledger = open_ledger(clock)
    ledger.reserve(ask("parent", THREE))
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe()

    child = forking.Process(target=_reserve, args=(ledger, theirs))
    child.start()
    theirs.close()
    answers = [type(ledger.reserve(ask(f"parent {number}", THREE, patience=0))).__name__ for number in range(2)]
    answers.append(ours.recv())
    child.join(30)
    ours.close()
    after = type(ledger.reserve(ask("after", THREE, patience=0))).__name__
    ledger.close()

    assert child.exitcode == 0
    assert sorted([*answers, after]) == ["Granted", "Granted", "Wait", "Wait"]
