from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llm_runtime.errors import LedgerUnavailable
from llm_runtime.events import LedgerFound, LedgerLost
from llm_runtime.scheduling.ledger import Ask, Broken, Granted, Wait
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.ledgers.resilient import ResilientLedger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits, Shape
from tests.llm_runtime.doubles import FakeClock
from tests.llm_runtime.scheduling.test_proactive import Recorder

KEY = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
LIMITS = RateLimits(requests_per_minute=42, shape=Shape(burst=40))


class Losable(MemoryLedger):
    """A ledger whose connection can be pulled."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.lost = False
        self.asked = 0

    def reserve(self, ask: Ask) -> Any:
        self.asked += 1
        if self.lost:
            raise LedgerUnavailable("redis://cache:6379 does not answer; check REDIS_URL")
        return super().reserve(ask)


def ask(ticket: str, limits: RateLimits = LIMITS) -> Ask:
    return Ask(key=KEY, limits=limits, demand=Demand(), ticket=ticket, patience=0.0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def shared(clock: FakeClock) -> Losable:
    return Losable(clock)


@pytest.fixture
def events() -> Recorder:
    return Recorder()


@pytest.fixture
def ledger(shared: Losable, clock: FakeClock, events: Recorder) -> ResilientLedger:
    return ResilientLedger(shared, clock=clock, observer=events)


def test_without_the_shared_ledger_a_quarter_of_the_limits_is_kept(ledger: ResilientLedger, shared: Losable) -> None:
    shared.lost = True

    answers = [ledger.reserve(ask(f"t{number}")) for number in range(12)]

    assert [type(answer) for answer in answers] == [Granted] * 8 + [Wait] * 4


def test_the_loss_and_the_return_are_told_once(
    ledger: ResilientLedger, shared: Losable, clock: FakeClock, events: Recorder
) -> None:
    shared.lost = True
    for number in range(5):
        ledger.reserve(ask(f"lost {number}"))
        clock.advance(6)
    shared.lost = False
    ledger.reserve(ask("found"))
    clock.advance(6)
    ledger.reserve(ask("found again"))

    assert events.events == [LedgerLost(detail="redis://cache:6379 does not answer; check REDIS_URL"), LedgerFound()]


def test_a_lost_ledger_is_left_alone_for_a_moment(ledger: ResilientLedger, shared: Losable, clock: FakeClock) -> None:
    shared.lost = True
    ledger.reserve(ask("one"))
    ledger.reserve(ask("two"))
    assert shared.asked == 1

    clock.advance(5.1)
    ledger.reserve(ask("three"))
    ledger.reserve(ask("four"))

    assert shared.asked == 2


def test_a_request_larger_than_the_share_is_still_admitted(ledger: ResilientLedger, shared: Losable) -> None:
    shared.lost = True
    limits = RateLimits(input_tokens_per_minute=10_000)
    large = replace(ask("large", limits), demand=Demand(input_tokens=9_000))

    assert isinstance(ledger.reserve(large), Granted)


def test_a_breaker_that_opened_before_the_loss_stays_open(ledger: ResilientLedger, shared: Losable) -> None:
    ledger.trip(KEY, "QuotaExhausted", 600)
    shared.lost = True

    assert isinstance(ledger.reserve(ask("one")), Broken)


def test_calls_that_end_during_the_loss_fail_nobody(ledger: ResilientLedger, shared: Losable, clock: FakeClock) -> None:
    before = ask("before")
    ledger.reserve(before)
    shared.lost = True
    ledger.reserve(ask("during"))

    ledger.settle(before, Demand())
    ledger.reject(before, 1.0)
    ledger.release(ask("during"))

    assert isinstance(ledger.reserve(ask("next")), Granted | Wait)


def test_one_caller_alone_goes_to_see_whether_it_is_back(clock: FakeClock) -> None:
    class Busy(Losable):
        def reserve(self, ask_: Ask) -> Any:
            if self.asked == 1:
                resilient.reserve(ask("at the same time"))
            return super().reserve(ask_)

    shared = Busy(clock)
    resilient = ResilientLedger(shared, clock=clock)
    shared.lost = True
    resilient.reserve(ask("first"))
    clock.advance(5.1)

    resilient.reserve(ask("second"))

    assert shared.asked == 2


@pytest.mark.parametrize(
    ("limits", "granted"),
    [
        pytest.param(RateLimits(requests_per_day=8), 2, id="a quarter of the day"),
        pytest.param(RateLimits(requests_per_minute=3), 1, id="at least one"),
        pytest.param(RateLimits(), 4, id="nothing is limited"),
    ],
)
def test_of_every_limit_a_share_is_kept(
    ledger: ResilientLedger, shared: Losable, limits: RateLimits, granted: int
) -> None:
    shared.lost = True

    answers = [ledger.reserve(ask(f"t{number}", limits)) for number in range(4)]

    assert [type(answer) for answer in answers] == [Granted] * granted + [Wait] * (4 - granted)


def test_an_answer_larger_than_the_share_is_still_admitted(ledger: ResilientLedger, shared: Losable) -> None:
    shared.lost = True
    limits = RateLimits(output_tokens_per_minute=10_000)

    assert isinstance(ledger.reserve(replace(ask("large", limits), demand=Demand(output_tokens=9_000))), Granted)


def test_what_ends_while_the_ledger_is_lost_is_settled_alone(ledger: ResilientLedger, shared: Losable) -> None:
    shared.lost = True
    limits = RateLimits(input_tokens_per_minute=10_000, shape=Shape(token_burst=1))
    first, second = (replace(ask(ticket, limits), demand=Demand(input_tokens=2_000)) for ticket in ("1", "2"))
    ledger.reserve(first)
    assert isinstance(ledger.reserve(second), Wait)

    ledger.settle(first, Demand(input_tokens=100))

    assert isinstance(ledger.reserve(second), Granted)


def test_what_is_not_sent_while_the_ledger_is_lost_is_given_back(ledger: ResilientLedger, shared: Losable) -> None:
    shared.lost = True
    strict = RateLimits(requests_per_minute=60, shape=Shape(burst=1))
    ledger.reserve(ask("given back", strict))

    ledger.release(ask("given back", strict))

    assert isinstance(ledger.reserve(ask("next", strict)), Granted)


def test_a_vendors_retry_after_is_kept_while_the_ledger_is_lost(ledger: ResilientLedger, shared: Losable) -> None:
    shared.lost = True
    ledger.reserve(ask("rejected"))

    ledger.reject(ask("rejected"), 7.5)

    answer = ledger.reserve(ask("next"))
    assert isinstance(answer, Wait)
    assert answer.seconds == pytest.approx(7.5, abs=0.01)


def test_closing_closes_the_shared_ledger(clock: FakeClock) -> None:
    class Closable(Losable):
        closed = False

        def close(self) -> None:
            self.closed = True

    shared = Closable(clock)

    ResilientLedger(shared).close()

    assert shared.closed
