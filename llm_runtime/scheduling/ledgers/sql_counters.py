"""A key's row of counters: locked, read, brought up to the present time, and written back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from llm_runtime.clock import Clock
from llm_runtime.scheduling.account import NEVER, Account
from llm_runtime.scheduling.limits import DAY, LimitKey
from llm_runtime.storage.engines import Dialect, Row, Session

_STILL_SECONDS = 1.0
"""A clock that lags behind what was seen by no more than this is taken to stand still; further, to have gone back."""

_RARELY = (
    *("burst_scale", "halved_at", "learned_requests", "learned_until"),
    *("told_requests", "told_input_tokens", "told_output_tokens", "blocked_until"),
    *("day", "broken_until", "broken_by", "window_seconds", "era"),
)
_WITH_EACH_CALL = ("slot_requests", "slot_input_tokens", "slot_output_tokens", "day_count", "next_place")
_HOW_FAR_READ = (
    *("seen", "noted", "forgotten_until"),
    *("used_requests", "used_input_tokens", "used_output_tokens"),
)
_COLUMNS = _RARELY + _WITH_EACH_CALL + _HOW_FAR_READ
_RARE, _LASTING = len(_RARELY), len(_RARELY) + len(_WITH_EACH_CALL)

_SELECT = f"""SELECT id, {", ".join(_COLUMNS)}, {{time}} FROM rate_limit_counters
    WHERE provider = ? AND credential = ? AND model = ? {{for_update}}"""  # noqa: S608 - column names of this file
_INSERT = f"""INSERT INTO rate_limit_counters (provider, credential, model, {", ".join(_COLUMNS)})
    VALUES (?, ?, ?, {", ".join("?" for _ in _COLUMNS)})
    ON CONFLICT (provider, credential, model) DO NOTHING"""  # noqa: S608 - column names of this file
_UPDATE = f"UPDATE rate_limit_counters SET {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE id = ?"  # noqa: S608
_UPDATE_OFTEN = (
    f"""UPDATE rate_limit_counters SET {", ".join(f"{name} = ?" for name in _COLUMNS[_RARE:])} WHERE id = ?"""  # noqa: S608
)
_SHIFT_ENTRIES = """UPDATE scheduled_requests SET at = at - ?, era = ?
    WHERE key_id = ? AND era = ? AND at > ?"""
_SHIFT_QUEUE = "UPDATE scheduled_requests SET due = due - ? WHERE key_id = ? AND due IS NOT NULL"


@dataclass(slots=True)
class Counters:
    """One key's row.

    Attributes:
        key_id: Its number.
        account: What the rules read and write.
        window_seconds: The longest window that the key was asked for.
        era: Entries of an earlier one do not count: the ledger's clock has gone back since.
        noted: Seconds since 1970 at which the row was written.
        forgotten_until: Entries later than this are in ``used``; no other is looked at again.
        used: Sums of requests, input tokens and output tokens.
        now: Seconds on the ledger's clock, never less than ``account.seen``.
        unix: Seconds since 1970.
        before: The row as it was read; what is the same is not written again.
    """

    key_id: int
    account: Account
    window_seconds: float
    era: int
    noted: float
    forgotten_until: float
    used: list[float]
    now: float = 0.0
    unix: float = 0.0
    before: Row = ()

    def save(self, session: Session, *, force: bool) -> None:
        """Write the row back.

        Args:
            session: The transaction under way.
            force: Write although the account is what it was: entries have changed.
        """
        self.account.seen, self.noted = self.now, self.unix
        row = _row(self)
        if row[:_RARE] != self.before[:_RARE]:
            session.write(_UPDATE, (*row, self.key_id))
        elif force or row[:_LASTING] != self.before:
            session.write(_UPDATE_OFTEN, (*row[_RARE:], self.key_id))


def open_counters(session: Session, key: LimitKey, clock: Clock | None) -> Counters:
    """Lock a key's row, made if it is missing; nobody else can operate on the key until the transaction ends.

    Args:
        session: The transaction under way.
        key: Whose row.
        clock: Tells the time; None for the database's own clock.
    """
    select, name = _select(session.dialect), (key.provider, key.credential, key.model)
    found = session.read(select, name)
    if not found:
        session.write(_INSERT, (*name, *_row(Counters(0, Account(), 0.0, 0, 0.0, NEVER, [0.0, 0.0, 0.0]))))
        found = session.read(select, name)
    counters = _counters(found[0])
    # Read under the lock: a time from before it was waited for would be earlier than what others have written since.
    if clock is None:
        counters.now = counters.unix = found[0][-1]
    else:
        counters.now, counters.unix = clock.monotonic(), clock.now().timestamp()
    _keep_up(session, counters)
    return counters


@cache
def _select(dialect: Dialect) -> str:
    return _SELECT.format(time=dialect.time, for_update=dialect.for_update)


def _keep_up(session: Session, counters: Counters) -> None:
    """Let a clock that lags stand still, and shift what is stored if it has gone back.

    That happens when the machine was started anew (its clock counts from then), or somebody set the server's clock.
    What was stored then counts as if it had gone on, by as much as the calendar says that has passed since: nobody
    waits longer than the window, nothing that was sent a moment ago is forgotten, and after a long pause all is gone.
    """
    account = counters.account
    today = int(counters.unix // DAY)
    if account.day > today + 1:
        account.day = today
    if counters.now >= account.seen:
        return
    if counters.now >= account.seen - _STILL_SECONDS:
        counters.now = account.seen
        return
    back = account.seen - counters.now + max(0.0, counters.unix - counters.noted)
    session.write(_SHIFT_ENTRIES, (back, counters.era + 1, counters.key_id, counters.era, counters.forgotten_until))
    session.write(_SHIFT_QUEUE, (back, counters.key_id))
    counters.era += 1
    counters.forgotten_until = _earlier(counters.forgotten_until, back)
    account.slots = [_earlier(slot, back) for slot in account.slots]
    for name in ("halved_at", "learned_until", "blocked_until", "broken_until"):
        setattr(account, name, _earlier(getattr(account, name), back))


def _earlier(moment: float, seconds: float) -> float:
    return moment if moment == NEVER else moment - seconds


def _row(counters: Counters) -> Row:
    """Values in the order of ``_COLUMNS``."""
    account = counters.account
    return (
        account.burst_scale,
        account.halved_at,
        account.learned_requests,
        account.learned_until,
        *account.told,
        account.blocked_until,
        account.day,
        account.broken_until,
        account.broken_by,
        counters.window_seconds,
        counters.era,
        *account.slots,
        account.day_count,
        account.next_place,
        account.seen,
        counters.noted,
        counters.forgotten_until,
        *counters.used,
    )


def _counters(found: Row) -> Counters:
    """The opposite of ``_row``, with the key's number before it and the database's time behind it."""
    row = found[1:-1]
    account = Account(
        burst_scale=row[0],
        halved_at=row[1],
        learned_requests=row[2],
        learned_until=row[3],
        told=list(row[4:7]),
        blocked_until=row[7],
        day=row[8],
        broken_until=row[9],
        broken_by=row[10],
        slots=list(row[13:16]),
        day_count=row[16],
        next_place=row[17],
        seen=row[18],
    )
    return Counters(
        key_id=found[0],
        account=account,
        window_seconds=row[11],
        era=row[12],
        noted=row[19],
        forgotten_until=row[20],
        used=list(row[21:24]),
        before=row[:_LASTING],
    )
