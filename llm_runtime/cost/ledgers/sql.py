"""The accounts of all processes that share a database: SQLite on one machine, PostgreSQL on several."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, TypeVar

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.cost.accounts import (
    REMEMBERED_SECONDS,
    Account,
    Balance,
    Held,
    Hold,
    Refused,
    cap_nanos,
    from_nanos,
    to_nanos,
)
from llm_runtime.cost.ledgers.sql_schema import create_tables
from llm_runtime.storage.sql import Database, Session

T = TypeVar("T")

_FORGOTTEN_AT_ONCE = 16

_FIND = "SELECT id, spent_nanos, open_nanos, forget_at FROM budget_accounts WHERE name = ? {for_update}"
_OPEN = """INSERT INTO budget_accounts (name, spent_nanos, open_nanos, keep_seconds, forget_at)
    VALUES (?, 0, 0, ?, ?) ON CONFLICT (name) DO NOTHING"""
_SAVE = "UPDATE budget_accounts SET spent_nanos = ?, open_nanos = ?, keep_seconds = ?, forget_at = ? WHERE id = ?"
_READ = "UPDATE budget_accounts SET forget_at = ? + keep_seconds WHERE name = ?"
_ALIVE = "SELECT CAST(COALESCE(SUM(nanos), 0) AS BIGINT) FROM budget_holds WHERE account_id = ? AND lease_until > ?"
_HELD = "SELECT nanos FROM budget_holds WHERE account_id = ? AND hold = ?"
_HOLD = "INSERT INTO budget_holds (account_id, hold, nanos, lease_until) VALUES (?, ?, ?, ?)"
_LET_GO = "DELETE FROM budget_holds WHERE account_id = ? AND hold = ?"
_SETTLED = "SELECT 1 FROM budget_settlements WHERE hold = ?"
_SETTLE = "INSERT INTO budget_settlements (hold, settled_at) VALUES (?, ?) ON CONFLICT (hold) DO NOTHING"
_FORGET_SETTLED = """DELETE FROM budget_settlements WHERE hold IN (
    SELECT hold FROM budget_settlements WHERE settled_at < ? ORDER BY settled_at LIMIT ? {skip_locked})"""
_NOTED = "SELECT 1 FROM budget_notes WHERE account_id = ? AND note = ?"
_NOTE = "INSERT INTO budget_notes (account_id, note) VALUES (?, ?)"
_UNUSED = "SELECT id FROM budget_accounts WHERE forget_at < ? ORDER BY forget_at LIMIT ? {skip_locked}"


class _Row(NamedTuple):
    """An account, locked for the transaction."""

    id: int
    spent: int
    open: int


class SqlAccounts:
    """An account ledger in a SQL database. Every operation is one transaction that holds the accounts' rows.

    Time is the calendar's: money is counted for days and months, over restarts. PostgreSQL keeps its server's.

    Args:
        url: ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://…`` (with the extra ``postgres``).
        clock: Tells the time instead of the machine's or the server's clock; then for all who share the ledger.

    Raises:
        LedgerUnavailable: The URL names no database, or its driver is not installed.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> ledger = SqlAccounts(f"sqlite:///{folder.name}/money.db")
        >>> day = Account(name="repository:acme/shop:2026-11-21", cap_usd=Decimal(5))
        >>> hold = Hold(id="one", accounts=(day,), amount=Decimal("0.40"), lease_seconds=600)
        >>> answer = ledger.hold(hold)
        >>> (balance,) = ledger.settle(hold, Decimal("0.10"))
        >>> balance.spent, balance.held
        (Decimal('0.100000000'), Decimal('0E-9'))
        >>> ledger.close()
        >>> folder.cleanup()
    """

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self._clock = clock or (SystemClock() if url.startswith("sqlite:") else None)
        self._database = Database(url, create_tables)

    def hold(self, hold: Hold) -> Held | Refused:
        """Set the amount aside in all accounts of the hold, or in none.

        Raises:
            LedgerUnavailable: The database cannot be used.
        """

        def work(session: Session, now: float) -> Held | Refused:
            rows = _locked(session, hold.accounts, now)
            amount = to_nanos(hold.amount)
            if session.read(_SETTLED, (hold.id,)) or any(
                session.read(_HELD, (row.id, hold.id)) for row in rows.values()
            ):
                return Held(balances=_balances(session, hold, rows, now))
            for account in hold.accounts:
                row = rows[account.name]
                if row.spent + row.open + amount > cap_nanos(account.cap_usd):
                    return Refused(balances=_balances(session, hold, rows, now))
            for account in hold.accounts:
                row = rows[account.name]
                session.write(_HOLD, (row.id, hold.id, amount, now + hold.lease_seconds))
                rows[account.name] = _saved(session, account, row._replace(open=row.open + amount), now)
            return Held(balances=_balances(session, hold, rows, now))

        return self._operate(work)

    def settle(self, hold: Hold, cost: Decimal) -> tuple[Balance, ...]:
        """Replace the amount by what the call really cost.

        Raises:
            ValueError: The cost is negative.
            LedgerUnavailable: The database cannot be used.
        """
        if cost < 0:
            msg = f"a call cannot cost ${cost}; take an amount that is not negative"
            raise ValueError(msg)

        def work(session: Session, now: float) -> tuple[Balance, ...]:
            rows = _locked(session, hold.accounts, now)
            forget = _FORGET_SETTLED.format(skip_locked=session.dialect.skip_locked)
            session.write(forget, (now - REMEMBERED_SECONDS, _FORGOTTEN_AT_ONCE))
            if not session.read(_SETTLED, (hold.id,)):
                for account in hold.accounts:
                    row = rows[account.name]
                    held = session.read(_HELD, (row.id, hold.id))
                    session.write(_LET_GO, (row.id, hold.id))
                    row = row._replace(
                        spent=row.spent + to_nanos(cost), open=row.open - sum(nanos for (nanos,) in held)
                    )
                    rows[account.name] = _saved(session, account, row, now)
                session.write(_SETTLE, (hold.id, now))
            return _balances(session, hold, rows, now)

        return self._operate(work)

    def balance(self, account: str) -> Balance:
        """What is gone from an account."""

        def work(session: Session, now: float) -> Balance:
            session.write(_READ, (now, account))
            found = session.read(_FIND.format(for_update=""), (account,))
            return _balance(session, account, _Row(*found[0][:3]), now) if found else Balance(account=account)

        return self._operate(work)

    def first(self, account: Account, note: str) -> bool:
        """Leave a note at an account: True for the first who leaves it."""

        def work(session: Session, now: float) -> bool:
            row = _locked(session, (account,), now)[account.name]
            if session.read(_NOTED, (row.id, note)):
                return False
            session.write(_NOTE, (row.id, note))
            return True

        return self._operate(work)

    def close(self) -> None:
        """Close the connections of this process."""
        self._database.close()

    def _operate(self, act: Callable[[Session, float], T]) -> T:
        def work(session: Session) -> T:
            if self._clock is not None:
                return act(session, self._clock.now().timestamp())
            ((now,),) = session.read(f"SELECT {session.dialect.time}")
            return act(session, now)

        return self._database.run(work)


def _locked(session: Session, accounts: tuple[Account, ...], now: float) -> dict[str, _Row]:
    """The accounts by name, opened if they are new; all who want several lock them in the same order."""
    find = _FIND.format(for_update=session.dialect.for_update)
    rows = {}
    for account in sorted(accounts, key=lambda each: each.name):
        found = session.read(find, (account.name,))
        if found and found[0][3] < now:
            _forget(session, found[0][0])
            found = []
        if not found:
            _forget_unused(session, now)
            session.write(_OPEN, (account.name, account.keep_seconds, now + account.keep_seconds))
            found = session.read(find, (account.name,))
        rows[account.name] = _saved(session, account, _Row(*found[0][:3]), now)
    return rows


def _saved(session: Session, account: Account, row: _Row, now: float) -> _Row:
    session.write(_SAVE, (row.spent, row.open, account.keep_seconds, now + account.keep_seconds, row.id))
    return row


def _forget_unused(session: Session, now: float) -> None:
    """Forget some of the accounts that nobody has used for so long as they asked for."""
    unused = _UNUSED.format(skip_locked=session.dialect.skip_locked)
    for (number,) in session.read(unused, (now, _FORGOTTEN_AT_ONCE)):
        _forget(session, number)


def _forget(session: Session, number: int) -> None:
    session.write("DELETE FROM budget_holds WHERE account_id = ?", (number,))
    session.write("DELETE FROM budget_notes WHERE account_id = ?", (number,))
    session.write("DELETE FROM budget_accounts WHERE id = ?", (number,))


def _balances(session: Session, hold: Hold, rows: dict[str, _Row], now: float) -> tuple[Balance, ...]:
    return tuple(_balance(session, account.name, rows[account.name], now) for account in hold.accounts)


def _balance(session: Session, name: str, row: _Row, now: float) -> Balance:
    ((alive,),) = session.read(_ALIVE, (row.id, now))
    return Balance(account=name, spent=from_nanos(row.spent + row.open - alive), held=from_nanos(alive))
