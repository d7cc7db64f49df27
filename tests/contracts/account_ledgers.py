"""Every account ledger on its real engine: what the contract suite and its processes run over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from llm_runtime.clock import Clock
from llm_runtime.cost.accounts import AccountLedger
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.cost.ledgers.redis import RedisAccounts
from llm_runtime.cost.ledgers.sql import SqlAccounts

Open = Callable[[Clock | None], AccountLedger]
"""Opens the ledger once more, on the same accounts where they are shared; a clock replaces the engine's own."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where accounts are kept.

    Attributes:
        run: Starts the engine in an empty folder; what it yields opens a ledger. Where processes share the accounts it
            must be a value that a spawned process can be given (a ``functools.partial`` of a module's function).
        shared: Whether processes share the accounts.
    """

    run: Callable[[Path], AbstractContextManager[Open]]
    shared: bool = True


@contextmanager
def memory(folder: Path) -> Iterator[Open]:
    yield MemoryAccounts


@contextmanager
def sqlite(folder: Path) -> Iterator[Open]:
    yield partial(_sql, f"sqlite:///{folder / 'money.db'}")


@contextmanager
def postgres(folder: Path) -> Iterator[Open]:
    # Loaded where it is started: processes that only open the ledger do without.
    from tests.fakes.postgres_server import postgres as running  # noqa: PLC0415

    yield partial(_sql, running().schema())


@contextmanager
def redis(folder: Path) -> Iterator[Open]:
    # Loaded where it is started: processes that only open the ledger do without.
    from tests.fakes.redis_server import own_prefix, redis_server  # noqa: PLC0415

    yield partial(_redis, redis_server().url, own_prefix())


def _redis(url: str, prefix: str, clock: Clock | None) -> AccountLedger:
    return RedisAccounts(url, clock=clock, prefix=prefix)


def _sql(url: str, clock: Clock | None) -> AccountLedger:
    return SqlAccounts(url, clock=clock)


ENGINES: Mapping[str, Engine] = {
    "memory": Engine(memory, shared=False),
    "sqlite": Engine(sqlite),
    "postgres": Engine(postgres),
    "redis": Engine(redis),
}
