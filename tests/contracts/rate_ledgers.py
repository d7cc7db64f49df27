"""Every rate ledger on its real engine: what the contract suite and the processes of its drills run over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from llm_runtime.clock import Clock
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.ledgers.redis import RedisLedger
from llm_runtime.scheduling.ledgers.sql import SqlLedger
from tests.contracts.engines import SHARED, Run, runs

Open = Callable[[Clock | None], RateLedger]
"""See ``engines.Open``."""


def _sql(url: str, clock: Clock | None) -> RateLedger:
    return SqlLedger(url, clock=clock)


def _redis(url: str, prefix: str, clock: Clock | None) -> RateLedger:
    return RedisLedger(url, clock=clock, prefix=prefix)


LEDGERS: Mapping[str, Run[RateLedger]] = runs(MemoryLedger, _sql, _redis, file="limits.db")

__all__ = ["LEDGERS", "SHARED", "Open"]
