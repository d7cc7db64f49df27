"""The account of all processes that share a database: SQLite on one machine, PostgreSQL on several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.scheduling import admission, corrections
from llm_runtime.scheduling.ledger import Answer, Ask, Granted, Priority
from llm_runtime.scheduling.ledgers.sql_book import SqlBook
from llm_runtime.scheduling.ledgers.sql_counters import Counters, open_counters
from llm_runtime.scheduling.ledgers.sql_schema import create_tables
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits
from llm_runtime.storage.engines import Session
from llm_runtime.storage.sql import Database

T = TypeVar("T")

KEPT_SECONDS = 86_400.0
"""How long the rows of calls are kept for those who ask what was sent, at least twice the longest window."""

_PRUNE_EVERY = 64
_PRUNED_AT_ONCE = 256
# Rows are numbered as they are written, so the oldest come first, but for what others used, which is written anew.
_PRUNE = """DELETE FROM scheduled_requests
    WHERE id IN (SELECT id FROM scheduled_requests WHERE state <> 'others' ORDER BY id LIMIT ? {skip_locked})
    AND noted < ? - (SELECT MAX(CASE WHEN window_seconds * 2 > ? THEN window_seconds * 2 ELSE ? END)
        FROM rate_limit_counters)"""


class SqlLedger:
    """A rate ledger in a SQL database. Every operation is one transaction that holds the key's row.

    SQLite keeps the time of the machine's clock since it was started, which is the same for all its processes and does
    not jump when somebody sets the date; PostgreSQL keeps its server's time. Where that goes back (a restart of the
    machine, a clock that was set), what is stored is shifted with it.

    Args:
        url: ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://…`` (with the extra ``postgres``).
        clock: Tells the time instead of the machine's or the server's clock; then for all who share the ledger.

    Raises:
        LedgerUnavailable: The URL names no database, or its driver is not installed.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> ledger = SqlLedger(f"sqlite:///{folder.name}/limits.db")
        >>> key = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
        >>> ask = Ask(key=key, limits=RateLimits(requests_per_minute=60), demand=Demand(), ticket="one")
        >>> ledger.reserve(ask)
        Granted(place=0)
        >>> ledger.close()
        >>> folder.cleanup()
    """

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self._clock = clock or (SystemClock() if url.startswith("sqlite:") else None)
        self._database = Database(url, _prepare)

    def reserve(self, ask: Ask) -> Answer:
        """Grant the call, or say when to ask again.

        Raises:
            RequestTooLarge: Its limits can never admit a call of that size.
            LedgerUnavailable: The database cannot be used.
        """
        return self._operate(
            ask.key,
            ask.limits,
            lambda book, now, unix: admission.reserve(book, ask, now, unix),
            ask.ticket,
            ask.priority,
        )

    def settle(self, ask: Ask, used: Demand) -> None:
        """Count what a granted call really took."""
        self._operate(
            ask.key, ask.limits, lambda book, now, _: admission.settle(book, ask, used, now), ask.ticket, ask.priority
        )

    def release(self, ask: Ask) -> None:
        """Give back what a call that will not be sent was granted, or its place in the queue."""
        self._operate(ask.key, ask.limits, lambda book, *_: admission.release(book, ask), ask.ticket, ask.priority)

    def reject(self, ask: Ask, retry_after: float | None) -> None:
        """Note that the vendor answered 429."""
        self._operate(
            ask.key,
            ask.limits,
            lambda book, now, _: corrections.reject(book, ask, retry_after, now),
            ask.ticket,
            ask.priority,
        )

    def observe(self, key: LimitKey, limits: RateLimits, feedback: RateLimitFeedback) -> None:
        """Correct the account by what the vendor says of it."""
        self._operate(key, limits, lambda book, now, _: corrections.observe(book, limits, feedback, now))

    def trip(self, key: LimitKey, error: str, seconds: float) -> None:
        """Open the circuit breaker of a key for that long."""
        self._operate(key, None, lambda book, now, _: corrections.trip(book, error, seconds, now))

    def close(self) -> None:
        """Close the connections of this process."""
        self._database.close()

    def _operate(
        self,
        key: LimitKey,
        limits: RateLimits | None,
        act: Callable[[SqlBook, float, float], T],
        ticket: str = "",
        priority: Priority | None = None,
    ) -> T:
        def work(session: Session) -> T:
            counters = open_counters(session, key, self._clock)
            book = SqlBook(session, counters, ticket, priority)
            result = act(book, counters.now, counters.unix)
            book.save(limits.shape.window_seconds if limits else 0.0)
            if isinstance(result, Granted) and result.place % _PRUNE_EVERY == 0:
                _prune(session, counters)
            return result

        return self._database.run(work)


def _prepare(session: Session) -> None:
    """Limits are forgotten within a minute, and a vendor that was asked too often says so: no call waits for a disk."""
    create_tables(session)
    if session.dialect.hasty:
        session.write(session.dialect.hasty)


def _prune(session: Session, counters: Counters) -> None:
    """Delete some of the rows that nobody needs any more, of all keys: more than were written since the last time."""
    statement = _PRUNE.format(skip_locked=session.dialect.skip_locked)
    session.write(statement, (_PRUNED_AT_ONCE, counters.unix, KEPT_SECONDS, KEPT_SECONDS))
