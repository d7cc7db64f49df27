"""Exports as rows: each from its beginning, how far it got, what it brought, and how it ended, or did not."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from llm_runtime.analytics.books import Written
from llm_runtime.analytics.langfuse.liveness import alive, is_alive
from llm_runtime.analytics.tables import export_metadata
from llm_runtime.database.database import Database

RUNNING, COMPLETED, FAILED = "running", "completed", "failed"
STOPPED = "it was stopped before its end"
KILLED = "it was killed, or its machine went down"

_TABLE = export_metadata.c


@dataclass(frozen=True, slots=True)
class Window:
    """A time, from its start up to, but without, its end."""

    start: datetime
    end: datetime


class Run:
    """One export, on its way.

    Attributes:
        id: 16 hex digits.
    """

    def __init__(self, database: Database, run: str) -> None:
        self._database = database
        self.id = run

    def wrote(self, connection: Connection, written: Written, watermark: datetime | None = None) -> None:
        """Count rows, and say up to when all are there, in the transaction that wrote them.

        Args:
            connection: That transaction.
            written: What became of the rows.
            watermark: Everything that was to be seen and began before is there; None leaves it as it was.
        """
        values = {
            "inserted": _TABLE.inserted + written.inserted,
            "updated": _TABLE.updated + written.updated,
            "unchanged": _TABLE.unchanged + written.unchanged,
            **({} if watermark is None else {"watermark": watermark}),
        }
        connection.execute(export_metadata.update().where(_TABLE.id == self.id).values(values))

    def end(self, status: str, now: datetime, error: str | None = None) -> None:
        """Say how it ended.

        Raises:
            Exception: The database's ``faults.down``.
        """
        values = {"status": status, "ended_at": now, "error": error}
        with self._database.writing() as connection:
            connection.execute(export_metadata.update().where(_TABLE.id == self.id).values(values))


@contextmanager
def running(database: Database, source: str, window: Window, now: Callable[[], datetime]) -> Iterator[Run]:
    """An export that has a row from now on, and holds what tells others that it is being made.

    Those that were killed are found here, and said to have failed. The row is the caller's to end.

    Raises:
        Exception: The database's ``faults.down``.
    """
    run = Run(database, secrets.token_hex(8))
    with alive(database, run.id):
        with database.writing() as connection:
            _bury(database, connection, source, now())
            row = {
                "id": run.id,
                "source": source,
                "status": RUNNING,
                "started_at": now(),
                "from_time": window.start,
                "to_time": window.end,
                "inserted": 0,
                "updated": 0,
                "unchanged": 0,
            }
            connection.execute(export_metadata.insert().values(row))
        yield run


def watermark(connection: Connection, source: str) -> datetime | None:
    """Up to when everything is there; None where nothing has been exported yet.

    What a run that failed has brought counts, too: the watermark came with the rows.
    """
    found: datetime | None = connection.execute(
        select(func.max(_TABLE.watermark)).where(_TABLE.source == source)
    ).scalar_one()
    return found


def last_completed(connection: Connection, source: str) -> Window | None:
    """Of which time the last export was that came to its end; None where none has."""
    found = connection.execute(
        select(_TABLE.from_time, _TABLE.to_time)
        .where(_TABLE.source == source, _TABLE.status == COMPLETED)
        .order_by(_TABLE.started_at.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else Window(found.from_time, found.to_time)


def _bury(database: Database, connection: Connection, source: str, now: datetime) -> None:
    found = select(_TABLE.id).where(_TABLE.source == source, _TABLE.status == RUNNING)
    dead = [run for run in connection.execute(found).scalars() if not is_alive(database, connection, run)]
    if dead:
        values = {"status": FAILED, "ended_at": now, "error": KILLED}
        connection.execute(export_metadata.update().where(_TABLE.id.in_(dead)).values(values))
