"""What may be spent by whom and in which time, as values; a moment comes in, the account that counts goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from llm_runtime.cost.accounts import Account

_DAY = 86_400.0


class Period(StrEnum):
    """After which time a cap begins anew."""

    CALL = "call"
    EVER = "ever"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most that may be spent in one account.

    Attributes:
        scope: What kind of thing the cap is for, in one word of the caller's: ``review``, ``repository``.
        name: Which one; everybody who uses the same scope and name, period and ledger spends from the same account.
        limit_usd: Dollars, zero or more.
        period: When it begins anew: for every call, never, at every midnight or on every first of the month (UTC). A
            call counts for the day on which it was sent.

    Example:
        >>> from datetime import UTC
        >>> cap = Cap(scope="repository", name="acme/shop", limit_usd=Decimal(5), period=Period.DAY)
        >>> cap.account(datetime(2026, 11, 21, 23, 59, tzinfo=UTC)).name
        'repository:acme/shop:2026-11-21'
    """

    scope: str
    name: str = ""
    limit_usd: Decimal
    period: Period = Period.EVER

    def __post_init__(self) -> None:
        if not self.limit_usd.is_finite() or self.limit_usd < 0:
            msg = f"a cap of ${self.limit_usd} for {self} cannot be kept; take zero or more dollars"
            raise ValueError(msg)

    def __str__(self) -> str:
        before = {Period.CALL: "each"}.get(self.period, "")
        behind = {Period.DAY: "a day", Period.MONTH: "a month"}.get(self.period, "")
        return " ".join(filter(None, (before, self.scope, self.name, behind)))

    def account(self, now: datetime) -> Account:
        """The account that a call counts against which is sent ``now`` (UTC)."""
        match self.period:
            case Period.DAY:
                # Longer than the day: a call that is sent at its last moment is settled on the next one.
                period, keep = now.date().isoformat(), 3 * _DAY
            case Period.MONTH:
                period, keep = now.date().isoformat()[: len("2026-11")], 40 * _DAY
            case Period.EVER | Period.CALL:
                period, keep = "", 90 * _DAY
        name = ":".join(filter(None, (self.scope, self.name, period)))
        return Account(name=name, cap_usd=self.limit_usd, keep_seconds=keep)
