"""When will there be room? A key's window and queue are played forward, call by call, without waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from llm_runtime.scheduling.account import Account, Amounts, Book, Entry

SOON = 0.0005
"""A call whose slot comes within half a millisecond is sent now: no sleep is more exact. The window is kept exactly."""

_CALLS_AT_ONCE = 4
_QUIET_WINDOWS = 60
_SMALLEST_SHARE = 1 / 16


@dataclass(frozen=True, slots=True)
class Meter:
    """One limit.

    Attributes:
        cap: The most in any window; None is unlimited.
        burst: For requests: calls that may go at once; for tokens: the share of the cap.
        pace: Spacing as a share of what would fill the cap exactly. Tokens are spaced by the vendor's own limit, a
            little faster than the cap, so that calls of uneven size leave no room unused; the cap holds all the same.
    """

    cap: int | None
    burst: float
    pace: float = 1.0

    def credit(self, amount: float, index: int, scale: float) -> float:
        """How far, in requests or tokens, spacing may be overdrawn by a call of that amount.

        A burst of tokens always takes a handful of calls of the present size, so that a few large questions on an idle
        key are not spaced.
        """
        if self.cap is None:
            return 0.0
        if index == 0:
            return max(1.0, float(int(self.burst * scale))) - 1.0
        return max(self.cap * self.burst, min(_CALLS_AT_ONCE * amount, self.cap / 2)) * scale


def trusted_burst(account: Account, window: float, now: float) -> float:
    """Share of the burst that is trusted now, from 0 to 1: it doubles with every 60 windows without a rejection.

    Nothing has to be written for that, so a ledger that nobody uses forgets as well as a busy one.
    """
    share = account.burst_scale
    hours = int((now - account.halved_at) / (_QUIET_WINDOWS * window)) if share < 1 else 0
    if hours > 0 and not share:
        share, hours = _SMALLEST_SHARE, hours - 1
    # More doublings than it takes to reach the whole would only make large numbers.
    return min(1.0, share * 2.0 ** min(hours, int(1 / _SMALLEST_SHARE)))


class Projection:
    """Plays a key forward from now.

    Two rules hold at every moment. In any window no more than the cap: a call waits until enough of what is in the
    window has left it. And calls are spaced: each one moves the slot of the next by its share of the window. The slot
    may lag behind the clock by the burst, so that an idle key takes a handful of calls at once; when that credit is
    spent, what is left of the window is spread evenly until its oldest call leaves it, so that a burst is paid back
    by slightly wider spacing, and not by a standstill at the end of each window that lets all calls bunch for good.
    Spacing is the generic cell rate algorithm (ITU-T I.371) with that one addition.
    """

    def __init__(self, book: Book, meters: tuple[Meter, Meter, Meter], window: float, now: float) -> None:
        account: Account = book.account
        self._meters = meters
        self._window = window
        self._scale = trusted_burst(account, window, now)
        self._now = max(now, account.blocked_until)
        self._slots = list(account.slots)
        self._used = list(book.used(now - window))
        self._entries: Iterator[Entry] = book.oldest(now - window)
        self._pending: deque[tuple[float, Amounts]] = deque()
        self._taken: deque[tuple[float, Amounts]] = deque()

    @property
    def slots(self) -> list[float]:
        """When the next call is due, for each meter."""
        return self._slots

    def earliest(self, amounts: Amounts) -> float:
        """The first moment at which a call of that size may be sent, after all that were taken before."""
        at = self._now
        for meter, amount, slot in zip(self._meters, amounts, self._slots, strict=True):
            if meter.cap is not None and amount and slot > at + SOON:
                at = slot
        while (oldest := self._oldest()) and oldest[0] + self._window <= at:
            self._forget()
        while any(
            meter.cap is not None and used and used + amount > meter.cap
            for meter, amount, used in zip(self._meters, amounts, self._used, strict=True)
            if amount
        ):
            oldest = self._oldest()
            if oldest is None:
                break
            at = max(at, oldest[0] + self._window)
            self._forget()
        return at

    def take(self, amounts: Amounts, at: float) -> Amounts:
        """Send a call of that size at that moment.

        Returns:
            Seconds by which each slot was moved. A slot that lags behind the largest burst is taken to lag by no more
            than that, which is the same to all calls that come later.
        """
        self._now = at
        self._taken.append((at, amounts))
        oldest = self._oldest()
        until = (oldest[0] if oldest else at) + self._window - at
        moved = [0.0, 0.0, 0.0]
        for index, (meter, amount) in enumerate(zip(self._meters, amounts, strict=True)):
            self._used[index] += amount
            if meter.cap is None or not amount:
                continue
            unit = meter.pace * self._window / meter.cap
            credit = meter.credit(amount, index, self._scale)
            slot = max(self._slots[index], at - credit * unit) + amount * unit
            if slot > at + SOON:
                left = max(0.0, meter.cap - self._used[index])
                slot = max(slot, at + amount * until / (left + amount))
            lowest = at - meter.credit(meter.cap, index, self._scale) * unit
            moved[index] = slot - max(self._slots[index], lowest)
            self._slots[index] = slot
        return Amounts(*moved)

    def _oldest(self) -> tuple[float, Amounts] | None:
        if not self._pending:
            entry = next(self._entries, None)
            if entry is not None:
                self._pending.append((entry.at, entry.amounts))
        if self._pending:
            return self._pending[0]
        return self._taken[0] if self._taken else None

    def _forget(self) -> None:
        """Let the oldest leave the window."""
        _, amounts = (self._pending or self._taken).popleft()
        for index, amount in enumerate(amounts):
            self._used[index] -= amount
