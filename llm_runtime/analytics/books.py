"""Records come in, rows are there: each once, however often and by whomever it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from llm_runtime.analytics.fresh import fresh_calls
from llm_runtime.analytics.records import Record, Trace
from llm_runtime.analytics.versions import SCHEMA
from llm_runtime.analytics.writing import Gone, Writing, Written, variants
from llm_runtime.database.database import Database, Faults
from llm_runtime.forks import Lock
from llm_runtime.messages import PromptVariant

__all__ = ["Books", "Written", "open_books"]


def _nobody(_: Connection) -> Callable[[Trace], bool]:
    return lambda _: False


class Books:
    """The tables of analytics in one database; safe to share between threads and forks, as its database is.

    Example:
        >>> import tempfile
        >>> from datetime import UTC, datetime
        >>> from llm_runtime.analytics.records import Source
        >>> folder = tempfile.TemporaryDirectory()
        >>> began = datetime(2026, 11, 21, tzinfo=UTC)
        >>> trace = Trace(id="0af7", name="review", source=Source.CLI, repository="octo/app", started_at=began)
        >>> with open_books(f"sqlite:///{folder.name}/quartet.db", Faults(down=OSError, unusable=ValueError)) as books:
        ...     books.write([trace])
        Written(inserted=1, updated=0, unchanged=0, orphaned=0)
        >>> folder.cleanup()
    """

    def __init__(self, database: Database, now: Callable[[], datetime], gone: Gone = _nobody) -> None:
        self.database = database
        self._now = now
        self._gone = gone
        self._lock = Lock()
        # Those that are certainly there: rows of wordings are never deleted.
        self._variants: set[PromptVariant] = set()

    def write(self, records: Iterable[Record]) -> Written:
        """Write records, all of them or none.

        What is told again changes nothing, or what has changed.

        Raises:
            Exception: The database's ``faults.down``: it does not do what it should; nothing is written.
        """
        records = tuple(records)
        calls = fresh_calls(records, self._variants)
        with self.database.writing() as connection:
            if calls is not None and (written := calls.add(connection)) is not None:
                return written
            written = self.write_in(connection, records)
        with self._lock:
            self._variants.update(variants(records))
        return written

    def write_in(
        self, connection: Connection, records: Iterable[Record], *, imported_at: datetime | None = None
    ) -> Written:
        """Write records in a transaction of somebody else's.

        Args:
            connection: The transaction.
            records: What is to be there.
            imported_at: When Langfuse told it, where it did: what was noted here is not changed then.
        """
        return Writing(connection, self._now(), imported_at, self._gone).write(tuple(records))

    def close(self) -> None:
        """Let go of the connection."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_books(
    url: str, faults: Faults, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), gone: Gone = _nobody
) -> Books:
    """Open the books; their tables are made or brought to this program's version where nobody has yet.

    Args:
        url: ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://…``.
        faults: What is raised where the database fails.
        now: The time, in UTC.
        gone: Tells, within a transaction, whether a trace is of somebody whose data was deleted; it is left out.

    Raises:
        Exception: ``faults.unusable``: the URL cannot be meant, or its driver is not installed. ``faults.down``: the
            database does not answer, or a newer program made its tables.
    """
    # What is lost with the machine's power is known to the vendor, and to Langfuse; a call need not wait for the disk.
    database = Database(url, faults, durable=False)
    try:
        SCHEMA.upgrade(database)
    except BaseException:
        database.close()
        raise
    return Books(database, now, gone)
