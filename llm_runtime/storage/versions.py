"""Which version of its tables each room of a database has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llm_runtime.errors import LedgerUnavailable
from llm_runtime.storage.engines import Transaction

_TABLE = """CREATE TABLE IF NOT EXISTS ledger_versions (
    room TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
)"""
_VERSION = "SELECT version FROM ledger_versions WHERE room = ?"
_NONE: Mapping[int, Sequence[str]] = {}
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7823411)"


def create_once(
    session: Transaction,
    room: str,
    version: int,
    statements: Sequence[str],
    migrations: Mapping[int, Sequence[str]] = _NONE,
) -> None:
    """Create a room's tables where they are missing, or bring them to this version; to be called in a transaction.

    Args:
        session: The database.
        room: Whose tables these are.
        version: Their version.
        statements: What creates them as they are in this version.
        migrations: For each version after the first, what makes it out of the one before. Processes that still run the
            version before must be able to go on.

    Raises:
        LedgerUnavailable: The tables were made by a newer version of this program.
    """
    if not _has_versions(session) or not session.read(_VERSION, (room,)):
        _wait_for_turn(session)
        for statement in (_TABLE, *statements):
            session.write(statement)
        session.write(
            "INSERT INTO ledger_versions (room, version) VALUES (?, ?) ON CONFLICT (room) DO NOTHING", (room, version)
        )
    ((found,),) = session.read(_VERSION, (room,))
    if found < version:
        _wait_for_turn(session)
        # Somebody else may have done it meanwhile.
        ((found,),) = session.read(_VERSION, (room,))
        for step in range(found + 1, version + 1):
            for statement in migrations[step]:
                session.write(statement)
        session.write("UPDATE ledger_versions SET version = ? WHERE room = ? AND version < ?", (version, room, version))
    if found > version:
        raise LedgerUnavailable(
            f"the ledger's tables are of version {found}, this program knows {version}; "
            "install the newer program or name another database"
        )


def _wait_for_turn(session: Transaction) -> None:
    """PostgreSQL's CREATE TABLE IF NOT EXISTS fails for one of two who come at once; SQLite has locked the file."""
    if session.dialect.for_update:
        session.read(_ONE_AT_A_TIME)


def _has_versions(session: Transaction) -> bool:
    if session.dialect.for_update:
        return session.read("SELECT to_regclass('ledger_versions')") != [(None,)]
    return bool(session.read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ledger_versions'"))
