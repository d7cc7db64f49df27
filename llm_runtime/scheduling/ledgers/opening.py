"""An address comes in, the rate ledger behind it goes out; the modules of its engine are loaded only then."""

from __future__ import annotations

from typing import assert_never

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.events import Observer
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.ledgers.resilient import ResilientLedger
from llm_runtime.storage.kinds import Kind, kind_of


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
    match kind_of(address, "no ledger is kept"):
        case Kind.MEMORY:
            return MemoryLedger(clock)
        case Kind.REDIS:
            from llm_runtime.scheduling.ledgers.redis import RedisLedger  # noqa: PLC0415 - loaded where it is used

            return ResilientLedger(RedisLedger(address), clock=clock, observer=observer)
        case Kind.SQL:
            from llm_runtime.scheduling.ledgers.sql import SqlLedger  # noqa: PLC0415 - loaded where it is used

            return ResilientLedger(SqlLedger(address), clock=clock, observer=observer)
        case kind:
            assert_never(kind)
