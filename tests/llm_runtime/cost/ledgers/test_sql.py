"""The accounts of dollars in SQLite and PostgreSQL: what is forgotten, what survives, and who locks whom."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from llm_runtime.cost.accounts import REMEMBERED_SECONDS, Account, AccountLedger, Held, Hold
from llm_runtime.cost.ledgers.sql import SqlAccounts
from llm_runtime.scheduling.ledger import Granted
from llm_runtime.scheduling.ledgers.sql import SqlLedger
from llm_runtime.scheduling.limits import RateLimits
from tests.contracts.account_ledgers import ENGINES
from tests.contracts.callers import ask
from tests.llm_runtime.doubles import FakeClock


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AccountLedger]:
    with ENGINES[request.param].run(tmp_path) as make:
        opened = make(FakeClock())
        yield opened
        opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "money.db"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def hold(name: str, *accounts: Account) -> Hold:
    return Hold(id=name, accounts=accounts, amount=Decimal("0.01"), lease_seconds=600)


def count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        ((found,),) = connection.execute(f"SELECT COUNT(*) FROM {table}")
        return int(found)


def test_spenders_who_name_the_same_accounts_in_another_order_do_not_block_each_other(ledger: AccountLedger) -> None:
    one, other = (Account(name=name, cap_usd=Decimal(100)) for name in ("one", "other"))
    held: list[bool] = []

    def spend(name: str, *accounts: Account) -> None:
        held.extend(isinstance(ledger.hold(hold(f"{name} {number}", *accounts)), Held) for number in range(30))

    threads = [
        threading.Thread(target=spend, args=("there", one, other)),
        threading.Thread(target=spend, args=("back", other, one)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert held == [True] * 60
    assert ledger.balance("one").held == ledger.balance("other").held == Decimal("0.60")


def test_accounts_that_nobody_uses_any_more_are_deleted_with_what_belongs_to_them(file: Path, clock: FakeClock) -> None:
    ledger = SqlAccounts(f"sqlite:///{file}", clock=clock)
    for number in range(10):
        brief = Account(name=f"review {number}", cap_usd=Decimal(1), keep_seconds=60)
        ledger.hold(hold(f"{number}", brief))
        ledger.first(brief, "warned")

    clock.advance(61)
    ledger.hold(hold("new", Account(name="another", cap_usd=Decimal(1))))
    ledger.close()

    assert [count(file, f"budget_{table}") for table in ("accounts", "holds", "notes")] == [1, 1, 0]


def test_settlements_are_forgotten_after_an_hour(file: Path, clock: FakeClock) -> None:
    ledger = SqlAccounts(f"sqlite:///{file}", clock=clock)
    account = Account(name="day", cap_usd=Decimal(1))
    for number in range(10):
        ledger.settle(hold(f"{number}", account), Decimal("0.01"))

    clock.advance(REMEMBERED_SECONDS + 1)
    ledger.settle(hold("last", account), Decimal("0.01"))
    left = ledger.balance("day")
    ledger.close()

    assert count(file, "budget_settlements") == 1
    assert left.spent == Decimal("0.11")


def test_a_restart_of_the_machine_changes_nothing(file: Path, clock: FakeClock) -> None:
    account = Account(name="month", cap_usd=Decimal(1))
    clock.seconds = 100_000.0
    before = SqlAccounts(f"sqlite:///{file}", clock=clock)
    before.hold(hold("dead", account))
    before.close()

    clock.advance(601)
    clock.seconds = 10.0
    after = SqlAccounts(f"sqlite:///{file}", clock=clock)
    left = after.balance("month")
    after.close()

    assert (left.spent, left.held) == (Decimal("0.01"), Decimal(0))


def test_limits_and_money_are_kept_in_one_database(file: Path, clock: FakeClock) -> None:
    limits, money = SqlLedger(f"sqlite:///{file}", clock=clock), SqlAccounts(f"sqlite:///{file}", clock=clock)

    granted = limits.reserve(ask("one", RateLimits(requests_per_minute=60)))
    held = money.hold(hold("one", Account(name="day", cap_usd=Decimal(1))))
    limits.close()
    money.close()

    assert isinstance(granted, Granted)
    assert isinstance(held, Held)
