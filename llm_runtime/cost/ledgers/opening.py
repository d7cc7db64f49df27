"""An address comes in, the account ledger behind it goes out; the modules of its engine are loaded only then."""

from __future__ import annotations

from typing import assert_never

from llm_runtime.clock import Clock
from llm_runtime.cost.accounts import AccountLedger
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.storage.kinds import Kind, kind_of


def open_accounts(address: str, *, clock: Clock | None = None) -> AccountLedger:
    """The account ledger at an address.

    Args:
        address: ``memory``; ``sqlite:///path``; ``postgresql://…``; ``redis://…``, ``rediss://…`` or ``unix://…``.
        clock: What time it is for this process. Redis and PostgreSQL have their own, common to all.

    Raises:
        LedgerUnavailable: No ledger is kept at such an address, or what it needs is not installed. One that does not
            answer says so when it is used: money is spent only where it can be accounted for.
    """
    match kind_of(address, "no accounts are kept"):
        case Kind.MEMORY:
            return MemoryAccounts(clock)
        case Kind.REDIS:
            from llm_runtime.cost.ledgers.redis import RedisAccounts  # noqa: PLC0415 - loaded where it is used

            return RedisAccounts(address)
        case Kind.SQL:
            from llm_runtime.cost.ledgers.sql import SqlAccounts  # noqa: PLC0415 - loaded where it is used

            return SqlAccounts(address)
        case kind:
            assert_never(kind)
