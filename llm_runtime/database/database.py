"""The database as transactions of one connection, safe for threads and forks; what the driver raises becomes a line."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from llm_runtime.addresses import scheme_of
from llm_runtime.forks import tell_of_forks

if TYPE_CHECKING:
    from llm_runtime.database.postgres import PostgresServer
    from llm_runtime.database.sqlite import SqliteFile

PATIENCE_SECONDS = 5.0
"""How long a server that does not answer is waited for, and a fork for the transaction under way."""

_TURN_SECONDS = 20.0

_WRITES = "quartet_writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What a room calls the ways in which its database fails; each takes one line for people.

    Attributes:
        down: It does not answer, is full or is locked.
        unusable: Its address cannot be meant, or its driver is not installed.
        refused: It answers, and does not take what it was given: another try of the same is refused again. By default
            that is called ``down``, too.
    """

    down: type[Exception]
    unusable: type[Exception]
    refused: type[Exception] | None = None


class Database:
    """Runs one transaction at a time.

    A worker's threads write a few rows every few seconds: they take turns at one connection, and need not meet at the
    database's locks. The connection is opened when it is needed, tried before it is used again, and never crosses a
    fork (https://www.sqlite.org/howtocorrupt.html, 2.6).

    Args:
        url: ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://…``.
        faults: What is raised where it fails.
        durable: Whether what is committed survives a loss of power, too, and not only the end of the process; it takes
            a few milliseconds more for every transaction.

    Raises:
        Exception: ``faults.unusable``: the URL cannot be meant, or its driver is not installed.
    """

    def __init__(self, url: str, faults: Faults, *, durable: bool = True) -> None:
        self._server = _server(url, faults, durable=durable)
        self.faults = faults
        self._engine = create_engine(
            f"{self._server.dialect}://",
            creator=self._connected,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_pre_ping=self._server.remote,
            # What is written is a customer's; it has no place in an error.
            hide_parameters=True,
        )
        event.listen(self._engine, "begin", self._begin)
        self._turn = threading.Lock()
        self._taken_for_fork = False
        self._closed = False
        tell_of_forks(self)

    @property
    def name(self) -> str:
        """Where it is, for people: never with a password."""
        return self._server.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads; it sees one state of everything.

        Raises:
            Exception: ``faults.down``: the database does not answer, or not in time.
        """
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction whose writes count all together, when it ends, or not at all.

        Raises:
            Exception: ``faults.down``: the database does not answer, is full or is locked; nothing of the transaction
                counts.
        """
        with self._transaction(writes=True) as connection:
            yield connection

    def close(self) -> None:
        """Let go of the connection."""
        self._closed = True
        self._engine.dispose()

    def before_fork(self) -> None:
        """Wait for the transaction under way, but not for ever, and close the connection."""
        self._taken_for_fork = self._turn.acquire(timeout=PATIENCE_SECONDS)
        if self._taken_for_fork:
            self._engine.dispose()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        if self._taken_for_fork:
            self._turn.release()

    def after_fork_in_child(self) -> None:
        """Begin anew: no thread of the parent's is here to end what it began."""
        self._engine.dispose(close=False)
        self._turn = threading.Lock()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        if self._closed:
            raise self.faults.down("the store was closed; open it again")
        turn = self._turn
        if not turn.acquire(timeout=_TURN_SECONDS):
            raise self.faults.down(f"the store at {self.name} was busy for too long; see what keeps the database")
        try:
            with self._engine.connect() as connection:
                connection.execution_options(**{_WRITES: writes})
                with connection.begin():
                    yield connection
        # The driver's words are left behind: they may repeat a row, or an address with its password.
        except (DataError, IntegrityError) as error:
            raise self._refused(self._server.explain(error.orig)) from None
        except DBAPIError as error:
            raise self.faults.down(self._server.explain(error.orig)) from None
        except OverflowError as error:
            # A number that no column can hold; SQLite's driver says so before it asks the database.
            reason = f"the store {self.name} does not take a value ({type(error).__name__}); please report it"
            raise self._refused(reason) from None
        except self._server.errors as error:
            # Raised by what readies a new connection, which SQLAlchemy leaves as it is.
            raise self.faults.down(self._server.explain(error)) from None
        finally:
            turn.release()

    def _refused(self, reason: str) -> Exception:
        return (self.faults.refused or self.faults.down)(reason)

    def _connected(self) -> object:
        try:
            return self._server.connect()
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise self.faults.down(
                f"the store {self.name} cannot be opened ({reason}); see that its folder exists "
                "and that this user may write there"
            ) from error

    def _begin(self, connection: Connection) -> None:
        if statement := self._server.begin(writes=connection.get_execution_options().get(_WRITES, True)):
            connection.exec_driver_sql(statement)


def _server(url: str, faults: Faults, *, durable: bool) -> SqliteFile | PostgresServer:
    scheme, separator, rest = url.strip().partition("://")
    if separator and scheme == "sqlite":
        from llm_runtime.database.sqlite import SqliteFile  # noqa: PLC0415 - siblings are loaded when they are used

        return SqliteFile(rest, faults.unusable, durable=durable)
    if separator and scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        from llm_runtime.database.postgres import PostgresServer  # noqa: PLC0415 - psycopg is an extra

        return PostgresServer("postgresql://" + rest, faults.unusable, durable=durable)
    msg = (
        f"no database is known for a URL that begins with {scheme_of(url)!r}; "
        "set DATABASE_URL to sqlite:////path/to/file or postgresql://user:password@host/database"
    )
    raise faults.unusable(msg)
