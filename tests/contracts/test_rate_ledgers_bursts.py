"""What a key may send at once, over every ledger: lost by rejections, earned by quiet, given back by releases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llm_runtime.scheduling.ledger import Ask, Granted, RateLedger
from llm_runtime.scheduling.limits import Demand, RateLimits, Shape
from tests.contracts.callers import KEY
from tests.contracts.engines import closing_all
from tests.contracts.rate_ledgers import LEDGERS
from tests.llm_runtime.doubles import FakeClock

SIXTEEN_AT_ONCE = RateLimits(requests_per_minute=6_000, shape=Shape(burst=16))
HOUR = 60 * 60.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=list(LEDGERS))
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[RateLedger]:
    with closing_all(LEDGERS[request.param], tmp_path) as opening:
        yield opening(clock)


def ask(ticket: str, limits: RateLimits = SIXTEEN_AT_ONCE, **fields: Any) -> Ask:
    fields.setdefault("demand", Demand())
    return Ask(key=KEY, limits=limits, ticket=ticket, **fields)


def reject_one(ledger: RateLedger, clock: FakeClock, name: str) -> None:
    call = ask(f"rejected {name}")
    assert isinstance(ledger.reserve(call), Granted)
    clock.advance(0.01)
    ledger.reject(call, None)


def burst(ledger: RateLedger, name: str) -> int:
    """Calls that may go at once; they do not."""
    calls = [ask(f"{name} {number}", patience=0.0) for number in range(20)]
    granted = sum(isinstance(ledger.reserve(call), Granted) for call in calls)
    for call in calls:
        ledger.release(call)
    return granted


def test_a_halved_burst_doubles_once_in_a_quiet_hour(ledger: RateLedger, clock: FakeClock) -> None:
    reject_one(ledger, clock, "first")
    clock.advance(61)
    reject_one(ledger, clock, "second")
    bursts = []

    for minutes in (59, 2, 58, 3, 180):
        clock.advance(minutes * 60)
        bursts.append(burst(ledger, f"{minutes}"))

    assert bursts == [4, 8, 8, 16, 16]


def test_a_key_that_had_lost_its_burst_has_it_back_in_the_end(ledger: RateLedger, clock: FakeClock) -> None:
    for number in range(5):
        reject_one(ledger, clock, f"{number}")
        clock.advance(61)
    bursts = [burst(ledger, "strict")]

    for hour in range(6):
        clock.advance(HOUR)
        bursts.append(burst(ledger, f"hour {hour}"))

    assert bursts == [1, 1, 2, 4, 8, 16, 16]


def test_a_rejection_halves_what_had_been_earned_back(ledger: RateLedger, clock: FakeClock) -> None:
    for number in range(3):
        reject_one(ledger, clock, f"{number}")
        clock.advance(61)
    clock.advance(HOUR)
    earned = burst(ledger, "earned")

    reject_one(ledger, clock, "again")
    clock.advance(61)
    halved = burst(ledger, "halved")
    clock.advance(HOUR - 65)

    assert (earned, halved, burst(ledger, "not yet an hour")) == (4, 2, 2)


def test_a_call_of_before_an_hour_was_over_is_heard_after_it(ledger: RateLedger, clock: FakeClock) -> None:
    reject_one(ledger, clock, "first")
    clock.advance(HOUR - 1)
    slow = ask("slow")
    assert isinstance(ledger.reserve(slow), Granted)
    clock.advance(2)

    ledger.reject(slow, None)
    clock.advance(61)

    assert burst(ledger, "after") == 8


@pytest.mark.parametrize("seed", range(8))
def test_a_call_granted_and_released_leaves_the_key_as_it_was(ledger: RateLedger, clock: FakeClock, seed: int) -> None:
    rng = random.Random(seed)
    limits = RateLimits(
        requests_per_minute=rng.choice([12, 60, None]),
        input_tokens_per_minute=rng.choice([20_000, 60_000]),
        output_tokens_per_minute=rng.choice([None, 6_000]),
        shape=Shape(burst=rng.choice([None, 1, 6])),
    )
    traffic = [(rng.choice([0, 0, 0.3, 4]), rng.randint(1, 2_000), rng.randint(0, 300)) for _ in range(25)]
    probes = [Demand(input_tokens=rng.randint(1, 3_000), output_tokens=rng.randint(0, 400)) for _ in range(8)]
    waits = []

    for released in (False, True):
        key = replace(KEY, credential=f"released {released}")
        for number, (gap, inputs, outputs) in enumerate(traffic):
            clock.advance(gap)
            demand = Demand(input_tokens=inputs, output_tokens=outputs)
            ledger.reserve(replace(ask(f"{number}", limits, demand=demand, patience=0.0), key=key))
            if released:
                # It may have to wait, too; then it leaves the queue.
                given_back = replace(ask(f"back {number}", limits, demand=rng.choice(probes)), key=key)
                ledger.reserve(given_back)
                ledger.release(given_back)
        following = [
            replace(ask(f"probe {number}", limits, demand=each), key=key) for number, each in enumerate(probes)
        ]
        waits.append([getattr(ledger.reserve(each), "seconds", 0.0) for each in following])

    assert waits[1] == pytest.approx(waits[0], abs=0.001)
    assert waits[0][-1] > 0


def test_calls_released_in_any_order_leave_the_key_as_it_was(ledger: RateLedger, clock: FakeClock) -> None:
    limits = RateLimits(requests_per_minute=60, input_tokens_per_minute=30_000)
    small = Demand(input_tokens=200)
    waits = []

    for released in (0, 12):
        key = replace(KEY, credential=f"{released} released")
        for number in range(3):
            ledger.reserve(replace(ask(f"sent {number}", limits, demand=small), key=key))
        calls = [replace(ask(f"back {number}", limits, demand=small), key=key) for number in range(released)]
        for call in calls:
            ledger.reserve(call)
        for call in random.Random(7).sample(calls, len(calls)):
            ledger.release(call)
        following = [replace(ask(f"probe {number}", limits, demand=small), key=key) for number in range(9)]
        waits.append([getattr(ledger.reserve(each), "seconds", 0.0) for each in following])

    assert waits[1] == pytest.approx(waits[0], abs=0.001)
    assert waits[0][-1] > 0
