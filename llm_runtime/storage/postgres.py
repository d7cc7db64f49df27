"""PostgreSQL, for the processes of several machines; the driver is the extra ``postgres``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import urlsplit

from llm_runtime.errors import LedgerUnavailable
from llm_runtime.storage.engines import PATIENCE_SECONDS, Dialect, Row
from llm_runtime.storage.postgres_cures import cure_of

if TYPE_CHECKING:
    import psycopg

DIALECT = Dialect(
    identity="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    for_update="FOR UPDATE",
    skip_locked="FOR UPDATE SKIP LOCKED",
    hasty="SET synchronous_commit = off",
    time="CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)",
)
_MILLISECONDS = round(PATIENCE_SECONDS * 1_000)
# A holder that is stopped in the middle of a transaction must not stop everybody else: the server ends it.
_SETTINGS = (
    f"SET lock_timeout = {_MILLISECONDS}; SET statement_timeout = {2 * _MILLISECONDS}; "
    f"SET idle_in_transaction_session_timeout = {_MILLISECONDS}"
)
_STOPPED_IN_TRANSACTION = "25P03"


class PostgresEngine:
    """A server.

    Raises:
        LedgerUnavailable: psycopg is not installed, or the URL cannot be read.
    """

    connections = 4

    def __init__(self, url: str) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra, and slow to load
        except ImportError as error:
            raise LedgerUnavailable(
                "PostgreSQL needs its driver; install it with pip install 'quartet-review[postgres]'"
            ) from error
        self._psycopg = psycopg
        self.errors: tuple[type[Exception], ...] = (psycopg.Error,)
        try:
            self._conninfo = psycopg.conninfo.make_conninfo(
                url,
                connect_timeout=round(PATIENCE_SECONDS),
                tcp_user_timeout=2 * _MILLISECONDS,
                application_name="quartet",
            )
            parts = urlsplit(url)
            self._name = f"{parts.hostname or 'this machine'}{f':{parts.port}' if parts.port else ''}{parts.path}"
        except (psycopg.ProgrammingError, ValueError):
            # Neither the URL nor the driver's words about it are repeated: they hold the password.
            raise LedgerUnavailable(
                "the ledger's URL cannot be read; take postgresql://user:password@host:5432/database "
                "and write special characters of the password as %XX"
            ) from None

    def connect(self) -> PostgresSession:
        """Log in."""
        connection = self._psycopg.connect(self._conninfo, autocommit=True)
        try:
            connection.execute(_SETTINGS)
        except self._psycopg.Error:
            connection.close()
            raise
        return PostgresSession(connection)

    def explain(self, error: Exception) -> LedgerUnavailable:
        """One line with the cure."""
        state = getattr(error, "sqlstate", None)
        if state is None or self.lost(error):
            told = str(error).strip().splitlines()
            return LedgerUnavailable(
                f"PostgreSQL at {self._name} cannot be reached ({told[-1].strip() if told else 'no reason given'}); "
                "see that it runs and that user, password and database in the URL are right"
            )
        otherwise = f"does not take the work: {str(error).strip().splitlines()[0]} ({state})"
        cure = cure_of(state, PATIENCE_SECONDS) or otherwise
        return LedgerUnavailable(f"PostgreSQL at {self._name} {cure}")

    def lost(self, error: Exception) -> bool:
        """Whether the connection was cut: the server is gone, was restarted, or ended the session."""
        state = getattr(error, "sqlstate", None)
        # Class 08 are connections that break, 57P those that an administrator or a restart ends.
        ends = ("08", "57P", _STOPPED_IN_TRANSACTION)
        cut = isinstance(error, self._psycopg.OperationalError | self._psycopg.InterfaceError)
        return cut and (state is None or state.startswith(ends))


class PostgresSession:
    """One connection, which sends what only writes together with what follows."""

    dialect = DIALECT

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._unsent: list[tuple[str, Sequence[object]]] = []

    def begin(self) -> None:
        """Start a transaction."""
        self._unsent = [("BEGIN", ())]

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query; it sees what was written before."""
        if not self._unsent:
            return self._connection.execute(_native(sql), values).fetchall()
        with self._connection.pipeline():
            self._send()
            return self._connection.execute(_native(sql), values).fetchall()

    def write(self, sql: str, values: Sequence[object] = ()) -> None:
        """Execute a statement before the next one that reads or ends the transaction."""
        self._unsent.append((sql, values))

    def commit(self) -> None:
        """End the transaction; it counts."""
        self._unsent.append(("COMMIT", ()))
        with self._connection.pipeline():
            self._send()

    def rollback(self) -> None:
        """End the transaction; nothing of it counts."""
        self._unsent = []
        self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Log out; a transaction under way does not count."""
        self._connection.close()

    def _send(self) -> None:
        unsent, self._unsent = self._unsent, []
        for sql, values in unsent:
            self._connection.execute(_native(sql), values)


@lru_cache(maxsize=256)
def _native(sql: str) -> LiteralString:
    return sql.replace("?", "%s")
