"""Every account ledger on its real engine: what the contract suite and its processes run over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from llm_runtime.clock import Clock
from llm_runtime.cost.accounts import AccountLedger
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.cost.ledgers.redis import RedisAccounts
from llm_runtime.cost.ledgers.sql import SqlAccounts
from tests.contracts.engines import SHARED, Run, runs

Open = Callable[[Clock | None], AccountLedger]
"""See ``engines.Open``."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where accounts are kept.

    Attributes:
        run: Starts the engine in an empty folder; what it yields opens a ledger.
        shared: Whether processes share the accounts.
    """

    run: Run[AccountLedger]
    shared: bool


def _sql(url: str, clock: Clock | None) -> AccountLedger:
    return SqlAccounts(url, clock=clock)


def _redis(url: str, prefix: str, clock: Clock | None) -> AccountLedger:
    return RedisAccounts(url, clock=clock, prefix=prefix)


ENGINES: Mapping[str, Engine] = {
    name: Engine(run, shared=name in SHARED)
    for name, run in runs(MemoryAccounts, _sql, _redis, file="money.db").items()
}
