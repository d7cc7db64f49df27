from __future__ import annotations

from decimal import Decimal

import pytest

from llm_runtime.cost.accounts import Account, Hold
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.cost.watched import WatchedAccounts
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.events import BudgetNearlySpent, LedgerFound, LedgerLost
from tests.llm_runtime.cost.doubles import Remembering, Unsteady

ACCOUNT = Account(name="review:acme/shop#7", cap_usd=Decimal(1))


def hold(name: str, amount: str = "0.1") -> Hold:
    return Hold(id=name, accounts=(ACCOUNT,), amount=Decimal(amount), lease_seconds=600)


def spend(ledger: WatchedAccounts, name: str, amount: str) -> None:
    one = hold(name, amount)
    ledger.hold(one)
    ledger.settle(one, Decimal(amount))


def test_four_fifths_of_a_cap_are_told_once() -> None:
    told = Remembering()
    ledger = WatchedAccounts(MemoryAccounts(), told)

    spend(ledger, "to the brim", "0.79")
    before = list(told.events)
    for number in range(3):
        spend(ledger, f"more {number}", "0.01")

    assert before == []
    assert told.events == [BudgetNearlySpent(account=ACCOUNT.name, spent=Decimal("0.80"), cap=Decimal(1))]


def test_of_all_who_share_the_accounts_one_is_told() -> None:
    shared = MemoryAccounts()
    told = [Remembering(), Remembering()]
    first, second = (WatchedAccounts(shared, each) for each in told)

    spend(first, "first", "0.9")
    spend(second, "second", "0.05")

    assert [len(each.events) for each in told] == [1, 0]


def test_a_cap_that_was_raised_is_warned_of_anew() -> None:
    shared = MemoryAccounts()
    told = Remembering()
    spend(WatchedAccounts(shared, told), "first", "0.9")
    raised = Hold(
        id="second",
        accounts=(Account(name=ACCOUNT.name, cap_usd=Decimal(2)),),
        amount=Decimal("0.9"),
        lease_seconds=600,
    )

    WatchedAccounts(shared, told).settle(raised, raised.amount)

    assert [event.cap for event in told.events if isinstance(event, BudgetNearlySpent)] == [Decimal(1), Decimal(2)]


def test_money_that_is_only_held_is_no_reason_to_warn() -> None:
    told = Remembering()

    WatchedAccounts(MemoryAccounts(), told).hold(hold("one", "0.95"))

    assert told.events == []


def test_a_cap_of_nothing_is_not_nearly_spent() -> None:
    told = Remembering()
    nothing = Account(name="nothing", cap_usd=Decimal(0))

    WatchedAccounts(MemoryAccounts(), told).hold(
        Hold(id="one", accounts=(nothing,), amount=Decimal(0), lease_seconds=600)
    )

    assert told.events == []


def test_that_the_ledger_is_gone_is_told_once_and_that_it_is_back() -> None:
    unsteady, told = Unsteady(), Remembering()
    ledger = WatchedAccounts(unsteady, told)

    unsteady.gone = True
    for number in range(3):
        with pytest.raises(LedgerUnavailable):
            ledger.hold(hold(f"while gone {number}"))
    unsteady.gone = False
    ledger.hold(hold("again"))

    assert told.events == [
        LedgerLost(detail="the accounts at redis://localhost cannot be reached; start Redis"),
        LedgerFound(),
    ]


def test_a_settlement_that_the_ledger_missed_is_told_when_it_is_back() -> None:
    unsteady = Unsteady()
    ledger = WatchedAccounts(unsteady, Remembering())
    missed = hold("missed", "0.6")
    ledger.hold(missed)

    unsteady.gone = True
    ledger.settle(missed, Decimal("0.2"))
    unsteady.gone = False
    before = ledger.balance(ACCOUNT.name)
    spend(ledger, "next", "0.1")

    assert (before.spent, before.held) == (Decimal(0), Decimal("0.6"))
    assert ledger.balance(ACCOUNT.name).spent == Decimal("0.3")


def test_a_ledger_that_is_lost_again_still_learns_what_it_missed() -> None:
    unsteady = Unsteady()
    ledger = WatchedAccounts(unsteady, Remembering())
    missed = [hold(f"missed {number}", "0.3") for number in range(2)]
    for each in missed:
        ledger.hold(each)

    for _ in range(2):
        unsteady.gone = True
        ledger.settle(missed.pop(), Decimal("0.1"))
        unsteady.gone = False
    ledger.hold(hold("found"))

    assert ledger.balance(ACCOUNT.name).spent == Decimal("0.2")


def test_a_warning_is_given_though_nobody_knows_whether_it_was_given_before() -> None:
    class Forgetful(Unsteady):
        def first(self, account: Account, note: str) -> bool:
            raise LedgerUnavailable("gone in this moment")

    told = Remembering()

    spend(WatchedAccounts(Forgetful(), told), "one", "0.9")

    assert [type(event) for event in told.events] == [LedgerLost, BudgetNearlySpent]


def test_each_who_watches_is_told_of_the_loss_once_and_of_the_return() -> None:
    shared, first, second = Unsteady(), Remembering(), Remembering()
    ledger = WatchedAccounts(shared, first)
    also = ledger.telling(second, first)
    shared.gone = True
    for watched in (ledger, ledger, also, also):
        with pytest.raises(LedgerUnavailable):
            watched.hold(hold("lost"))

    shared.gone = False
    for watched in (ledger, also):
        watched.hold(hold("found"))

    assert [type(event) for event in first.events] == [LedgerLost, LedgerFound]
    assert [type(event) for event in second.events] == [LedgerLost, LedgerFound]


def test_a_return_is_told_to_nobody_who_does_not_know_of_the_loss() -> None:
    shared, first, second = Unsteady(), Remembering(), Remembering()
    ledger = WatchedAccounts(shared)
    one, other = ledger.telling(first), ledger.telling(second)
    shared.gone = True
    with pytest.raises(LedgerUnavailable):
        one.hold(hold("lost"))

    shared.gone = False
    other.hold(hold("found"))

    assert [type(event) for event in first.events] == [LedgerLost, LedgerFound]
    assert second.events == []


def test_what_one_owes_is_settled_when_another_finds_the_ledger() -> None:
    shared, told = Unsteady(), Remembering()
    ledger = WatchedAccounts(shared)
    one, other = ledger.telling(told), ledger.telling()
    one.hold(hold("paid", "0.9"))
    shared.gone = True
    one.settle(hold("paid", "0.9"), Decimal("0.85"))

    shared.gone = False
    other.hold(hold("found"))

    assert shared.balance(ACCOUNT.name).spent == Decimal("0.85")
    assert isinstance(told.events[-1], BudgetNearlySpent)


def test_four_fifths_are_told_to_whoever_watches_the_call_and_once_in_all() -> None:
    first, second = Remembering(), Remembering()
    ledger = WatchedAccounts(MemoryAccounts())

    spend(ledger.telling(first), "first", "0.85")
    spend(ledger.telling(second), "second", "0.05")

    assert [len(each.events) for each in (first, second)] == [1, 0]
