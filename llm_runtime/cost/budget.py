"""Dollars are set aside before a call and settled after it, so that calls at the same time stay under every cap."""

from __future__ import annotations

import copy
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.cost.accounts import AccountLedger, Hold, Refused, cap_nanos, to_nanos
from llm_runtime.cost.caps import Cap, Period
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.cost.refusals import never_fits, no_price, not_now
from llm_runtime.cost.tracking import CostTrackingStrategy, LocalCostTracker
from llm_runtime.cost.watched import WatchedAccounts
from llm_runtime.events import Event, Observer
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Call
from llm_runtime.scheduling.cancellation import Cancellation

LEASE_SECONDS = 3_600.0
"""Longer than any call takes: a holder that has not settled by then is dead."""

LOOK_SECONDS = 1.0
"""How often to look whether other processes have given something back: nobody can wake us across processes."""

PATIENCE_SECONDS = 30.0
"""How long to wait for what other processes hold; they may be dead, and their money may never come back."""


class Reservation:
    """Dollars set aside for one call."""

    def __init__(self, amount: Decimal) -> None:
        self.amount = amount
        self.cost = amount
        self.call: Call | None = None

    def settle(self, cost: Decimal, call: Call | None = None) -> None:
        """Say what the call really cost; without this (an interruption) it cost all that was set aside.

        Args:
            cost: Dollars to charge.
            call: What the tracker's total counts; its cost may be unknown where what is charged cannot be.
        """
        self.cost = cost
        self.call = call


class BudgetEnforcingTracker(CostTrackingStrategy):
    """Caps on what calls cost, kept together with everybody who uses the same ledger; safe to share between threads.

    A call is sent only when the most that it may cost fits under every cap, beside what is spent and what calls under
    way may still cost.

    Example:
        >>> cap = Cap(scope="review", name="acme/shop#7", limit_usd=Decimal("1.00"))
        >>> budget = BudgetEnforcingTracker([cap])
        >>> sol = ModelSpec(provider="openai", name="gpt-6.1-sol", context_window=1, max_output_tokens=1)
        >>> with budget.reserved(sol, Decimal("0.40")) as reservation:
        ...     reservation.settle(Decimal("0.10"))
        >>> budget.spent(cap)
        Decimal('0.100000000')
    """

    def __init__(
        self,
        caps: Iterable[Cap],
        ledger: AccountLedger | None = None,
        *,
        clock: Clock | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Keep caps.

        Args:
            caps: All of them count for every call.
            ledger: Where the accounts are; by default in this process's memory. It stays the caller's to close.
            clock: Says which day it is; by default the machine's.
            observer: Is told once when four fifths of a cap are spent, and when the ledger is lost and found.
        """
        self._clock = clock or SystemClock()
        caps = tuple(caps)
        self._for_each_call = tuple(cap for cap in caps if cap.period is Period.CALL)
        self._caps = tuple(cap for cap in caps if cap.period is not Period.CALL)
        self._ledger = WatchedAccounts(
            ledger or MemoryAccounts(self._clock), *(() if observer is None else (observer,))
        )
        self._total = LocalCostTracker()
        self._changed = threading.Lock()
        self._held_here: Counter[str] = Counter()
        self._waiting: list[threading.Event] = []

    def telling(self, *observers: Observer) -> BudgetEnforcingTracker:
        """The same caps and the same account of them, for calls that these observe, too; nobody is told twice."""
        # A shallow copy: total, money held and who waits for it are common to both.
        also: BudgetEnforcingTracker = copy.copy(self)
        also._ledger = self._ledger.telling(*observers)
        return also

    @contextmanager
    def reserved(
        self,
        spec: ModelSpec,
        amount: Decimal | None,
        *,
        timeout_seconds: float | None = None,
        cancellation: Cancellation | None = None,
    ) -> Iterator[Reservation]:
        """Set an upper bound aside for one call; what it did not use is given back at the end.

        Where the amount fits only if calls under way turn out cheaper than what was set aside for them, it waits: for
        those of this process until they end, for those of others ``PATIENCE_SECONDS`` at most.

        Args:
            spec: The model that is asked.
            amount: Dollars that the call may cost at most; None where nobody knows.
            timeout_seconds: How long the whole call may take.
            cancellation: Ends the wait.

        Raises:
            BudgetExceeded: It does not fit, or nobody knows what the call may cost.
            Cancelled: Nobody wants the answer any more; nothing is set aside.
            LedgerUnavailable: The ledger cannot be reached, so nobody knows what is left.
        """
        caps = (*self._for_each_call, *self._caps)
        if amount is None and caps:
            raise no_price(spec, caps[0])
        hold = self._new_hold(amount or Decimal(0))
        for cap in self._for_each_call:
            if hold.amount > cap.limit_usd:
                raise never_fits(spec, hold.amount, cap, Decimal(0))
        self._wait_for(hold, spec, timeout_seconds, cancellation or Cancellation())
        reservation = Reservation(hold.amount)
        try:
            yield reservation
        finally:
            self._give_back(hold, reservation.cost)
            if reservation.call is not None:
                self._total.track_usage(reservation.call)

    def spent(self, cap: Cap) -> Decimal:
        """Dollars of this period's calls, settled ones and those whose holder died, by everybody.

        Raises:
            LedgerUnavailable: The ledger cannot be reached.
        """
        return self._ledger.balance(cap.account(self._clock.now()).name).spent

    def affords(self, amount: Decimal) -> bool:
        """Whether a call of at most so many dollars fits beside what is spent; nothing is set aside.

        What calls under way hold is left out: most of it comes back, and ``reserved`` waits for it.

        Raises:
            LedgerUnavailable: The ledger cannot be reached.
        """
        return all(amount <= cap.limit_usd for cap in self._for_each_call) and all(
            self.spent(cap) + amount <= cap.limit_usd for cap in self._caps
        )

    def track_usage(self, call: Call) -> None:
        """Charge a call for which nothing was reserved; where its cost is unknown, no cap can count it."""
        self._total.track_usage(call)
        if call.cost_usd and self._caps:
            self._ledger.settle(self._new_hold(call.cost_usd), call.cost_usd)

    def get_total_cost(self) -> Decimal | None:
        """Dollars of all calls through this tracker; None once the cost of one of them is unknown."""
        return self._total.get_total_cost()

    def record(self, event: Event) -> None:
        """Nothing is done: the layer that tells of a call has settled its reservation already."""

    def _new_hold(self, amount: Decimal) -> Hold:
        now = self._clock.now()
        accounts = tuple(cap.account(now) for cap in self._caps)
        return Hold(id=uuid.uuid4().hex, accounts=accounts, amount=amount, lease_seconds=LEASE_SECONDS)

    def _wait_for(self, hold: Hold, spec: ModelSpec, timeout_seconds: float | None, cancellation: Cancellation) -> None:
        """Hold the money, as soon as there is room."""
        if not hold.accounts:
            return
        started = self._clock.monotonic()
        woken = threading.Event()
        # Before it asks, so that what is given back in between wakes it.
        with self._changed:
            self._waiting.append(woken)
        try:
            while isinstance(answer := self._ledger.hold(hold), Refused):
                waited = self._clock.monotonic() - started
                longest = self._patience(spec, hold, answer, waited, timeout_seconds)
                with cancellation.waking(woken):
                    self._clock.wait(woken, longest)
                woken.clear()
            with self._changed:
                self._held_here.update({account.name: to_nanos(hold.amount) for account in hold.accounts})
        finally:
            with self._changed:
                self._waiting.remove(woken)

    def _patience(
        self, spec: ModelSpec, hold: Hold, refused: Refused, waited: float, timeout_seconds: float | None
    ) -> float:
        """Seconds to wait, at most, for what others may give back, unless there is no sense in waiting."""
        amount = to_nanos(hold.amount)
        blocked = [
            (cap, balance)
            for cap, balance in zip(self._caps, refused.balances, strict=True)
            if to_nanos(balance.spent + balance.held) + amount > cap_nanos(cap.limit_usd)
        ]
        for cap, balance in blocked:
            if to_nanos(balance.spent) + amount > cap_nanos(cap.limit_usd):
                raise never_fits(spec, hold.amount, cap, balance.spent)
        with self._changed:
            here = [self._held_here[balance.account] for _, balance in blocked]
        elsewhere = any(to_nanos(balance.held) > ours for (_, balance), ours in zip(blocked, here, strict=True))
        longest = LOOK_SECONDS if elsewhere else LEASE_SECONDS
        if timeout_seconds is not None:
            longest = min(longest, timeout_seconds - waited)
        if longest <= 0 or (not any(here) and waited >= PATIENCE_SECONDS):
            raise not_now(spec, hold.amount, *blocked[0])
        return longest

    def _give_back(self, hold: Hold, cost: Decimal) -> None:
        if not hold.accounts:
            return
        try:
            self._ledger.settle(hold, cost)
        finally:
            with self._changed:
                for account in hold.accounts:
                    self._held_here[account.name] -= to_nanos(hold.amount)
                for event in self._waiting:
                    event.set()
