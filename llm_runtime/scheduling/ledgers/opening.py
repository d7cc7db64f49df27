"""An address comes in, the rate ledger behind it goes out; the modules of its engine are loaded only then."""

from __future__ import annotations

from llm_runtime.addresses import scheme_of
from llm_runtime.clock import Clock, SystemClock
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.events import Observer
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.ledgers.resilient import ResilientLedger

MEMORY = "memory"
_REDIS = ("redis", "rediss", "unix")


def open_ledger(address: str, *, clock: Clock | None = None, observer: Observer | None = None) -> RateLedger:
    """The ledger at an address.

    Args:
        address: ``memory``; ``sqlite:///path``; ``postgresql://…``; ``redis://…``, ``rediss://…`` or ``unix://…``.
        clock: What time it is for this process. Redis and PostgreSQL have their own, common to all.
        observer: Told when a shared ledger is lost, and found again.

    Raises:
        LedgerUnavailable: No ledger is kept at such an address, or what it needs is not installed. One that merely does
            not answer is no error here: a share of the limits is kept alone until it does.
    """
    clock = clock or SystemClock()
    if address == MEMORY:
        return MemoryLedger(clock)
    named = scheme_of(address)
    scheme = named.partition("+")[0]
    if scheme in _REDIS:
        from llm_runtime.scheduling.ledgers.redis import RedisLedger  # noqa: PLC0415 - an extra

        return ResilientLedger(RedisLedger(address), clock=clock, observer=observer)
    if scheme in ("sqlite", "postgresql", "postgres"):
        from llm_runtime.scheduling.ledgers.sql import SqlLedger  # noqa: PLC0415 - an extra

        return ResilientLedger(SqlLedger(address), clock=clock, observer=observer)
    # Nothing else of it is repeated: it may hold a password, or be a key that was pasted here.
    begins = f"an address that begins with {named!r}" if named else "such an address"
    raise LedgerUnavailable(f"no ledger is kept at {begins}; take memory, sqlite:///path, postgresql://… or redis://…")
