"""A SQL database as transactions: SQLite or PostgreSQL, told apart by the URL, safe for threads and forks."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from llm_runtime.errors import LedgerUnavailable, LLMError
from llm_runtime.forks import tell_of_forks
from llm_runtime.storage.engines import PATIENCE_SECONDS, Session, engine_of

T = TypeVar("T")


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
        self._taken_for_fork, self._line_stopped = 0, False
        self._begin_anew()
        tell_of_forks(self)

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
        self._line_stopped = self._line.acquire(timeout=PATIENCE_SECONDS)
        while self._taken_for_fork < self._engine.connections and self._given_back():
            self._taken_for_fork += 1
        self._close_idle()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        for _ in range(self._taken_for_fork):
            self._turns.put(None)
        if self._line_stopped:
            self._line.release()

    def after_fork_in_child(self) -> None:
        """Begin anew: no thread of the parent's is here to give a connection back."""
        self._begin_anew()

    def _take_turn(self) -> bool:
        """Whether there was a place among those who may use a connection, at once or after a while.

        One thread at a time waits for it, the others behind it: else whoever gives a place back and wants it again at
        once takes it from those who wait, and a busy thread could keep out all others, and a fork.
        """
        if not self._line.acquire(timeout=PATIENCE_SECONDS):
            return False
        try:
            return self._given_back()
        finally:
            self._line.release()

    def _given_back(self) -> bool:
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
        self._line = threading.Lock()
        self._turns: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(self._engine.connections):
            self._turns.put(None)


__all__ = ["Database", "Session"]
