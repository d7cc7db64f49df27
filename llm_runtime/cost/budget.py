"""Dollars are set aside before a call and settled after it, so that calls at the same time stay under one cap."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from llm_runtime.errors import BudgetExceeded


class Reservation:
    """Dollars set aside for one call."""

    def __init__(self, amount: Decimal) -> None:
        self.amount = amount
        self.cost = Decimal(0)

    def settle(self, cost: Decimal) -> None:
        """Say what the call really cost; without this, it cost nothing."""
        self.cost = cost


class Budget:
    """A cap on what all calls cost together; safe to share between threads.

    Example:
        >>> budget = Budget(Decimal("1.00"))
        >>> with budget.reserved(Decimal("0.40")) as reservation:
        ...     reservation.settle(Decimal("0.10"))
        >>> budget.spent
        Decimal('0.10')
    """

    def __init__(self, limit_usd: Decimal) -> None:
        self.limit_usd = limit_usd
        self._changed = threading.Condition()
        self._spent = Decimal(0)
        self._set_aside = Decimal(0)

    @property
    def spent(self) -> Decimal:
        """Dollars of all settled calls."""
        with self._changed:
            return self._spent

    @contextmanager
    def reserved(self, amount: Decimal) -> Iterator[Reservation]:
        """Set an upper bound aside for one call; what it did not use is given back at the end.

        Waits as long as the amount fits only if other calls turn out cheaper than what was set aside for them.

        Raises:
            BudgetExceeded: It cannot fit any more, whatever the others cost.
        """
        with self._changed:
            while self._spent + self._set_aside + amount > self.limit_usd:
                if self._spent + amount > self.limit_usd:
                    left = max(Decimal(0), self.limit_usd - self._spent)
                    raise BudgetExceeded(
                        f"the next call may cost ${amount:.4f}, but of the cap of ${self.limit_usd} only ${left:.4f} "
                        "is left; raise the cap, or take a cheaper model"
                    )
                self._changed.wait()
            self._set_aside += amount
        reservation = Reservation(amount)
        try:
            yield reservation
        finally:
            with self._changed:
                self._set_aside -= amount
                self._spent += reservation.cost
                self._changed.notify_all()
