"""Drill: the shared account of limits is restarted, locked or gone while many threads ask."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from llm_runtime.clock import Clock
from llm_runtime.cost.caps import Cap
from llm_runtime.cost.ledgers.sql import SqlAccounts
from llm_runtime.events import LedgerFound, LedgerLost, Observer, Observers
from llm_runtime.logged import LoggedEvents
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.ledgers.redis import RedisLedger
from llm_runtime.scheduling.ledgers.resilient import SHARE, ResilientLedger
from llm_runtime.scheduling.ledgers.sql import SqlLedger
from llm_runtime.scheduling.limits import RateLimits
from llm_runtime.storage import sql, sqlite
from tests.drills.chains import OPUS, SOL, Drill, Heard, budgeted, drill
from tests.drills.clocks import SharedClock
from tests.drills.vendors import FINE, Limited
from tests.fakes.models import Answer, Answers, Asked, Fails, QuotaExhausted, RateLimited
from tests.fakes.postgres_server import own_postgres
from tests.fakes.redis_server import own_redis

CALLERS, EACH = 8, 6
REQUESTS = CALLERS * EACH
PER_MINUTE = 40
LIMITS = {model: RateLimits(requests_per_minute=PER_MINUTE) for model in (SOL, OPUS)}
SHORT = 0.2
CAP = Cap(scope="run", limit_usd=Decimal(1))
_LOCKS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
connection.close()
"""


class Happening:
    """A vendor that keeps its limit; at certain exchanges something else happens beside the answer."""

    def __init__(self, vendor: Callable[[Asked], Answer], happens: dict[int, Callable[[], object]]) -> None:
        self._vendor = vendor
        self._happens = happens
        self._one_at_a_time = threading.Lock()
        self._taken = 0

    def __call__(self, asked: Asked) -> Answer:
        with self._one_at_a_time:
            self._taken += 1
            act = self._happens.get(self._taken)
            if act is not None:
                act()
        return self._vendor(asked)


@contextmanager
def resilient(shared: RateLedger, clock: Clock, vendor: Answers) -> Iterator[Drill]:
    """A chain whose limits are kept in a shared ledger, and heard of when that is lost."""
    heard = Heard()
    told: Observer = Observers([heard, LoggedEvents()])
    ledger = ResilientLedger(shared, clock=clock, observer=told)
    with drill({SOL: vendor, OPUS: FINE}, clock=clock, ledger=ledger, heard=heard) as held:
        yield held


def told(held: Drill) -> list[str]:
    return [type(event).__name__ for event in held.heard.events if isinstance(event, (LedgerLost, LedgerFound))]


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another process holds the file's lock."""
    command = [sys.executable, "-c", _LOCKS, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        yield
        process.communicate(timeout=20)


@pytest.mark.parametrize("settings", [(), ("--appendonly", "yes", "--appendfsync", "always")], ids=["forgets", "keeps"])
def test_a_redis_that_is_restarted_in_mid_run_costs_no_call(
    settings: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    clock = SharedClock()
    caplog.set_level(logging.WARNING, "llm_runtime")
    with own_redis(*settings) as server:
        vendor = Happening(Limited(clock, requests=PER_MINUTE), {10: server.kill, 20: server.start})
        with resilient(RedisLedger(server.url, clock=clock), clock, vendor) as held:
            outcomes = held.ask_at_once(held.builder.with_scheduling(limits=LIMITS).build(), callers=CALLERS, each=EACH)

            held.check_accounts(REQUESTS)
    assert all(outcome.answered for outcome in outcomes)
    assert told(held) == ["LedgerLost", "LedgerFound"]
    assert len([record for record in caplog.records if "ledger is lost" in record.message]) == 1


def test_a_postgresql_that_crashes_in_mid_run_costs_no_call() -> None:
    clock, server = SharedClock(), own_postgres()
    vendor = Happening(Limited(clock, requests=PER_MINUTE), {10: server.crash, 20: server.start})
    with resilient(SqlLedger(server.schema(), clock=clock), clock, vendor) as held:
        outcomes = held.ask_at_once(held.builder.with_scheduling(limits=LIMITS).build(), callers=CALLERS, each=EACH)

        held.check_accounts(REQUESTS)
    server.crash()
    assert all(outcome.answered for outcome in outcomes)
    assert told(held) == ["LedgerLost", "LedgerFound"]


def test_a_sqlite_file_that_another_process_locks_costs_no_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", SHORT)
    monkeypatch.setattr(sql, "PATIENCE_SECONDS", SHORT)
    clock, file = SharedClock(), tmp_path / "limits.db"
    vendor = Limited(clock, requests=PER_MINUTE)
    with resilient(SqlLedger(f"sqlite:///{file}", clock=clock), clock, vendor) as held:
        llm = held.builder.with_scheduling(limits=LIMITS).build()
        outcomes = [held.ask(llm, "before")]
        with locked(file):
            outcomes += held.ask_at_once(llm, callers=CALLERS, each=2)
        clock.advance(60)
        outcomes.append(held.ask(llm, "after"))

        held.check_accounts(2 * CALLERS + 2)
    assert all(outcome.answered for outcome in outcomes)
    assert told(held) == ["LedgerLost", "LedgerFound"]
    assert vendor.rejected == 0


def test_money_in_a_sqlite_file_that_another_process_locks_is_not_spent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", SHORT)
    file = tmp_path / "money.db"
    accounts = SqlAccounts(f"sqlite:///{file}")
    with drill({SOL: FINE, OPUS: FINE}) as held:
        builder, _ = budgeted(held, CAP, accounts)
        llm = builder.build()
        before = held.ask(llm, "before")
        with locked(file):
            meanwhile = held.ask(llm, "meanwhile")
        after = held.ask(llm, "after")
        accounts.close()

        held.check_accounts(3)
    assert (before.kind, meanwhile.kind, after.kind) == ("Completion", "LedgerUnavailable", "Completion")
    assert held.asked(SOL) == 2
    assert held.heard.kinds() == ["LedgerLost", "LedgerFound"]


def test_without_a_ledger_from_the_beginning_a_share_of_the_limits_is_kept_and_it_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = SharedClock()
    # The vendor admits what a process alone may take, and not one request more.
    vendor = Limited(clock, requests=int(PER_MINUTE * SHARE))
    with own_redis() as server:
        server.kill()
        with resilient(RedisLedger(server.url, clock=clock), clock, vendor) as held:
            outcomes = held.ask_at_once(held.builder.with_scheduling(limits=LIMITS).build(), callers=CALLERS, each=EACH)

            held.check_accounts(REQUESTS)
    assert all(outcome.answered for outcome in outcomes)
    assert vendor.rejected == 0
    assert told(held) == ["LedgerLost"]
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param(FINE, "Completion", id="an answer"),
        pytest.param(RateLimited(3), "LedgerUnavailable", id="429"),
        pytest.param(Fails(529), "LedgerUnavailable", id="529"),
        pytest.param(Fails(404), "LedgerUnavailable", id="404"),
        pytest.param(QuotaExhausted(), "LedgerUnavailable", id="quota"),
    ],
)
def test_a_ledger_that_nobody_stands_in_for_takes_no_call_away_when_it_is_lost_under_it(
    fault: Answer, kind: str
) -> None:
    """What the call came to is told, and the next one, which could not be accounted for, is not sent."""
    clock = SharedClock()
    with own_redis() as server:
        vendor = Happening(lambda _: fault, {1: server.kill})
        ledger = RedisLedger(server.url, clock=clock)
        with drill({SOL: vendor, OPUS: FINE}, clock=clock, ledger=ledger) as held:
            outcome = held.ask(held.builder.with_scheduling(limits=LIMITS).build(), "Why?")

            held.check_accounts(1)
    assert outcome.kind == kind
    assert len(outcome.calls) == 1
