"""An address comes in, the account ledger behind it goes out; the modules of its engine are loaded only then."""

from __future__ import annotations

from llm_runtime.addresses import scheme_of
from llm_runtime.clock import Clock
from llm_runtime.cost.accounts import AccountLedger
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.errors import LedgerUnavailable

MEMORY = "memory"


def open_accounts(address: str, *, clock: Clock | None = None) -> AccountLedger:
    """The account ledger at an address.

    Args:
        address: ``memory``; ``sqlite:///path``; ``postgresql://…``; ``redis://…``, ``rediss://…`` or ``unix://…``.
        clock: What time it is for this process. Redis and PostgreSQL have their own, common to all.

    Raises:
        LedgerUnavailable: No ledger is kept at such an address, or what it needs is not installed. One that does not
            answer says so when it is used: money is spent only where it can be accounted for.
    """
    if address == MEMORY:
        return MemoryAccounts(clock)
    named = scheme_of(address)
    scheme = named.partition("+")[0]
    if scheme in ("redis", "rediss", "unix"):
        from llm_runtime.cost.ledgers.redis import RedisAccounts  # noqa: PLC0415 - an extra

        return RedisAccounts(address)
    if scheme in ("sqlite", "postgresql", "postgres"):
        from llm_runtime.cost.ledgers.sql import SqlAccounts  # noqa: PLC0415 - an extra

        return SqlAccounts(address)
    # Nothing else of it is repeated: it may hold a password, or be a key that was pasted here.
    begins = f"an address that begins with {named!r}" if named else "such an address"
    raise LedgerUnavailable(
        f"no accounts are kept at {begins}; take memory, sqlite:///path, postgresql://… or redis://…"
    )
