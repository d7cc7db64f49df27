"""A PostgreSQL server, for the processes of several machines: how it is reached, and what its errors mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from llm_runtime.database.database import PATIENCE_SECONDS
from llm_runtime.storage.postgres_cures import cure_of

if TYPE_CHECKING:
    import psycopg

_LOST = ("08", "57P", "25P03")
"""Connections that break, those that an administrator or a restart ends, and those that idled in a transaction."""


class PostgresServer:
    """A server.

    Args:
        url: As psycopg takes it.
        unusable: What is raised where psycopg is not installed, or the URL cannot be read.
        durable: Whether what is committed survives a loss of power, too.

    Raises:
        Exception: ``unusable``.
    """

    dialect = "postgresql+psycopg"
    remote = True

    def __init__(self, url: str, unusable: type[Exception], *, durable: bool) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra, and slow to load
        except ImportError as error:
            msg = "PostgreSQL needs its driver; install it with pip install 'quartet-review[postgres]'"
            raise unusable(msg) from error
        self._psycopg = psycopg
        self._durable = durable
        self.errors: tuple[type[Exception], ...] = (psycopg.Error,)
        try:
            self._conninfo = psycopg.conninfo.make_conninfo(
                url,
                connect_timeout=round(PATIENCE_SECONDS),
                tcp_user_timeout=2 * _milliseconds(),
                application_name="quartet",
            )
            parts = urlsplit(url)
            place = f"{parts.hostname or 'this machine'}{f':{parts.port}' if parts.port else ''}{parts.path}"
        except (psycopg.ProgrammingError, ValueError):
            # Neither the URL nor the driver's words about it are repeated: they hold the password.
            msg = (
                "DATABASE_URL cannot be read; take postgresql://user:password@host:5432/database "
                "and write special characters of the password as %XX"
            )
            raise unusable(msg) from None
        self.name = f"PostgreSQL at {place}"

    def connect(self) -> psycopg.Connection[Any]:
        """Log in."""
        connection = self._psycopg.connect(self._conninfo, autocommit=True)
        try:
            connection.execute(_settings(durable=self._durable).encode())
            connection.autocommit = False
        except self._psycopg.Error:
            connection.close()
            raise
        return connection

    def begin(self, *, writes: bool) -> str:
        """Says of a transaction that only reads that it does; the driver has begun it."""
        return "" if writes else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

    def explain(self, error: BaseException | None) -> str:
        """One line with the cure."""
        state = getattr(error, "sqlstate", None)
        if isinstance(error, self._psycopg.OperationalError) and (state is None or state.startswith(_LOST)):
            told = str(error).strip().splitlines()
            return (
                f"{self.name} cannot be reached ({told[-1].strip() if told else 'no reason given'}); "
                "see that it runs and that user, password and database in DATABASE_URL are right"
            )
        otherwise = f"does not take the work ({type(error).__name__}, {state}); please report it"
        cure = cure_of(state, PATIENCE_SECONDS) or otherwise
        return f"the store, {self.name}, {cure}"


def _milliseconds() -> int:
    return round(PATIENCE_SECONDS * 1_000)


def _settings(*, durable: bool) -> str:
    """A holder that is stopped in the middle of a transaction must not stop everybody else: the server ends it."""
    wait = _milliseconds()
    return (
        f"SET lock_timeout = {wait}; SET statement_timeout = {2 * wait}; "
        f"SET idle_in_transaction_session_timeout = {2 * wait}; SET synchronous_commit = {'on' if durable else 'off'}"
    )
