"""Drills: the server that holds the limits is restarted, killed under load, or emptied."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from llm_runtime.clock import SystemClock
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.events import Event, LedgerFound, LedgerLost
from llm_runtime.scheduling.ledger import Answer, Ask, Granted, Wait
from llm_runtime.scheduling.ledgers.redis import RedisLedger
from llm_runtime.scheduling.ledgers.resilient import RETRY_SECONDS, ResilientLedger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits, Shape
from tests.fakes.redis_server import RedisServer, own_redis
from tests.llm_runtime.doubles import FakeClock

KEY = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
CAP = 300
AT_ONCE = RateLimits(requests_per_minute=CAP + 2, shape=Shape(burst=CAP))
THREE = RateLimits(requests_per_minute=5, shape=Shape(burst=3))
WRITES_ALL = ("--appendonly", "yes", "--appendfsync", "always")
CALLERS = 8


def ask(ticket: str, limits: RateLimits = THREE, *, patience: float = 0) -> Ask:
    return Ask(key=KEY, limits=limits, demand=Demand(), ticket=ticket, patience=patience)


def kinds(answers: list[Answer]) -> list[str]:
    return [type(answer).__name__ for answer in answers]


@pytest.mark.parametrize("end", [RedisServer.stop, RedisServer.kill])
def test_what_a_server_writes_down_outlives_its_restart(end: Callable[[RedisServer], None]) -> None:
    with own_redis(*WRITES_ALL) as server:
        ledger = RedisLedger(server.url)
        before = [ledger.reserve(ask(f"before {number}")) for number in range(3)]
        end(server)
        server.start()

        after = [ledger.reserve(ask(f"after {number}")) for number in range(2)]
        ledger.close()

    assert kinds(before) == ["Granted"] * 3
    assert kinds(after) == ["Wait"] * 2


@pytest.mark.parametrize("end", [RedisServer.stop, RedisServer.kill])
def test_a_server_that_forgets_all_begins_with_an_empty_window(end: Callable[[RedisServer], None]) -> None:
    with own_redis() as server:
        ledger = RedisLedger(server.url)
        held = [ask(f"before {number}") for number in range(3)]
        for each in held:
            ledger.reserve(each)
        end(server)
        server.start()

        ledger.settle(held[0], Demand(output_tokens=5))
        ledger.reject(held[1], None)
        ledger.release(held[2])
        after = [ledger.reserve(ask(f"after {number}")) for number in range(4)]
        ledger.close()

    assert kinds(after) == ["Granted"] * 3 + ["Wait"]


@pytest.mark.parametrize("command", ["FLUSHALL", "SCRIPT FLUSH"])
def test_a_server_that_is_emptied_goes_on(command: str) -> None:
    clock = FakeClock()
    with own_redis() as server:
        ledger = RedisLedger(server.url, clock=clock)
        waiting = [ledger.reserve(ask(f"before {number}", patience=300)) for number in range(5)][-1]
        server.command(*command.split())

        assert isinstance(waiting, Wait)
        clock.advance(waiting.seconds)
        answer = ledger.reserve(Ask(key=KEY, limits=THREE, demand=Demand(), ticket="before 4", place=waiting.place))
        ledger.close()

    assert isinstance(answer, Granted)


@pytest.mark.parametrize("settings", [WRITES_ALL, ()])
def test_killed_under_load_no_call_is_lost_silently(settings: tuple[str, ...]) -> None:
    with own_redis(*settings) as server:
        ledger = RedisLedger(server.url)
        load = _Load(ledger)
        load.start()
        load.awaits(10 * CALLERS)
        server.kill()
        load.awaits_a_loss()
        server.start()
        load.end()
        ledger.close()

    assert load.died_of == []
    assert load.asked == len(load.granted) + len(load.refused) + len(load.lost)
    assert len(load.granted) >= 10 * CALLERS - CALLERS
    if settings:
        # What was answered had been written down, and what was not heard of may have been: the bound holds.
        assert CAP - len(load.lost) <= len(load.granted) <= CAP


def test_a_lost_server_is_stood_in_for_and_found_again() -> None:
    events: list[Event] = []
    recorder = _Recorder(events)
    clock = FakeClock()
    with own_redis() as server:
        ledger = ResilientLedger(RedisLedger(server.url, clock=clock), clock=clock, observer=recorder)
        answers = [ledger.reserve(ask("before"))]
        server.kill()
        answers.append(ledger.reserve(ask("meanwhile")))
        server.start()
        clock.advance(RETRY_SECONDS)
        answers.append(ledger.reserve(ask("after")))
        ledger.close()

    assert kinds(answers) == ["Granted"] * 3
    assert [type(event) for event in events] == [LedgerLost, LedgerFound]


def test_a_server_that_hangs_is_given_up_in_time() -> None:
    clock = SystemClock()
    with own_redis() as server:
        ledger = RedisLedger(server.url + "?socket_timeout=0.2")
        ledger.reserve(ask("first"))
        server.pause()
        started = clock.monotonic()
        with pytest.raises(LedgerUnavailable, match="did not answer in time"):
            ledger.reserve(ask("second"))
        took = clock.monotonic() - started
        server.resume()

        again = ledger.reserve(ask("second"))
        rest = [ledger.reserve(ask(f"rest {number}")) for number in range(2)]
        ledger.close()

    assert took < 5
    # What was sent to a server that hung is done when it goes on, and counts once.
    assert kinds([again, *rest]) == ["Granted", "Granted", "Wait"]


class _Load:
    """Callers who ask and ask, each at least 120 times."""

    def __init__(self, ledger: RedisLedger) -> None:
        self.granted: list[str] = []
        self.refused: list[str] = []
        self.lost: list[str] = []
        self.died_of: list[BaseException] = []
        self._ledger = ledger
        self._numbers = [0] * CALLERS
        self._ended = threading.Semaphore(0)
        self._may_end = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(name,)) for name in range(CALLERS)]

    @property
    def asked(self) -> int:
        return sum(self._numbers)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def awaits(self, calls: int) -> None:
        for _ in range(calls):
            assert self._ended.acquire(timeout=30)

    def awaits_a_loss(self) -> None:
        while not self.lost:
            self.awaits(1)

    def end(self) -> None:
        self._may_end.set()
        for thread in self._threads:
            thread.join()

    def _call(self, name: int) -> None:
        try:
            while not (self._may_end.is_set() and self._numbers[name] >= 120):
                self._ask(f"{name}.{self._numbers[name]}")
                self._numbers[name] += 1
                self._ended.release()
        except BaseException as error:  # noqa: BLE001 - what a thread dies of is what the test is about
            self.died_of.append(error)

    def _ask(self, ticket: str) -> None:
        try:
            answer = self._ledger.reserve(ask(ticket, AT_ONCE))
        except LedgerUnavailable:
            self.lost.append(ticket)
        else:
            (self.granted if isinstance(answer, Granted) else self.refused).append(ticket)


class _Recorder:
    def __init__(self, events: list[Event]) -> None:
        self._events = events

    def record(self, event: Event) -> None:
        self._events.append(event)
