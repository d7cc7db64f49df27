"""A SQLite file in WAL mode, for the processes of one machine: how it is opened, and what its errors mean."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from llm_runtime.storage.wal import switch_to_wal

LOCK_SECONDS = 15.0
"""How long another process's transaction is waited for: what is to be written was paid for."""

_LEAST_BYTES = 65_536
_CURES = {
    sqlite3.SQLITE_BUSY: f"was locked for more than {LOCK_SECONDS:.0f} s; see which process holds it (fuser)",
    sqlite3.SQLITE_READONLY: "cannot be written; give this user the right to write it and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; see that its folder exists and that this user may write there",
    sqlite3.SQLITE_PERM: "cannot be opened; give this user the right to write it and its folder",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; make room",
    sqlite3.SQLITE_IOERR: "cannot be read or written; see the disk (full, read-only or gone?)",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup, or move it away and a new one is made",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; name another file in DATABASE_URL",
}


class SqliteFile:
    """A file; made, readable for its user alone, where it is missing.

    Args:
        path: What follows ``sqlite://`` in the URL: a slash, then the path.
        unusable: What is raised where that names no file.
        durable: Whether what is committed survives a loss of power, too.

    Raises:
        Exception: ``unusable``.
    """

    dialect = "sqlite"
    remote = False
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: str, unusable: type[Exception], *, durable: bool) -> None:
        if len(path) < 2 or not path.startswith("/") or path == "/:memory:" or "\0" in path:  # noqa: PLR2004 - a slash and a name
            msg = "sqlite:// names no file; set DATABASE_URL to sqlite:///relative or sqlite:////absolute"
            raise unusable(msg)
        self._path = Path(path[1:])
        self.name = str(self._path)
        self._durable = durable

    def connect(self) -> sqlite3.Connection:
        """Open the file.

        Threads take turns, so ``check_same_thread`` may be off. With ``synchronous=NORMAL`` the last transactions may
        be gone after a loss of power (https://www.sqlite.org/pragma.html#pragma_synchronous), with FULL none is.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(self._path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            switch_to_wal(connection, LOCK_SECONDS)
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def begin(self, *, writes: bool) -> str:
        """Starts a transaction; one that writes takes the lock at once, for one that has read cannot wait for it."""
        return "BEGIN IMMEDIATE" if writes else "BEGIN"

    def explain(self, error: BaseException | None) -> str:
        """One line with the cure."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_IOERR and self._disk_is_full():
            code = sqlite3.SQLITE_FULL
        # SQLite's own words about anything else may repeat a value.
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        return f"the store {self.name} {_CURES.get(code, f'does not take the work ({name}); please report it')}"

    def _disk_is_full(self) -> bool:
        """Whether there is no room; SQLite says so of the file alone, not of those that it keeps beside it."""
        try:
            return shutil.disk_usage(self._path.parent).free < _LEAST_BYTES
        except OSError:
            return False
