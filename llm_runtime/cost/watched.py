"""An account ledger as one process sees it: what it missed is told again, what is remarkable is told on."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from decimal import Decimal

from llm_runtime.cost.accounts import Account, AccountLedger, Balance, Held, Hold, Refused
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.events import BudgetNearlySpent, LedgerFound, LedgerLost, Observer

_WARN_FROM = Decimal("0.8")


class WatchedAccounts:
    """A ledger that is lost and found; safe to share between threads.

    The observer is told when the ledger is lost, when it answers again, and once for each account when four fifths of
    its cap are spent: once among all processes, for the ledger itself keeps the note.
    """

    def __init__(self, ledger: AccountLedger, observer: Observer) -> None:
        self._ledger = ledger
        self._observer = observer
        self._one_at_a_time = threading.Lock()
        self._warned: set[str] = set()
        self._owed: list[tuple[Hold, Decimal]] = []
        self._lost = False

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
            with self._one_at_a_time:
                self._owed.append((hold, cost))
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
            with self._one_at_a_time:
                if account.name in self._warned:
                    continue
                self._warned.add(account.name)
            if self._first(account):
                warning = BudgetNearlySpent(account=account.name, spent=balance.spent, cap=account.cap_usd)
                self._observer.record(warning)

    def _first(self, account: Account) -> bool:
        try:
            return self._ledger.first(account, f"{_WARN_FROM} of ${account.cap_usd}")
        except LedgerUnavailable as error:
            # A warning too many is better than one too few.
            self._lose(error)
            return True

    def _lose(self, error: LedgerUnavailable) -> None:
        with self._one_at_a_time:
            new, self._lost = not self._lost, True
        if new:
            self._observer.record(LedgerLost(detail=str(error)))

    def _find(self) -> None:
        with self._one_at_a_time:
            if not self._lost:
                return
            self._lost = False
            owed, self._owed = self._owed, []
        self._observer.record(LedgerFound())
        for hold, cost in owed:
            self.settle(hold, cost)
