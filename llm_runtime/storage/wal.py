"""SQLite's write-ahead log, with which many read while one writes."""

from __future__ import annotations

import sqlite3
import threading

from llm_runtime.clock import SystemClock

_TRIES_PER_SECOND = 20


def switch_to_wal(connection: sqlite3.Connection, patience_seconds: float) -> None:
    """Switch the journal, which SQLite refuses at once, without waiting, while another process does the same.

    Args:
        connection: Of the file.
        patience_seconds: How long that is tried.

    Raises:
        sqlite3.Error: The file cannot be used, or was locked for so long.
    """
    tries = max(1, round(patience_seconds * _TRIES_PER_SECOND))
    for attempt in range(tries):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == tries - 1:
                raise
            SystemClock().wait(threading.Event(), patience_seconds / tries)
        else:
            return
