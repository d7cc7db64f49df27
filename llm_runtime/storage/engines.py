"""What a SQL database is to those who keep accounts in it: the ports of its engines, and which of them a URL names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from llm_runtime.addresses import scheme_of
from llm_runtime.errors import LedgerUnavailable

Row = tuple[Any, ...]

PATIENCE_SECONDS = 5.0
"""How long a locked database, or a connection that others use, is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """In what two engines differ.

    Attributes:
        identity: Type of a column that numbers rows in the order in which they were written.
        for_update: Ends a SELECT whose rows nobody else may touch until the transaction ends.
        skip_locked: The same, leaving out rows that somebody else holds.
        hasty: A statement after which this connection does not wait for the disk when it commits; empty where it does
            not anyway. Nobody else sees a difference, but what was committed in the last second before the database's
            machine fails may be gone.
        time: An expression for the engine's clock in seconds since 1970; NULL where it has none to offer.
    """

    identity: str
    for_update: str
    skip_locked: str
    hasty: str
    time: str


class Transaction(Protocol):
    """A transaction that somebody has begun and will end. Values stand for ``?`` in this order."""

    @property
    def dialect(self) -> Dialect:
        """How it wants to be spoken to."""
        ...

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query; it sees what was written before."""
        ...

    def write(self, sql: str, values: Sequence[object] = ()) -> None:
        """Execute a statement, now or at the latest before the next one that reads or ends the transaction."""
        ...


class Session(Transaction, Protocol):
    """One connection, in the hands of one thread."""

    def begin(self) -> None:
        """Start a transaction."""
        ...

    def commit(self) -> None:
        """End the transaction; it counts."""
        ...

    def rollback(self) -> None:
        """End the transaction; nothing of it counts."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Engine(Protocol):
    """A kind of database.

    Attributes:
        connections: Most connections of one process.
        errors: What its driver raises.
    """

    connections: int
    errors: tuple[type[Exception], ...]

    def connect(self) -> Session:
        """Open a connection."""
        ...

    def explain(self, error: Exception) -> LedgerUnavailable:
        """One line with the cure, without the password."""
        ...

    def lost(self, error: Exception) -> bool:
        """Whether the connection was cut, so that a new one may do."""
        ...


def engine_of(url: str) -> Engine:
    """The engine that a URL names; its driver is imported now.

    Raises:
        LedgerUnavailable: No such engine, or its driver is not installed.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite":
        from llm_runtime.storage.sqlite import SqliteEngine  # noqa: PLC0415 - siblings are loaded when they are used

        return SqliteEngine(rest)
    if separator and scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        from llm_runtime.storage.postgres import PostgresEngine  # noqa: PLC0415 - psycopg is an extra

        return PostgresEngine("postgresql://" + rest)
    raise LedgerUnavailable(
        f"no ledger is known for a URL that begins with {scheme_of(url)!r}; "
        "take sqlite:///file or postgresql://user:password@host/database"
    )
