"""One key's account in SQL, opened for one transaction: read as far as it is needed, written once at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from llm_runtime.scheduling.account import Account, Amounts, Entry, Waiting
from llm_runtime.scheduling.ledger import Priority
from llm_runtime.scheduling.ledgers.sql_counters import Counters
from llm_runtime.storage.engines import Row, Session

_COLUMNS = (
    *("state", "noted", "era", "at", "requests", "input_tokens", "output_tokens", "rejected"),
    *("due", "priority", "place", "asked_requests", "asked_input_tokens", "asked_output_tokens"),
    *("moved_requests", "moved_input_tokens", "moved_output_tokens"),
)
_NOTHING = Amounts()
_FIRST = 8
_LAST_ID = 2**63 - 1

_FIND = f"SELECT {', '.join(_COLUMNS)} FROM scheduled_requests WHERE key_id = ? AND ticket = ?"  # noqa: S608
_WRITE = f"""INSERT INTO scheduled_requests (key_id, ticket, {", ".join(_COLUMNS)})
    VALUES (?, ?, {", ".join("?" for _ in _COLUMNS)})
    ON CONFLICT (key_id, ticket) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}"""  # noqa: S608 - column names of this file
_OLDEST = """SELECT at, id, ticket, requests, input_tokens, output_tokens, rejected FROM scheduled_requests
    WHERE key_id = ? AND era = ? AND at >= ? AND (at > ? OR id > ?) ORDER BY at, id LIMIT ?"""
_ACCEPTED = """SELECT COALESCE(SUM(requests), 0) FROM scheduled_requests
    WHERE key_id = ? AND era = ? AND at > ? AND rejected = 0"""
_AHEAD = """SELECT ticket, priority, place, asked_requests, asked_input_tokens, asked_output_tokens, due
    FROM scheduled_requests WHERE key_id = ? AND due IS NOT NULL AND (priority, place) < (?, ?)
    ORDER BY priority, place, ticket"""
_BURY = """UPDATE scheduled_requests SET due = NULL, state = 'lost', noted = ?
    WHERE key_id = ? AND due < ? AND (priority, place) < (?, ?)"""


@dataclass(slots=True)
class _Request:
    """A row of ``scheduled_requests``: in the window if ``at`` is set, in the queue if ``due`` is."""

    state: str
    at: float | None = None
    amounts: Amounts = _NOTHING
    rejected: bool = False
    due: float | None = None
    priority: int | None = None
    place: int | None = None
    asked: Amounts | None = None
    moved: Amounts = _NOTHING


class SqlBook:
    """Keeps the port of the rules over SQL.

    The sums of the window are in the key's row; only entries that have left the window since are looked for, along an
    index, so an operation costs the same however many calls the window holds.

    Args:
        session: The transaction under way.
        counters: The key's row.
        ticket: The call that the operation is about; empty when it is about the key.
        priority: Its priority.
    """

    def __init__(
        self, session: Session, counters: Counters, ticket: str = "", priority: Priority | None = None
    ) -> None:
        self.account: Account = counters.account
        self._session = session
        self._counters = counters
        self._ticket = ticket
        self._priority = priority
        self._known: dict[str, _Request | None] = {}
        self._changed: dict[str, _Request] = {}
        self._read: list[tuple[int, Entry]] = []
        self._read_all = False
        self._wrote = False

    def used(self, since: float) -> Amounts:
        """Sum of all entries later than ``since``; older ones are forgotten."""
        counters = self._counters
        gone = 0
        for entry in self._entries():
            if entry.at > since:
                break
            gone += 1
            _add(counters.used, entry.amounts, -1)
        del self._read[:gone]
        counters.forgotten_until = max(counters.forgotten_until, since)
        return Amounts(*counters.used)

    def oldest(self, since: float) -> Iterator[Entry]:
        """Entries later than ``since``, the oldest first, read as far as they are needed."""
        return (entry for entry in self._entries() if entry.at > since)

    def accepted(self, since: float) -> int:
        """Requests later than ``since`` that were not rejected."""
        counters = self._counters
        self._flush()
        since = max(since, counters.forgotten_until)
        ((count,),) = self._session.read(_ACCEPTED, (counters.key_id, counters.era, since))
        return int(count)

    def entry(self, ticket: str) -> Entry | None:
        """What a call counts as."""
        request = self._find(ticket)
        if request is None or not self._counts(request) or request.at is None:
            return None
        return Entry(ticket, request.at, request.amounts, request.rejected, request.moved)

    def put(self, entry: Entry) -> None:
        """Write an entry; one with the same ticket is replaced."""
        request = self._find(entry.ticket) or _Request("")
        again = self._counts(request)
        if again:
            _add(self._counters.used, request.amounts, -1)
        request.state = self._state(entry, again=again)
        request.at, request.amounts, request.rejected = entry.at, entry.amounts, entry.rejected
        request.moved = entry.moved
        if entry.ticket == self._ticket and not again:
            request.asked = request.asked or entry.amounts
            request.priority = self._priority if request.priority is None else request.priority
        if self._counts(request):
            _add(self._counters.used, request.amounts, 1)
        self._change(entry.ticket, request)

    def drop(self, ticket: str) -> None:
        """Remove a call's entry, if it is there."""
        request = self._find(ticket)
        if request is None or not self._counts(request):
            return
        _add(self._counters.used, request.amounts, -1)
        request.at, request.state = None, "released"
        self._change(ticket, request)

    def ahead(self, priority: Priority, place: int, alive: float) -> list[Waiting]:
        """Calls that go before this one, in their order; the dead are taken out of the queue."""
        key_id = self._counters.key_id
        self._flush()
        rows = self._session.read(_AHEAD, (key_id, int(priority), place))
        living = [row for row in rows if row[6] >= alive]
        if len(living) < len(rows):
            self._session.write(_BURY, (self._counters.unix, key_id, alive, int(priority), place))
            self._wrote = True
        return [Waiting(row[0], Priority(row[1]), row[2], Amounts(*row[3:6]), row[6]) for row in living]

    def enqueue(self, waiting: Waiting) -> None:
        """Put a call into the queue, or give it another ``due``."""
        request = self._find(waiting.ticket) or _Request("waiting")
        request.state, request.due, request.asked = "waiting", waiting.due, waiting.amounts
        request.priority, request.place = int(waiting.priority), waiting.place
        self._change(waiting.ticket, request)

    def dequeue(self, ticket: str) -> None:
        """Take a call out of the queue, if it is there."""
        request = self._find(ticket)
        if request is not None and request.due is not None:
            request.due, request.state = None, "left"
            self._change(ticket, request)

    def save(self, window: float) -> None:
        """Write what has changed.

        Args:
            window: Seconds of the window that the key was asked for.
        """
        self._counters.window_seconds = max(self._counters.window_seconds, window)
        self._flush()
        self._counters.save(self._session, force=self._wrote)

    def _entries(self) -> Iterator[Entry]:
        """What counts, the oldest first; every step reads eight times as much as the one before."""
        counters = self._counters
        index, limit = 0, _FIRST
        while True:
            while index < len(self._read):
                yield self._read[index][1]
                index += 1
            if self._read_all:
                return
            self._flush()
            at, number = (
                (self._read[-1][1].at, self._read[-1][0]) if self._read else (counters.forgotten_until, _LAST_ID)
            )
            rows = self._session.read(_OLDEST, (counters.key_id, counters.era, at, at, number, limit))
            self._read += [(row[1], Entry(row[2], row[0], Amounts(*row[3:6]), bool(row[6]))) for row in rows]
            self._read_all = len(rows) < limit
            limit *= _FIRST

    def _find(self, ticket: str) -> _Request | None:
        if ticket not in self._known:
            rows = self._session.read(_FIND, (self._counters.key_id, ticket))
            self._known[ticket] = _request(rows[0], self._counters.era) if rows else None
        return self._known[ticket]

    def _counts(self, request: _Request) -> bool:
        return request.at is not None and request.at > self._counters.forgotten_until

    def _state(self, entry: Entry, *, again: bool) -> str:
        if entry.ticket != self._ticket:
            return "output" if self._ticket else "others"
        if entry.rejected:
            return "rejected"
        return "answered" if again else "granted"

    def _change(self, ticket: str, request: _Request) -> None:
        self._known[ticket] = self._changed[ticket] = request
        self._read, self._read_all = [], False

    def _flush(self) -> None:
        changed, self._changed = self._changed, {}
        for ticket, request in changed.items():
            self._wrote = True
            self._session.write(_WRITE, (self._counters.key_id, ticket, *self._row(request)))

    def _row(self, request: _Request) -> Row:
        return (
            *(request.state, self._counters.unix, self._counters.era, request.at, *request.amounts),
            *(int(request.rejected), request.due, request.priority, request.place),
            *(request.asked or (None, None, None)),
            *request.moved,
        )


def _request(row: Row, era: int) -> _Request:
    """A row as it was read; entries of an earlier era do not count any more."""
    return _Request(
        state=row[0],
        at=row[3] if row[2] == era else None,
        amounts=Amounts(*row[4:7]),
        rejected=bool(row[7]),
        due=row[8],
        priority=row[9],
        place=row[10],
        asked=None if row[11] is None else Amounts(*row[11:14]),
        moved=Amounts(*row[14:17]),
    )


def _add(sums: list[float], amounts: Amounts, sign: int) -> None:
    for index, amount in enumerate(amounts):
        sums[index] += sign * amount
