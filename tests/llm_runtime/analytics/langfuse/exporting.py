"""A Langfuse to write to and to read from, books on both engines, and an exporter between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from llm_runtime.analytics.books import Books, open_books
from llm_runtime.analytics.langfuse.exporter import Exported, Exporter, Wanted
from llm_runtime.analytics.langfuse.reading import LangfuseReader
from llm_runtime.analytics.langfuse.tracker import LangfuseCostTracker
from llm_runtime.analytics.records import Record
from llm_runtime.analytics.tables import (
    agent_task_results,
    export_metadata,
    llm_events,
    llm_generations,
    llm_traces,
    prompt_executions,
    prompt_variants,
)
from llm_runtime.database.database import Faults
from tests.fakes.langfuse import SECRET_KEY, Observation
from tests.fakes.langfuse_reading import ReadableLangfuse
from tests.llm_runtime.analytics.langfuse.conftest import disconnect
from tests.llm_runtime.analytics.langfuse.records import BEGAN
from tests.llm_runtime.doubles import FakeClock

FAULTS = Faults(down=ConnectionError, unusable=ValueError)
NOW = BEGAN.replace(microsecond=0) + timedelta(hours=1)
"""In whole seconds, as servers tell the time."""
TABLES = (llm_traces, prompt_variants, llm_generations, llm_events, agent_task_results, prompt_executions)

_KEYS = itertools.count()


@contextmanager
def readable() -> Iterator[ReadableLangfuse]:
    """A Langfuse whose clock is set."""
    # The SDK keeps one connection for each public key in a process, so every test takes a key of its own.
    with ReadableLangfuse(public_key=f"pk-lf-read-{next(_KEYS)}") as server:
        server.date = NOW
        yield server
    disconnect(server.public_key)


def fresh_url(engine: str, folder: Path) -> str:
    """A database without tables."""
    if engine == "sqlite":
        return f"sqlite:///{folder / 'quartet.db'}"
    from tests.fakes.postgres_server import postgres  # noqa: PLC0415 - loaded where it is started

    return postgres().schema()


def opened(url: str, **options: Any) -> Books:
    return open_books(url, FAULTS, now=lambda: NOW, **options)


def tell(langfuse: ReadableLangfuse, *records: Record) -> None:
    """Have records written to Langfuse by a host whose database is another one."""
    sink = LangfuseCostTracker(
        public_key=langfuse.public_key, secret_key=SECRET_KEY, base_url=langfuse.url, clock=FakeClock(BEGAN)
    )
    for record in records:
        sink.take(record)
    sink.close()
    assert sink.dropped == 0


def foreign(number: int, *, start: datetime, trace: int = 1, **attributes: Any) -> Observation:
    """A call that another program has sent."""
    given = {
        "type": "generation",
        "model.name": "gpt-6.1-sol",
        "usage_details": '{"input": 100, "output": 10}',
        "cost_details": '{"input": 0.001, "output": 0.0005, "total": 0.0015}',
    } | attributes
    return Observation(
        name="chat",
        trace_id=f"{trace:032x}",
        id=f"{number:016x}",
        parent="",
        start=start,
        end=start + timedelta(seconds=2),
        attributes={
            "langfuse.trace.name": "somebody else's",
            **{f"langfuse.observation.{name}": value for name, value in given.items() if value is not None},
        },
    )


@dataclass
class Export:
    """An exporter of a Langfuse into a database."""

    langfuse: ReadableLangfuse
    books: Books
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))

    def __call__(self, wanted: Wanted | None = None, **options: Any) -> Exported:
        with self.reader() as reader:
            return Exporter(self.books, reader, clock=self.clock, **options).export(wanted or Wanted())

    def reader(self) -> LangfuseReader:
        return LangfuseReader(
            public_key=self.langfuse.public_key,
            secret_key=SECRET_KEY,
            base_url=self.langfuse.url,
            clock=self.clock,
        )

    def later(self, **duration: float) -> None:
        """Time passes, here and there."""
        assert self.langfuse.date is not None
        self.clock.advance(timedelta(**duration).total_seconds())
        self.langfuse.date += timedelta(**duration)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        return rows(self.books, table)

    @property
    def runs(self) -> list[dict[str, Any]]:
        """Rows of exports, the first one first."""
        return sorted(self.rows(export_metadata), key=lambda row: row["started_at"])

    def ends(self) -> list[tuple[str, str | None]]:
        """How exports ended, the first one first."""
        return [(run["status"], run["error"]) for run in self.runs]

    def ids(self) -> list[str]:
        """Ids of the generations that are there, in order."""
        return sorted(row["id"] for row in self.rows(llm_generations))


def rows(books: Books, table: Table) -> list[dict[str, Any]]:
    """All of a table, by its key."""
    with books.database.reading() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key)).mappings()
        return [dict(row) for row in found]


def everything(books: Books, without: Iterable[str] = ("imported_at",)) -> dict[str, list[dict[str, Any]]]:
    """All that analytics knows, but for who has told it."""
    left_out = frozenset(without)
    return {
        table.name: [{name: value for name, value in row.items() if name not in left_out} for row in rows(books, table)]
        for table in TABLES
    }
