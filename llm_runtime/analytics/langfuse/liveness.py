"""Whether an export is still being made: the operating system and the server know when a process is gone, at once.

On SQLite a run locks a file of its own beside the database, on PostgreSQL it holds an advisory lock of its session.
Both end with the process, however it ends. Where a pooler keeps sessions (PgBouncer), a dead run may look alive; that
costs nothing but its row's word.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, func, select

from llm_runtime.database.database import Database

_TURN_MS = 60_000


@contextmanager
def alive(database: Database, run: str) -> Iterator[None]:
    """Say of a run that it is being made, as long as the block lasts.

    Raises:
        Exception: The database's ``faults.down``.
    """
    with database.reading() as connection:
        path = _file(database, connection, run)
    if path is not None:
        with _locked(path):
            yield
        return
    with database.writing() as connection:
        connection.execute(select(func.pg_advisory_lock(_key(run))))
    try:
        yield
    finally:
        # A session that is gone has let go of it already.
        with suppress(database.faults.down), database.writing() as connection:
            connection.execute(select(func.pg_advisory_unlock(_key(run))))


def is_alive(database: Database, connection: Connection, run: str) -> bool:
    """Whether a run is being made, by any process."""
    if (path := _file(database, connection, run)) is not None:
        return _is_locked(path)
    got = connection.execute(select(func.pg_try_advisory_lock(_key(run)))).scalar_one()
    if got:
        connection.execute(select(func.pg_advisory_unlock(_key(run))))
    return not got


def take_turns(connection: Connection) -> None:
    """Let no other export write before this transaction ends; SQLite lets nobody write then anyway.

    A page of many calls may take seconds, so the wait for it may be longer than the usual one for a lock.
    """
    if connection.dialect.name == "postgresql":
        for name in ("lock_timeout", "statement_timeout"):
            connection.execute(select(func.set_config(name, str(_TURN_MS), True)))
        connection.execute(select(func.pg_advisory_xact_lock(_key("turn"))))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(file)


def _is_locked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(file)


def _file(database: Database, connection: Connection, run: str) -> Path | None:
    """The file to lock; None where a server keeps the locks."""
    return Path(f"{database.name}-export-{run}") if connection.dialect.name == "sqlite" else None


def _key(name: str) -> int:
    """Eight bytes, as PostgreSQL has them; exports of one database alone meet under it."""
    return int.from_bytes(hashlib.sha256(f"quartet export {name}".encode()).digest()[:8], signed=True)
