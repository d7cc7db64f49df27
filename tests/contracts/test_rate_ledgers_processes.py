"""Drills: every shared rate ledger with real processes, some of which are killed at the worst moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

from llm_runtime.scheduling.ledger import Granted, RateLedger, Wait
from llm_runtime.scheduling.limits import RateLimits, Shape
from tests.contracts.callers import ask, ask_and_hang, hang_in_the_midst, take_all
from tests.contracts.rate_ledgers import LEDGERS, SHARED, Open
from tests.llm_runtime.doubles import FakeClock

SIXTY_AT_ONCE = RateLimits(requests_per_minute=60, shape=Shape(burst=58))
THREE = RateLimits(requests_per_minute=5, shape=Shape(burst=3))
SPACED = RateLimits(requests_per_minute=60, shape=Shape(burst=1))
SPACING = 60 / 58
SECONDS = 30.0
SPAWNING = multiprocessing.get_context("spawn")


@pytest.fixture(params=SHARED)
def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    with LEDGERS[request.param](tmp_path) as opening:
        yield opening


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(open_ledger: Open, clock: FakeClock) -> Iterator[RateLedger]:
    opened = open_ledger(clock)
    yield opened
    opened.close()


@contextmanager
def running(work: Callable[..., None], *values: Any) -> Iterator[tuple[SpawnProcess, Connection]]:
    ours, theirs = SPAWNING.Pipe()
    process = SPAWNING.Process(target=work, args=(*values, theirs))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        ours.close()
        process.kill()
        process.join(SECONDS)
        process.close()


def told(connection: Connection) -> Any:
    assert connection.poll(SECONDS), "the process has not told anything"
    return connection.recv()


def test_processes_never_pass_the_cap_though_one_is_killed(open_ledger: Open, tmp_path: Path) -> None:
    receipts = [tmp_path / f"receipts-{number}" for number in range(4)]
    with ExitStack() as stack:
        processes = [stack.enter_context(running(take_all, open_ledger, SIXTY_AT_ONCE, file)) for file in receipts]
        (first, *_) = wait([tell for _, tell in processes], SECONDS)
        killed = next(process for process, tell in processes if tell is first)
        killed.kill()
        for process, _ in processes:
            process.join(SECONDS)
        ended = [process.exitcode for process, _ in processes if process is not killed]

    granted = sum(len(file.read_text().split()) for file in receipts if file.exists())
    assert ended == [0, 0, 0]
    # The one that was killed may have been granted a call that it had no time to write down.
    assert 57 <= granted <= 58


def test_what_a_killed_process_held_counts_until_the_window_has_forgotten_it(
    open_ledger: Open, ledger: RateLedger, clock: FakeClock
) -> None:
    with running(ask_and_hang, open_ledger, THREE, ("one", "two", "three")) as (process, tell):
        assert told(tell) == ["Granted", "Granted", "Granted"]
        process.kill()
        process.join(SECONDS)

    held = ledger.reserve(ask("meanwhile", THREE, patience=0))
    clock.advance(60.001)

    assert isinstance(held, Wait)
    assert held.seconds == pytest.approx(60, abs=0.01)
    assert isinstance(ledger.reserve(ask("later", THREE)), Granted)


def test_nobody_waits_for_a_process_that_was_killed_while_it_waited(
    open_ledger: Open, ledger: RateLedger, clock: FakeClock
) -> None:
    with running(ask_and_hang, open_ledger, SPACED, ("sent", "waiting")) as (process, tell):
        assert told(tell) == ["Granted", "Wait"]
        process.kill()
        process.join(SECONDS)

    behind = ledger.reserve(ask("behind", SPACED))
    assert isinstance(behind, Wait)
    clock.advance(SPACING + 60 / 30 + 0.01)

    assert behind.seconds == pytest.approx(2 * SPACING, abs=0.01)
    assert isinstance(ledger.reserve(ask("behind", SPACED, place=behind.place)), Granted)


def test_a_process_killed_in_the_midst_of_an_operation_leaves_nothing_behind(
    open_ledger: Open, ledger: RateLedger
) -> None:
    ledger.reserve(ask("before", THREE))
    with running(hang_in_the_midst, open_ledger, THREE) as (process, tell):
        assert told(tell) == "in the midst"
        process.kill()
        process.join(SECONDS)

    answers = [ledger.reserve(ask(f"after {number}", THREE, patience=0)) for number in range(3)]

    assert [type(answer) for answer in answers] == [Granted, Granted, Wait]


def test_the_account_outlives_everybody_who_used_it(open_ledger: Open, ledger: RateLedger) -> None:
    for number in range(3):
        ledger.reserve(ask(f"held {number}", THREE))
    ledger.close()

    again = open_ledger(FakeClock())
    answer = again.reserve(ask("next", THREE, patience=0))
    again.close()

    assert isinstance(answer, Wait)
