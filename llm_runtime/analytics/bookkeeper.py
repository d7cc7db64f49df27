"""Records come in at once and are written to the books by a thread: no call waits for a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from llm_runtime.analytics.outbox import NotDelivered, NotTaken, Outbox

if TYPE_CHECKING:
    from llm_runtime.analytics.books import Books
    from llm_runtime.analytics.records import Record

PATIENCE_SECONDS = 10.0
"""How long the end of the work waits for a database that is busy."""


class Bookkeeper:
    """A sink over the books of a database, which is opened when there is something to write."""

    def __init__(
        self, open_: Callable[[], Books], *, down: type[Exception], refused: type[Exception], name: str = "analytics"
    ) -> None:
        """Open nothing yet.

        Args:
            open_: Opens the books; called in a thread of its own.
            down: What it, and the books, raise while the database does not do what it should.
            refused: What the books raise where the database will never take what it was given.
            name: Of the thread, and in the log.
        """
        self._open = open_
        self._down, self._refused = down, refused
        self._books: Books | None = None
        self._outbox = Outbox(self._write, name=name)

    def take(self, record: Record) -> None:
        """Take a record; it is there a moment later."""
        self._outbox.put(record)

    def flush(self, timeout_seconds: float) -> None:
        """Wait until everything so far is written, or the time has passed."""
        self._outbox.flush(timeout_seconds)

    def close(self) -> None:
        """Write what is left, and close the books."""
        if self._outbox.close(PATIENCE_SECONDS) and self._books is not None:
            self._books.close()

    @property
    def dropped(self) -> int:
        """How many records were lost."""
        return self._outbox.dropped

    def _write(self, records: Sequence[Record]) -> None:
        try:
            if self._books is None:
                self._books = self._open()
            lost = self._written(self._books, records)
        except self._down as error:
            raise NotDelivered(str(error)) from error
        if lost:
            raise NotTaken(str(lost[0]), count=len(lost))

    def _written(self, books: Books, records: Sequence[Record]) -> list[Exception]:
        """Write all that the database takes; why it does not take each of the others."""
        try:
            books.write(records)
        except self._refused as error:
            # One of them spoils a transaction; without it, the others count. Each may be written twice.
            if len(records) == 1:
                return [error]
            middle = len(records) // 2
            return self._written(books, records[:middle]) + self._written(books, records[middle:])
        return []
