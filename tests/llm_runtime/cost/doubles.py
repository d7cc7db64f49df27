"""An observer that remembers, and a ledger that can be taken away: what the account of money is tested with."""

from __future__ import annotations

from decimal import Decimal

from llm_runtime.cost.accounts import Account, Balance, Held, Hold, Refused
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.events import Event


class Remembering:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, event: Event) -> None:
        self.events.append(event)


class Unsteady(MemoryAccounts):
    """Keeps its accounts, but cannot be reached while ``gone``."""

    gone = False

    def hold(self, hold: Hold) -> Held | Refused:
        self._reach()
        return super().hold(hold)

    def settle(self, hold: Hold, cost: Decimal) -> tuple[Balance, ...]:
        self._reach()
        return super().settle(hold, cost)

    def balance(self, account: str) -> Balance:
        self._reach()
        return super().balance(account)

    def first(self, account: Account, note: str) -> bool:
        self._reach()
        return super().first(account, note)

    def _reach(self) -> None:
        if self.gone:
            raise LedgerUnavailable("the accounts at redis://localhost cannot be reached; start Redis")
