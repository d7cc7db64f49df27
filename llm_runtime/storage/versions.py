"""Which version of its tables each room of a database has."""

from __future__ import annotations

from collections.abc import Sequence

from llm_runtime.errors import LedgerUnavailable
from llm_runtime.storage.sql import Session

_TABLE = """CREATE TABLE IF NOT EXISTS ledger_versions (
    room TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
)"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7823411)"


def create_once(session: Session, room: str, version: int, statements: Sequence[str]) -> None:
    """Create a room's tables where they are missing; to be called in a transaction.

    Args:
        session: The database.
        room: Whose tables these are.
        version: Their version; a later one is for a migration to make.
        statements: What creates them.

    Raises:
        LedgerUnavailable: The tables were made by a newer version of this program.
    """
    if not _has_versions(session) or not session.read("SELECT 1 FROM ledger_versions WHERE room = ?", (room,)):
        if session.dialect.for_update:
            # PostgreSQL's CREATE TABLE IF NOT EXISTS fails for one of two who come at once; SQLite has locked the file.
            session.read(_ONE_AT_A_TIME)
        for statement in (_TABLE, *statements):
            session.write(statement)
        session.write(
            "INSERT INTO ledger_versions (room, version) VALUES (?, ?) ON CONFLICT (room) DO NOTHING", (room, version)
        )
    ((found,),) = session.read("SELECT version FROM ledger_versions WHERE room = ?", (room,))
    if found > version:
        raise LedgerUnavailable(
            f"the ledger's tables are of version {found}, this program knows {version}; "
            "install the newer program or name another database"
        )


def _has_versions(session: Session) -> bool:
    if session.dialect.for_update:
        return session.read("SELECT to_regclass('ledger_versions')") != [(None,)]
    return bool(session.read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ledger_versions'"))
