"""The accounts of one process, shared by its threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from decimal import Decimal

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.cost.accounts import (
    REMEMBERED_SECONDS,
    Account,
    Balance,
    Held,
    Hold,
    Refused,
    cap_nanos,
    from_nanos,
    to_nanos,
)


@dataclass(slots=True)
class _Entry:
    """One account; nanodollars, and seconds on the ledger's clock.

    Attributes:
        forget_after: Seconds without use.
        used_at: When it was last used.
        spent: What settled calls cost.
        open: Amount and end of the lease of every hold that is not settled.
        notes: What was noted.
    """

    forget_after: float
    used_at: float
    spent: int = 0
    open: dict[str, tuple[int, float]] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)

    @property
    def gone(self) -> int:
        return self.spent + sum(amount for amount, _ in self.open.values())


class MemoryAccounts:
    """An account ledger for the threads of one process.

    Example:
        >>> ledger = MemoryAccounts()
        >>> day = Account(name="repository:acme/shop:2026-11-21", cap_usd=Decimal(5))
        >>> hold = Hold(id="one", accounts=(day,), amount=Decimal("0.40"), lease_seconds=600)
        >>> answer = ledger.hold(hold)
        >>> (balance,) = ledger.settle(hold, Decimal("0.10"))
        >>> balance.spent, balance.held
        (Decimal('0.100000000'), Decimal('0E-9'))
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._entries: dict[str, _Entry] = {}
        self._settled: OrderedDict[str, float] = OrderedDict()
        self._one_at_a_time = threading.Lock()

    def hold(self, hold: Hold) -> Held | Refused:
        """Set the amount aside in all accounts of the hold, or in none."""
        with self._one_at_a_time:
            now = self._clock.monotonic()
            entries = [self._entry(account, now) for account in hold.accounts]
            amount = to_nanos(hold.amount)
            if hold.id in self._settled or any(hold.id in entry.open for entry in entries):
                return Held(balances=self._balances(hold, now))
            pairs = zip(hold.accounts, entries, strict=True)
            if any(entry.gone + amount > cap_nanos(account.cap_usd) for account, entry in pairs):
                return Refused(balances=self._balances(hold, now))
            for entry in entries:
                entry.open[hold.id] = (amount, now + hold.lease_seconds)
            return Held(balances=self._balances(hold, now))

    def settle(self, hold: Hold, cost: Decimal) -> tuple[Balance, ...]:
        """Replace the amount by what the call really cost."""
        if cost < 0:
            msg = f"a call cannot cost ${cost}; take an amount that is not negative"
            raise ValueError(msg)
        with self._one_at_a_time:
            now = self._clock.monotonic()
            self._forget_settled(now)
            if hold.id not in self._settled:
                for account in hold.accounts:
                    entry = self._entry(account, now)
                    entry.open.pop(hold.id, None)
                    entry.spent += to_nanos(cost)
                self._settled[hold.id] = now
            return self._balances(hold, now)

    def balance(self, account: str) -> Balance:
        """What is gone from an account."""
        with self._one_at_a_time:
            return self._balance(account, self._clock.monotonic())

    def first(self, account: Account, note: str) -> bool:
        """Leave a note at an account: True for the first who leaves it."""
        with self._one_at_a_time:
            notes = self._entry(account, self._clock.monotonic()).notes
            new = note not in notes
            notes.add(note)
            return new

    def close(self) -> None:
        """There is nothing to close."""

    def _entry(self, account: Account, now: float) -> _Entry:
        entry = self._entries.get(account.name)
        if entry is None or entry.used_at + entry.forget_after < now:
            for name in [name for name, old in self._entries.items() if old.used_at + old.forget_after < now]:
                del self._entries[name]
            entry = self._entries[account.name] = _Entry(forget_after=account.keep_seconds, used_at=now)
        entry.used_at = now
        entry.forget_after = account.keep_seconds
        return entry

    def _balances(self, hold: Hold, now: float) -> tuple[Balance, ...]:
        return tuple(self._balance(account.name, now) for account in hold.accounts)

    def _balance(self, name: str, now: float) -> Balance:
        entry = self._entries.get(name)
        if entry is None:
            return Balance(account=name)
        entry.used_at = now
        spent, held = entry.spent, 0
        for amount, end in entry.open.values():
            if end > now:
                held += amount
            else:
                spent += amount
        return Balance(account=name, spent=from_nanos(spent), held=from_nanos(held))

    def _forget_settled(self, now: float) -> None:
        while self._settled and next(iter(self._settled.values())) + REMEMBERED_SECONDS < now:
            self._settled.popitem(last=False)
