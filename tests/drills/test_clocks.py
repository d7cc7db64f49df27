"""Drill: the date is set forward or back while calls are under way, on every ledger of limits."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from llm_runtime.scheduling.limits import RateLimits
from tests.contracts.rate_ledgers import LEDGERS
from tests.drills.chains import SOL, Drill, Outcome, drill
from tests.drills.clocks import SharedClock
from tests.drills.vendors import FINE, Limited
from tests.fakes.models import Answer, Asked, QuotaExhausted
from tests.llm_runtime.doubles import FakeClock

CALLERS, EACH = 8, 6
REQUESTS = CALLERS * EACH
PER_MINUTE = 20
JUMPS = [
    pytest.param(timedelta(hours=1), id="an hour ahead"),
    pytest.param(timedelta(hours=-1), id="an hour back"),
    pytest.param(timedelta(days=400), id="a year ahead"),
    pytest.param(timedelta(days=-400), id="a year back"),
]


class Jumping:
    """A vendor that keeps its limit by a clock which nobody sets; at the tenth exchange somebody sets the client's."""

    def __init__(self, clock: SharedClock, jump: timedelta) -> None:
        self.vendor = Limited(clock, requests=PER_MINUTE)
        self._clock, self._jump = clock, jump
        self._one_at_a_time = threading.Lock()
        self._taken = 0

    def __call__(self, asked: Asked) -> Answer:
        with self._one_at_a_time:
            self._taken += 1
            if self._taken == 10:
                self._clock.date += self._jump
        return self.vendor(asked)


class Skewed(FakeClock):
    """Another clock, and so many seconds on top of it; nobody waits by it."""

    def __init__(self, of: SharedClock) -> None:
        super().__init__()
        self._of = of
        self.skew = 0.0

    def monotonic(self) -> float:
        return self._of.monotonic() + self.skew

    def now(self) -> datetime:
        return self._of.now() + timedelta(seconds=self.skew)


def all_asked(held: Drill) -> list[Outcome]:
    limits = {SOL: RateLimits(requests_per_minute=PER_MINUTE)}
    return held.ask_at_once(held.builder.with_scheduling(limits=limits).build(), callers=CALLERS, each=EACH)


@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("jump", JUMPS)
def test_a_date_that_jumps_lets_nobody_wait_for_it_and_no_limit_be_passed(
    ledger: str, jump: timedelta, tmp_path: Path
) -> None:
    clock = SharedClock()
    answers = Jumping(clock, jump)
    with (
        LEDGERS[ledger](tmp_path) as opened,
        drill({SOL: answers}, clock=clock, ledger=opened(clock)) as held,
    ):
        outcomes = all_asked(held)

        held.check_accounts(REQUESTS)
    assert all(outcome.answered for outcome in outcomes)
    assert answers.vendor.rejected == 0
    # 18 a minute: the last of 48 is due within the third minute, whatever the date says.
    assert clock.monotonic() < 180


@pytest.mark.parametrize("ledger", ["sqlite", "redis", "postgres"])
@pytest.mark.parametrize("seconds", [3_600.0, -3_600.0], ids=["ahead", "back"])
def test_a_ledgers_own_clock_that_jumps_lets_nobody_wait_for_it(ledger: str, seconds: float, tmp_path: Path) -> None:
    """As when a server's clock is corrected, or a machine restarts: the ledger's time jumps, the callers' does not."""
    clock = SharedClock()
    ledgers = Skewed(clock)
    lock, taken = threading.Lock(), [0]

    def answer(asked: Asked) -> Answer:
        with lock:
            taken[0] += 1
            if taken[0] == 10:
                ledgers.skew = seconds
        return FINE

    with (
        LEDGERS[ledger](tmp_path) as opened,
        drill({SOL: answer}, clock=clock, ledger=opened(ledgers)) as held,
    ):
        outcomes = all_asked(held)

        held.check_accounts(REQUESTS)
    assert all(outcome.answered for outcome in outcomes)
    # A clock that goes back may cost the window once more; it never costs the hour.
    assert clock.monotonic() < 240


@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=["ahead", "back"])
def test_a_breaker_closes_in_its_time_though_the_date_jumps(ledger: str, jump: timedelta, tmp_path: Path) -> None:
    clock = SharedClock()
    with (
        LEDGERS[ledger](tmp_path) as opened,
        drill({SOL: [QuotaExhausted(), FINE]}, clock=clock, ledger=opened(clock)) as held,
    ):
        llm = held.builder.build()
        outcomes = [held.ask(llm, "first")]
        clock.date += jump
        outcomes.append(held.ask(llm, "second"))
        clock.advance(901)
        outcomes.append(held.ask(llm, "third"))

        held.check_accounts(3)
    assert [outcome.kind for outcome in outcomes] == ["QuotaExhausted", "CircuitOpen", "Completion"]
