"""A SQL database as transactions: SQLite or PostgreSQL, told apart by the URL, safe for threads and forks."""

from __future__ import annotations

import os
import queue
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from llm_runtime.addresses import scheme_of
from llm_runtime.errors import LedgerUnavailable, LLMError

T = TypeVar("T")
Row = tuple[Any, ...]

PATIENCE_SECONDS = 5.0
"""How long a locked database, or a connection that others use, is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """In what two engines differ.

    Attributes:
        identity: Type of a column that numbers rows in the order in which they were written.
        for_update: Ends a SELECT whose rows nobody else may touch until the transaction ends.
        skip_locked: The same, leaving out rows that somebody else holds.
        hasty: A statement after which this connection does not wait for the disk when it commits; empty where it does
            not anyway. Nobody else sees a difference, but what was committed in the last second before the database's
            machine fails may be gone.
        time: An expression for the engine's clock in seconds since 1970; NULL where it has none to offer.
    """

    identity: str
    for_update: str
    skip_locked: str
    hasty: str
    time: str


class Session(Protocol):
    """One connection, in the hands of one thread. Values stand for ``?`` in this order."""

    @property
    def dialect(self) -> Dialect:
        """How it wants to be spoken to."""
        ...

    def begin(self) -> None:
        """Start a transaction."""
        ...

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a query; it sees what was written before."""
        ...

    def write(self, sql: str, values: Sequence[object] = ()) -> None:
        """Execute a statement, now or at the latest before the next one that reads or ends the transaction."""
        ...

    def commit(self) -> None:
        """End the transaction; it counts."""
        ...

    def rollback(self) -> None:
        """End the transaction; nothing of it counts."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Engine(Protocol):
    """A kind of database.

    Attributes:
        connections: Most connections of one process.
        errors: What its driver raises.
    """

    connections: int
    errors: tuple[type[Exception], ...]

    def connect(self) -> Session:
        """Open a connection."""
        ...

    def explain(self, error: Exception) -> LedgerUnavailable:
        """One line with the cure, without the password."""
        ...

    def lost(self, error: Exception) -> bool:
        """Whether the connection was cut, so that a new one may do."""
        ...


def engine_of(url: str) -> Engine:
    """The engine that a URL names; its driver is imported now.

    Raises:
        LedgerUnavailable: No such engine, or its driver is not installed.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite":
        from llm_runtime.storage.sqlite import SqliteEngine  # noqa: PLC0415 - siblings are loaded when they are used

        return SqliteEngine(rest)
    if separator and scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        from llm_runtime.storage.postgres import PostgresEngine  # noqa: PLC0415 - psycopg is an extra

        return PostgresEngine("postgresql://" + rest)
    raise LedgerUnavailable(
        f"no ledger is known for a URL that begins with {scheme_of(url)!r}; "
        "take sqlite:///file or postgresql://user:password@host/database"
    )


class Database:
    """Runs pieces of work, each in one transaction.

    Connections are opened when they are needed, kept for the next piece of work, and never cross a fork.

    Args:
        url: ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://…``.
        prepare: Creates the tables where they are missing; called once for each new connection, in a transaction.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> database = Database(f"sqlite:///{folder.name}/numbers.db", lambda session: None)
        >>> database.run(lambda session: session.read("SELECT 6 * ?", (7,)))
        [(42,)]
        >>> database.close()
        >>> folder.cleanup()
    """

    def __init__(self, url: str, prepare: Callable[[Session], None]) -> None:
        self._engine = engine_of(url)
        self._prepare = prepare
        self._closed = False
        self._taken_for_fork = 0
        self._begin_anew()
        _DATABASES.add(self)

    def run(self, work: Callable[[Session], T]) -> T:
        """Do a piece of work in a transaction.

        Where the connection turns out to be cut, as after a restart of the server, it is done once more on a new one;
        whether the first time counted is not known then, so doing it twice must come to the same as doing it once.

        Raises:
            LedgerUnavailable: The database cannot be reached, is locked for too long, or does not take the work.
        """
        if self._closed:
            raise LedgerUnavailable("the ledger was closed; open it again")
        if not self._take_turn():
            raise LedgerUnavailable(
                f"all {self._engine.connections} connections to the ledger were in use for {PATIENCE_SECONDS:.0f} s; "
                "see what keeps the database busy"
            )
        turns = self._turns
        try:
            try:
                idle = self._idle.get_nowait()
            except queue.Empty:
                return self._done(self._connected(), work)
            try:
                return self._done(idle, work)
            except self._engine.errors as error:
                if not self._engine.lost(error):
                    raise
            # What cut this connection has probably cut the others.
            self._close_idle()
            return self._done(self._connected(), work)
        except self._engine.errors as error:
            raise self._engine.explain(error) from error
        finally:
            turns.put(None)

    def close(self) -> None:
        """Close the connections; those in use are closed when their work is done."""
        self._closed = True
        self._close_idle()

    def before_fork(self) -> None:
        """Wait for the work under way, as long as for any lock, and close the connections.

        SQLite forbids to carry a connection across a fork (https://www.sqlite.org/howtocorrupt.html, 2.6); a child of
        PostgreSQL's client would talk in its parent's name.
        """
        self._taken_for_fork = 0
        while self._taken_for_fork < self._engine.connections and self._take_turn():
            self._taken_for_fork += 1
        self._close_idle()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        for _ in range(self._taken_for_fork):
            self._turns.put(None)

    def after_fork_in_child(self) -> None:
        """Begin anew: no thread of the parent's is here to give a connection back."""
        self._begin_anew()

    def _take_turn(self) -> bool:
        """Whether there was a place among those who may use a connection, at once or after a while."""
        try:
            self._turns.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            return False
        return True

    def _done(self, session: Session, work: Callable[[Session], T]) -> T:
        """The work's result; the connection is kept, or closed if it is not known to be sound."""
        sound = False
        try:
            session.begin()
            try:
                result = work(session)
            except LLMError:
                session.rollback()
                sound = True
                raise
            session.commit()
            sound = True
            return result
        finally:
            if sound and not self._closed:
                self._idle.put(session)
            else:
                session.close()

    def _connected(self) -> Session:
        session = self._engine.connect()
        try:
            session.begin()
            self._prepare(session)
            session.commit()
        except BaseException:
            session.close()
            raise
        return session

    def _close_idle(self) -> None:
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _begin_anew(self) -> None:
        self._idle: queue.SimpleQueue[Session] = queue.SimpleQueue()
        self._turns: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(self._engine.connections):
            self._turns.put(None)


_DATABASES: weakref.WeakSet[Database] = weakref.WeakSet()


def _each(act: Callable[[Database], None]) -> Callable[[], None]:
    def act_on_each() -> None:
        for database in list(_DATABASES):
            act(database)

    return act_on_each


os.register_at_fork(
    before=_each(Database.before_fork),
    after_in_parent=_each(Database.after_fork_in_parent),
    after_in_child=_each(Database.after_fork_in_child),
)
