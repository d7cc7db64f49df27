"""The tables of an account ledger: accounts, what is held in them, what was settled and what was noted."""

from __future__ import annotations

from llm_runtime.storage.sql import Session
from llm_runtime.storage.versions import create_once

VERSION = 1

_ACCOUNTS = """CREATE TABLE IF NOT EXISTS budget_accounts (
    id {identity},
    name TEXT NOT NULL UNIQUE,
    spent_nanos BIGINT NOT NULL,
    open_nanos BIGINT NOT NULL,
    keep_seconds DOUBLE PRECISION NOT NULL,
    forget_at DOUBLE PRECISION NOT NULL
)"""
_HOLDS = """CREATE TABLE IF NOT EXISTS budget_holds (
    account_id BIGINT NOT NULL,
    hold TEXT NOT NULL,
    nanos BIGINT NOT NULL,
    lease_until DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (account_id, hold)
)"""
_SETTLEMENTS = """CREATE TABLE IF NOT EXISTS budget_settlements (
    hold TEXT NOT NULL PRIMARY KEY,
    settled_at DOUBLE PRECISION NOT NULL
)"""
_NOTES = """CREATE TABLE IF NOT EXISTS budget_notes (
    account_id BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (account_id, note)
)"""
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS budget_accounts_by_end ON budget_accounts (forget_at)",
    "CREATE INDEX IF NOT EXISTS budget_holds_by_lease ON budget_holds (account_id, lease_until)",
    "CREATE INDEX IF NOT EXISTS budget_settlements_by_time ON budget_settlements (settled_at)",
)


def create_tables(session: Session) -> None:
    """Create the tables where they are missing; to be called in a transaction.

    Money is in billionths of a dollar, times are seconds since 1970. ``open_nanos`` is the sum of the account's rows in
    ``budget_holds``, of the living and of the dead.
    """
    tables = [statement.format(identity=session.dialect.identity) for statement in (_ACCOUNTS, _HOLDS)]
    create_once(session, "budgets", VERSION, [*tables, _SETTLEMENTS, _NOTES, *_INDEXES])
