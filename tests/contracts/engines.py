"""The real engines that shared accounts are kept in, started for a test: what the suites of all ledgers run over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from llm_runtime.clock import Clock


class Closable(Protocol):
    def close(self) -> None: ...


Ledger = TypeVar("Ledger", bound=Closable)
Open = Callable[[Clock | None], Ledger]
"""Opens a ledger once more, on the same account where it is shared; with a clock, that one counts, else its own.

Where processes share the account it is a value that a spawned process can be given, if the functions that open it are a
module's.
"""
Run = Callable[[Path], AbstractContextManager[Open[Ledger]]]
"""Starts an engine in an empty folder."""

SHARED = ("sqlite", "postgres", "redis")
"""Those whose accounts processes share."""


def runs(
    memory: Callable[[Clock | None], Ledger],
    sql: Callable[[str, Clock | None], Ledger],
    redis: Callable[[str, str, Clock | None], Ledger],
    *,
    file: str,
) -> Mapping[str, Run[Ledger]]:
    """A ledger on each engine.

    Args:
        memory: Opens it in this process.
        sql: Opens it at a URL.
        redis: Opens it at a URL, with a prefix.
        file: Name of SQLite's file.
    """

    @contextmanager
    def in_memory(folder: Path) -> Iterator[Open[Ledger]]:
        yield memory

    @contextmanager
    def in_sqlite(folder: Path) -> Iterator[Open[Ledger]]:
        yield partial(sql, f"sqlite:///{folder / file}")

    # Servers are loaded where they are started: processes that only open a ledger do without.
    @contextmanager
    def in_postgres(folder: Path) -> Iterator[Open[Ledger]]:
        from tests.fakes.postgres_server import postgres  # noqa: PLC0415

        yield partial(sql, postgres().schema())

    @contextmanager
    def in_redis(folder: Path) -> Iterator[Open[Ledger]]:
        from tests.fakes.redis_server import own_prefix, redis_server  # noqa: PLC0415

        yield partial(redis, redis_server().url, own_prefix())

    return {"memory": in_memory, "sqlite": in_sqlite, "postgres": in_postgres, "redis": in_redis}


@contextmanager
def closing_all(run: Run[Ledger], folder: Path) -> Iterator[Open[Ledger]]:
    """Starts an engine; every ledger that is opened is closed in the end."""
    with ExitStack() as stack:
        open_ledger = stack.enter_context(run(folder))

        def open_and_close(clock: Clock | None) -> Ledger:
            ledger = open_ledger(clock)
            stack.callback(ledger.close)
            return ledger

        yield open_and_close
