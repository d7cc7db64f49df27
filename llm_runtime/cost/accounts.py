"""The port of the shared account of dollars: money is held before it is spent and settled afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Protocol

_DAY = 86_400.0
_NANOS = 1_000_000_000

REMEMBERED_SECONDS = 3_600.0
"""How long a ledger remembers that a hold was settled, so that a settlement that is sent twice counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One cap that a call counts against.

    Attributes:
        name: The same for everybody who spends from it; one that begins anew every day has the day in it.
        cap_usd: Dollars. The ledger keeps what was spent, not the cap: whoever holds says what the cap is.
        keep_seconds: A ledger may forget the account when nobody held, settled or read it for so long.
    """

    name: str
    cap_usd: Decimal
    keep_seconds: float = 90 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Dollars set aside for one call in several accounts, in all of them or in none.

    Attributes:
        id: A name of its own, unique among all processes.
        accounts: What it counts against; no name comes twice.
        amount: Dollars, the most that the call may cost.
        lease_seconds: After this long its holder is taken for dead.
    """

    id: str
    accounts: tuple[Account, ...]
    amount: Decimal
    lease_seconds: float

    def __post_init__(self) -> None:
        if len({account.name for account in self.accounts}) < len(self.accounts):
            msg = f"an account comes twice: {', '.join(account.name for account in self.accounts)}"
            raise ValueError(msg)
        if self.amount < 0:
            msg = f"${self.amount} cannot be held; take an amount that is not negative"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is gone from an account.

    Attributes:
        account: Its name.
        spent: Dollars of all settled calls, and of those whose holder died.
        held: Dollars that calls under way have set aside.
    """

    account: str
    spent: Decimal = Decimal(0)
    held: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The money is set aside.

    Attributes:
        balances: Of each account, in the order of ``Hold.accounts``, this hold included.
    """

    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """At least one account has no room, so nothing was set aside in any.

    Attributes:
        balances: Of each account, in the order of ``Hold.accounts``.
    """

    balances: tuple[Balance, ...]


class AccountLedger(Protocol):
    """Accounts shared by everybody who uses the same ledger; every operation is atomic over all accounts of a hold.

    There is room where spent + held + amount ≤ cap. Ledgers count in whole billionths of a dollar (``to_nanos``), so
    sums are exact; an amount or a cost is rounded up to one, a cap down.

    A hold is a lease. When it is not settled in time its holder is taken for dead, and the amount counts as spent: it
    is held only around the moment of sending, so the provider has almost certainly seen the call, and bills it. A
    holder that was merely slow may still settle; what it says then replaces the amount.

    Every method raises ``LedgerUnavailable`` when the ledger cannot be reached; it may be called again with the same
    hold, which counts once.
    """

    def hold(self, hold: Hold) -> Held | Refused:
        """Set the amount aside in all accounts of the hold, or in none.

        A hold that is there already is left as it is and answered with ``Held``.
        """
        ...

    def settle(self, hold: Hold, cost: Decimal) -> tuple[Balance, ...]:
        """Replace the amount by what the call really cost, which may be more; 0 gives all of it back.

        A hold that was settled before is left as it is. One that the ledger does not know (it lost its memory, or
        forgot the hold) has been spent nevertheless: the cost counts.

        Returns:
            The balance of each account, in the order of ``Hold.accounts``.

        Raises:
            ValueError: The cost is negative.
        """
        ...

    def balance(self, account: str) -> Balance:
        """What is gone from an account; nothing from one that nobody has used."""
        ...

    def first(self, account: Account, note: str) -> bool:
        """Leave a note at an account: True for the first who leaves it, False for all who come later."""
        ...

    def close(self) -> None:
        """Close connections; what is held stays held."""
        ...


def to_nanos(dollars: Decimal) -> int:
    """Billionths of a dollar, rounded up: for amounts and costs.

    Example:
        >>> to_nanos(Decimal("0.0000000125"))
        13
    """
    return int((dollars * _NANOS).to_integral_value(ROUND_CEILING))


def cap_nanos(dollars: Decimal) -> int:
    """Billionths of a dollar, rounded down: for caps."""
    return int((dollars * _NANOS).to_integral_value(ROUND_FLOOR))


def from_nanos(nanos: int) -> Decimal:
    """Dollars, with nine digits behind the point.

    Example:
        >>> from_nanos(1_250_000_000)
        Decimal('1.250000000')
    """
    return Decimal(nanos).scaleb(-9)
