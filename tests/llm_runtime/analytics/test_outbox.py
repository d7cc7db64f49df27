"""Records go in at once; they come out in order, once, however slow or away whoever takes them is, or are counted."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from llm_runtime.analytics.bookkeeper import Bookkeeper
from llm_runtime.analytics.books import Books, open_books
from llm_runtime.analytics.outbox import NotDelivered, Outbox
from llm_runtime.analytics.records import Record, TraceEnded
from llm_runtime.clock import SystemClock
from tests.llm_runtime.analytics.conftest import FAULTS, Down, Refused
from tests.llm_runtime.analytics.langfuse.records import BEGAN, ended, generation, trace

_SECONDS = 50.0


class Impatient(SystemClock):
    """Pauses are noted, and over at once."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.pauses.append(seconds)
        return event.is_set()


class Patient(SystemClock):
    """Pauses last until somebody is in a hurry."""

    def __init__(self) -> None:
        self.paused = threading.Event()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.paused.set()
        return event.wait(_SECONDS)


def numbered(count: int, start: int = 0) -> list[TraceEnded]:
    return [TraceEnded(trace=str(number), status="done", ended_at=BEGAN) for number in range(start, start + count)]


def test_records_come_out_in_their_order_and_once() -> None:
    taken: list[Record] = []
    outbox = Outbox(taken.extend, name="test")
    told = numbered(1_000)
    for record in told:
        outbox.put(record)

    assert outbox.flush(_SECONDS)
    assert taken == told
    assert outbox.close(_SECONDS)
    assert outbox.dropped == 0


def test_who_puts_does_not_wait_and_what_finds_no_room_is_counted() -> None:
    go_on = threading.Event()
    outbox = Outbox(lambda _: _wait(go_on), room=10, name="test")
    for record in numbered(25):
        outbox.put(record)

    assert outbox.dropped == 15
    go_on.set()
    assert outbox.close(_SECONDS)
    assert outbox.dropped == 15


def test_what_is_not_taken_is_offered_again_until_it_is(caplog: pytest.LogCaptureFixture) -> None:
    taken: list[Record] = []
    refusals = iter([True] * 8 + [False] * 99)

    def deliver(records: Sequence[Record]) -> None:
        if next(refusals):
            raise NotDelivered("the disk is full")
        taken.extend(records)

    clock = Impatient()
    outbox = Outbox(deliver, name="test", clock=clock)
    told = numbered(3)
    with caplog.at_level(logging.INFO):
        for record in told:
            outbox.put(record)
        # Somebody in a hurry would not let it pause.
        _until(lambda: len(taken) == 3)

    assert outbox.close(_SECONDS)
    assert (taken, outbox.dropped) == (told, 0)
    assert clock.pauses[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert [record.getMessage() for record in caplog.records] == [
        "test: the disk is full; tried again until it works",
        "test: works again",
    ]


def test_at_the_end_it_is_tried_once_more_and_then_counted_as_lost() -> None:
    tries: list[int] = []

    def refuse(records: Sequence[Record]) -> None:
        tries.append(len(records))
        raise NotDelivered("away")

    clock = Patient()
    outbox = Outbox(refuse, name="test", clock=clock)
    for record in numbered(2):
        outbox.put(record)
    assert clock.paused.wait(_SECONDS)
    before = len(tries)

    assert outbox.close(_SECONDS)

    assert len(tries) == before + 1
    assert outbox.dropped == 2


def test_whoever_takes_for_ever_delays_nobody_at_the_end() -> None:
    go_on = threading.Event()
    outbox = Outbox(lambda _: _wait(go_on), name="test")
    for record in numbered(4):
        outbox.put(record)

    assert not outbox.close(0.01)

    assert outbox.dropped == 4
    go_on.set()


def test_what_was_given_up_and_fails_later_is_counted_once() -> None:
    go_on = threading.Event()
    threads: list[threading.Thread] = []

    def deliver(_: Sequence[Record]) -> None:
        threads.append(threading.current_thread())
        _wait(go_on)
        raise ValueError

    outbox = Outbox(deliver, name="test")
    outbox.put(numbered(1)[0])
    assert not outbox.close(0.01)

    go_on.set()
    for thread in threads:
        thread.join(_SECONDS)

    assert outbox.dropped == 1


def test_a_fault_loses_its_own_records_and_no_others(caplog: pytest.LogCaptureFixture) -> None:
    taken: list[Record] = []

    def deliver(records: Sequence[Record]) -> None:
        if not taken:
            taken.append(records[0])
            raise ValueError("sk-secret")
        taken.extend(records)

    outbox = Outbox(deliver, name="test")
    outbox.put(numbered(1)[0])
    assert outbox.flush(_SECONDS)
    outbox.put(numbered(1, 1)[0])

    assert outbox.close(_SECONDS)
    assert (len(taken), outbox.dropped) == (2, 1)
    assert "sk-secret" not in caplog.text


def test_after_the_end_nothing_is_taken() -> None:
    taken: list[Record] = []
    outbox = Outbox(taken.extend, name="test")
    assert outbox.close(_SECONDS)

    outbox.put(numbered(1)[0])

    assert (taken, outbox.dropped) == ([], 1)


def test_many_threads_may_put_at_once() -> None:
    taken: list[Record] = []
    outbox = Outbox(taken.extend, name="test")
    with ThreadPoolExecutor(8) as pool:
        for number in range(8):
            pool.map(outbox.put, numbered(100, number * 100))

    assert outbox.close(_SECONDS)
    assert sorted(int(record.trace) for record in taken if isinstance(record, TraceEnded)) == list(range(800))


def test_a_fork_begins_with_an_empty_one_and_delivers_its_own() -> None:
    go_on = threading.Event()
    reading, writing = os.pipe()

    def deliver(records: Sequence[Record]) -> None:
        _wait(go_on)
        os.write(writing, b"".join(f"{os.getpid()} {_name(record)}\n".encode() for record in records))

    outbox = Outbox(deliver, name="test")
    outbox.put(numbered(1)[0])
    child = os.fork()
    if child == 0:
        go_on.set()
        outbox.put(numbered(1, 1)[0])
        os._exit(0 if outbox.close(_SECONDS) and outbox.dropped == 0 else 1)

    _, status = os.waitpid(child, 0)
    go_on.set()
    assert outbox.close(_SECONDS)
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as lines:
        assert sorted(lines.read().splitlines()) == sorted([f"{os.getpid()} 0", f"{child} 1"])
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_bookkeeper_opens_the_books_when_there_is_something_to_write_and_waits_while_they_are_away(url: str) -> None:
    opened: list[Books] = []

    def open_() -> Books:
        if not opened:
            opened.append(open_books(url, FAULTS))
            raise Down("the store is locked")
        return opened[0]

    bookkeeper = Bookkeeper(open_, down=Down, refused=Refused)
    assert opened == []
    bookkeeper.take(trace())
    bookkeeper.take(generation())
    bookkeeper.flush(_SECONDS)
    bookkeeper.close()

    assert bookkeeper.dropped == 0
    with open_books(url, FAULTS) as books:
        assert books.write([generation()]).unchanged == 1


def test_a_bookkeeper_whose_books_stay_away_ends_all_the_same_and_counts() -> None:
    def open_() -> Books:
        raise Down("the store is locked")

    bookkeeper = Bookkeeper(open_, down=Down, refused=Refused)
    bookkeeper.take(trace())
    bookkeeper.close()

    assert bookkeeper.dropped == 1


_NO_SECURITY = {
    "sqlite": """
        CREATE TRIGGER no_security BEFORE INSERT ON llm_generations WHEN NEW.asker = 'security'
        BEGIN SELECT RAISE(ABORT, 'no'); END
    """,
    "postgresql": "ALTER TABLE llm_generations ADD CONSTRAINT no_security CHECK (asker <> 'security')",
}


def test_a_record_that_the_database_refuses_is_lost_alone_and_counted(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with open_books(url, FAULTS) as books:
        with books.database.writing() as connection:
            connection.exec_driver_sql(_NO_SECURITY[connection.dialect.name])
        kept = [generation(id=f"{number:016x}", asker="bugs") for number in range(5)]
        refused = [generation(id=f"{number:016x}", asker="security") for number in (8, 9)]

        bookkeeper = Bookkeeper(lambda: open_books(url, FAULTS), down=Down, refused=Refused)
        told: list[Record] = [trace(), *kept[:3], refused[0], *kept[3:], refused[1], ended()]
        for record in told:
            bookkeeper.take(record)
        bookkeeper.flush(_SECONDS)
        bookkeeper.close()

        assert bookkeeper.dropped == len(refused)
        assert books.write([trace(), *kept]).unchanged == len(kept) + 1
        assert "records are lost: the store" in caplog.text
        assert "tried again" not in caplog.text


def _wait(event: threading.Event) -> None:
    assert event.wait(_SECONDS)


def _until(true: Callable[[], bool]) -> None:
    deadline = SystemClock().monotonic() + _SECONDS
    while not true():
        assert SystemClock().monotonic() < deadline
        os.sched_yield()


def _name(record: Record) -> str:
    assert isinstance(record, TraceEnded)
    return record.trace
