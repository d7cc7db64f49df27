"""Every rate ledger on its real engine: what the contract suite and the processes of its drills run over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from llm_runtime.clock import Clock
from llm_runtime.scheduling.ledger import RateLedger
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.ledgers.redis import RedisLedger
from llm_runtime.scheduling.ledgers.sql import SqlLedger

Open = Callable[[Clock | None], RateLedger]
"""Opens the ledger once more, on the same account where it is shared; with a clock, that one counts, else its own.

Where processes share the account it must be a value that a spawned process can be given (a ``functools.partial`` of a
module's function).
"""


@contextmanager
def memory(folder: Path) -> Iterator[Open]:
    yield MemoryLedger


@contextmanager
def sqlite(folder: Path) -> Iterator[Open]:
    yield partial(_sql, f"sqlite:///{folder / 'limits.db'}")


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


def _redis(url: str, prefix: str, clock: Clock | None) -> RateLedger:
    return RedisLedger(url, clock=clock, prefix=prefix)


def _sql(url: str, clock: Clock | None) -> RateLedger:
    return SqlLedger(url, clock=clock)


LEDGERS: Mapping[str, Callable[[Path], AbstractContextManager[Open]]] = {
    "memory": memory,
    "sqlite": sqlite,
    "postgres": postgres,
    "redis": redis,
}
SHARED = ("sqlite", "postgres", "redis")
"""Those whose accounts processes share."""
