"""An account ledger as one process sees it: what it missed is told again, what is remarkable is told on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from llm_runtime.cost.accounts import Account, AccountLedger, Balance, Held, Hold, Refused
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.events import BudgetNearlySpent, LedgerFound, LedgerLost, Observer

_WARN_FROM = Decimal("0.8")


@dataclass(slots=True)
class _Notes:
    """What all who watch one ledger know of it.

    Attributes:
        warned: Accounts that were told of, here or by another process.
        owed: Settlements that the ledger does not have yet.
        lost: Whether it is.
        told: Whoever knows of that.
    """

    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    warned: set[str] = field(default_factory=set)
    owed: list[Callable[[], None]] = field(default_factory=list)
    lost: bool = False
    told: tuple[Observer, ...] = ()


class WatchedAccounts:
    """A ledger that is lost and found; safe to share between threads.

    Observers are told once for each account when four fifths of its cap are spent: once among all processes, for the
    ledger itself keeps the note. Each is told once when a call that it watches finds the ledger lost, and is told then
    when it answers again, whoever finds that.
    """

    def __init__(self, ledger: AccountLedger, *observers: Observer) -> None:
        self._ledger = ledger
        self._observers = distinct(observers)
        self._notes = _Notes()

    def telling(self, *observers: Observer) -> WatchedAccounts:
        """The same ledger, with the same notes, for calls that these watch, too."""
        also = WatchedAccounts(self._ledger, *self._observers, *observers)
        also._notes = self._notes
        return also

    def hold(self, hold: Hold) -> Held | Refused:
        """Set money aside.

        Raises:
            LedgerUnavailable: The ledger cannot be reached, so nobody knows what is left.
        """
        try:
            answer = self._ledger.hold(hold)
        except LedgerUnavailable as error:
            self._lose(error)
            raise
        self._find()
        self._warn(hold.accounts, answer.balances)
        return answer

    def settle(self, hold: Hold, cost: Decimal) -> None:
        """Charge what a call cost. That the ledger is gone takes no paid answer away from whoever asked.

        Until the ledger has the settlement the whole amount counts there, while the lease lasts as held, then as
        spent. It is told as soon as it answers anything.
        """
        try:
            balances = self._ledger.settle(hold, cost)
        except LedgerUnavailable as error:
            with self._notes.one_at_a_time:
                self._notes.owed.append(partial(self.settle, hold, cost))
            self._lose(error)
            return
        self._find()
        self._warn(hold.accounts, balances)

    def balance(self, account: str) -> Balance:
        """What is gone from an account.

        Raises:
            LedgerUnavailable: The ledger cannot be reached.
        """
        return self._ledger.balance(account)

    def _warn(self, accounts: Iterable[Account], balances: Iterable[Balance]) -> None:
        for account, balance in zip(accounts, balances, strict=True):
            if not balance.spent or balance.spent < account.cap_usd * _WARN_FROM:
                continue
            with self._notes.one_at_a_time:
                if account.name in self._notes.warned:
                    continue
                self._notes.warned.add(account.name)
            if self._first(account):
                warning = BudgetNearlySpent(account=account.name, spent=balance.spent, cap=account.cap_usd)
                for observer in self._observers:
                    observer.record(warning)

    def _first(self, account: Account) -> bool:
        try:
            return self._ledger.first(account, f"{_WARN_FROM} of ${account.cap_usd}")
        except LedgerUnavailable as error:
            # A warning too many is better than one too few.
            self._lose(error)
            return True

    def _lose(self, error: LedgerUnavailable) -> None:
        with self._notes.one_at_a_time:
            known = self._notes.told
            self._notes.lost, self._notes.told = True, distinct((*known, *self._observers))
            news = self._notes.told[len(known) :]
        for observer in news:
            observer.record(LedgerLost(detail=str(error)))

    def _find(self) -> None:
        with self._notes.one_at_a_time:
            if not self._notes.lost:
                return
            told, self._notes.told = self._notes.told, ()
            owed, self._notes.owed = self._notes.owed, []
            self._notes.lost = False
        for observer in told:
            observer.record(LedgerFound())
        for settle in owed:
            settle()


def distinct(observers: Iterable[Observer]) -> tuple[Observer, ...]:
    """Each of them once, in the order in which they come."""
    # By what they are: two trackers that count the same are two.
    return tuple({id(observer): observer for observer in observers}.values())
