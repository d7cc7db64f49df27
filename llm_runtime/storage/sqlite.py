"""SQLite in WAL mode, for the processes of one machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from llm_runtime.errors import LedgerUnavailable
from llm_runtime.storage.engines import PATIENCE_SECONDS, Dialect, Row
from llm_runtime.storage.wal import switch_to_wal

DIALECT = Dialect(identity="INTEGER PRIMARY KEY", for_update="", skip_locked="", hasty="", time="NULL")
_CURES = {
    sqlite3.SQLITE_BUSY: f"was locked for more than {PATIENCE_SECONDS:.0f} s; see which process holds it (fuser)",
    sqlite3.SQLITE_READONLY: "cannot be written; give this user the right to write it and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; see that its folder exists and that this user may write there",
    sqlite3.SQLITE_PERM: "cannot be opened; give this user the right to write it and its folder",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; make room",
    sqlite3.SQLITE_IOERR: "cannot be read or written; see the disk (full, read-only or gone?)",
    sqlite3.SQLITE_CORRUPT: "is damaged; move it away and a new one is made",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; name another file",
}


class SqliteEngine:
    """A file.

    One connection serves all threads of a process: SQLite lets only one write at a time, and threads that wait for each
    other here need not poll the file for its lock.

    Args:
        path: What follows ``sqlite://`` in the URL: a slash, then the path.
    """

    connections = 1
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: str) -> None:
        if len(path) < 2 or not path.startswith("/") or path == "/:memory:":  # noqa: PLR2004 - a slash and a name
            raise LedgerUnavailable(f"sqlite://{path} names no file; take sqlite:///relative or sqlite:////absolute")
        self._path = Path(path[1:])

    def connect(self) -> SqliteSession:
        """Open the file, made if it is missing.

        Threads take turns, so ``check_same_thread`` may be off. ``synchronous=NORMAL`` keeps what was committed when
        a process dies; when the machine loses its power the last moment may be gone.
        """
        connection = sqlite3.connect(
            self._path, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        try:
            switch_to_wal(connection, PATIENCE_SECONDS)
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error:
            connection.close()
            raise
        return SqliteSession(connection)

    def explain(self, error: Exception) -> LedgerUnavailable:
        """One line with the cure."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return LedgerUnavailable(f"the ledger {self._path} {_CURES.get(code, f'does not take the work: {error}')}")

    def lost(self, error: Exception) -> bool:  # noqa: ARG002 - no error means it
        """There is no connection that could be cut."""
        return False


class SqliteSession:
    """One connection."""

    dialect = DIALECT

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # One cursor for all: no result is left unread, and a new one for each statement costs as much as some of them.
        self._execute = connection.cursor().execute

    def begin(self) -> None:
        """Start a transaction that may write: nobody else can from now on."""
        self._execute("BEGIN IMMEDIATE")

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        return self._execute(sql, values).fetchall()

    def write(self, sql: str, values: Sequence[object] = ()) -> None:
        """Execute a statement."""
        self._execute(sql, values)

    def commit(self) -> None:
        """End the transaction; it counts."""
        self._execute("COMMIT")

    def rollback(self) -> None:
        """End the transaction; nothing of it counts."""
        self._execute("ROLLBACK")

    def close(self) -> None:
        """Close the file; a transaction under way does not count."""
        self._connection.close()
