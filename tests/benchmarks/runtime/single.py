"""What one call, one reservation, one refusal and a thousand waiting threads cost, on each ledger."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from llm_runtime.clock import SystemClock
from llm_runtime.errors import Cancelled, WouldWaitTooLong
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import Ask, Granted, RateLedger
from llm_runtime.scheduling.ledgers.opening import open_ledger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.strategy import Estimate
from tests.benchmarks.runtime.clients import quartet, raw_sdk
from tests.benchmarks.runtime.harness import server
from tests.benchmarks.runtime.prompts import prompt
from tests.benchmarks.runtime.protocol import ClientSettings, ServerSettings
from tests.benchmarks.runtime.shapes import RPM, SMALL
from tests.benchmarks.runtime.stores import store

UNBOUND = 1_000_000_000
"""A limit that is kept and never binds."""

ROUNDS = 400
WARM_UP = 40
REFUSALS = 50
THREADS = 1_000
SPAN_SECONDS = 5.0
_ESTIMATE = Estimate(input_tokens=SMALL, output_tokens=16, output_limit=16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure.

    Attributes:
        what: What was measured.
        ledger: On which ledger.
        value: In the unit.
        unit: Such as ``ms``.
        note: What else is worth knowing, such as the other half of a comparison.
    """

    what: str
    ledger: str
    value: float
    unit: str
    note: str = ""

    def line(self) -> str:
        """The figure as it is printed."""
        return f"{self.what:<44}{self.ledger:<10}{self.value:>9.3f} {self.unit:<3} {self.note}"


def measures(ledgers: Sequence[str]) -> Iterator[Measured]:
    """Every measure on each of these ledgers."""
    for ledger in ledgers:
        with _opened(ledger) as url:
            yield from _call(ledger, url)
            yield from _reservation(ledger, url)
            yield from _refusal(ledger, url)
            yield _waiting(ledger, url)


class _CountingClock(SystemClock):
    """The machine's clock, which knows how many threads sleep by it."""

    def __init__(self) -> None:
        self.sleeping = 0
        self._changing = threading.Lock()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        with self._changing:
            self.sleeping += 1
        try:
            return super().wait(event, seconds)
        finally:
            with self._changing:
                self.sleeping -= 1


@contextmanager
def _opened(ledger: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, store(ledger, Path(folder)) as url:
        yield url or ledger


def _call(ledger: str, url: str) -> Iterator[Measured]:
    """Calls of the raw SDK and ours by turns, from one thread, to a server that answers at once."""
    question = prompt(1, SMALL, seed=1)
    with server(ServerSettings(shape="", minute=60.0, fastest=0.0, slowest=0.0)) as address:
        settings = ClientSettings(base_url=f"{address}/v1", rpm=UNBOUND, ledger=ledger, ledger_url=url)
        raw, ours = raw_sdk.Client(settings, retries=0), quartet.Client(settings)
        theirs: list[float] = []
        mine: list[float] = []
        for _ in range(WARM_UP + ROUNDS):
            theirs.append(_timed(lambda: raw.call(question, SMALL)))
            mine.append(_timed(lambda: ours.call(question, SMALL)))
        raw.close()
        ours.close()
    plain, scheduled = statistics.median(theirs[WARM_UP:]), statistics.median(mine[WARM_UP:])
    note = f"({_ms(scheduled):.3f} ms, raw SDK {_ms(plain):.3f} ms, ratio {scheduled / plain:.2f})"
    yield Measured(
        what="a call, beyond the raw SDK, no limit binds",
        ledger=ledger,
        value=_ms(scheduled - plain),
        unit="ms",
        note=note,
    )


def _reservation(ledger: str, url: str) -> Iterator[Measured]:
    """One caller, a key whose window holds as many calls as a tier of 60 a minute ever has."""
    account = open_ledger(url)
    limits = RateLimits(requests_per_minute=UNBOUND, input_tokens_per_minute=UNBOUND)
    key = _key()
    reserved: list[float] = []
    settled: list[float] = []
    for _ in range(WARM_UP + ROUNDS):
        ask = Ask(key=key, limits=limits, demand=Demand(input_tokens=SMALL), ticket=uuid.uuid4().hex)
        reserved.append(_timed(lambda ask=ask: _granted(account, ask)))  # type: ignore[misc] # bound in each round
        settled.append(_timed(lambda ask=ask: account.settle(ask, ask.demand)))  # type: ignore[misc] # likewise
    account.close()
    for what, seconds in (("a reservation", reserved), ("its settlement", settled)):
        ordered = sorted(seconds[WARM_UP:])
        yield Measured(
            what=f"{what}, without contention",
            ledger=ledger,
            value=_ms(statistics.median(ordered)),
            unit="ms",
            note=f"(p99 {_ms(ordered[int(len(ordered) * 0.99)]):.3f} ms)",
        )


def _refusal(ledger: str, url: str) -> Iterator[Measured]:
    """The burst is spent and the caller has no patience: it is told so before any sleep."""
    account = open_ledger(url)
    limits = RateLimits(requests_per_minute=RPM)
    scheduler = ProactiveRateLimitScheduler(_key(), limits, account, patience=Patience(max_wait_seconds=0.5))
    seconds: list[float] = []
    for _ in range(REFUSALS + RPM):
        started = time.perf_counter()
        try:
            scheduler.reserve(_ESTIMATE, deadline=float("inf"))
        except WouldWaitTooLong:
            seconds.append(time.perf_counter() - started)
    account.close()
    yield Measured(
        what="refusing a wait beyond the patience",
        ledger=ledger,
        value=_ms(statistics.median(seconds)),
        unit="ms",
        note=f"(worst of {len(seconds)}: {_ms(max(seconds)):.3f} ms)",
    )


def _waiting(ledger: str, url: str) -> Measured:
    """Processor time while threads wait for one key of 60 a minute, the grants in that time included."""
    account = open_ledger(url)
    stop = Cancellation()
    clock = _CountingClock()
    scheduler = ProactiveRateLimitScheduler(
        _key(),
        RateLimits(requests_per_minute=RPM),
        account,
        patience=Patience(max_wait_seconds=float(THREADS * 2)),
        cancellation=stop,
        clock=clock,
    )
    passed: list[bool] = []

    def wait() -> None:
        try:
            scheduler.reserve(_ESTIMATE, deadline=float("inf"))
        except Cancelled:
            return
        passed.append(True)

    threads = [threading.Thread(target=wait, daemon=True) for _ in range(THREADS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    while clock.sleeping + len(passed) < THREADS:
        time.sleep(0.01)
    queued = time.perf_counter() - started
    before = time.process_time()
    time.sleep(SPAN_SECONDS)
    spent = time.process_time() - before
    stop.cancel()
    for thread in threads:
        thread.join()
    account.close()
    return Measured(
        what=f"processor while {THREADS:,} threads wait",
        ledger=ledger,
        value=100 * spent / SPAN_SECONDS,
        unit="%",
        note=f"({spent * 1000:.0f} ms in {SPAN_SECONDS:g} s; {len(passed)} granted; queued in {queued:.1f} s)",
    )


def _granted(account: RateLedger, ask: Ask) -> None:
    answer = account.reserve(ask)
    if not isinstance(answer, Granted):
        raise RuntimeError(f"a limit that cannot bind gave {answer}")  # noqa: TRY004 - the answer's meaning is wrong


def _key() -> LimitKey:
    return LimitKey(provider="openai", credential=uuid.uuid4().hex, model="bench")


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _ms(seconds: float) -> float:
    return seconds * 1000
