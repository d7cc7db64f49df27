from __future__ import annotations

from datetime import timedelta

from llm_runtime.analytics.books import Books
from llm_runtime.analytics.dropped import dropped_since
from llm_runtime.analytics.records import EventKind, Happening
from tests.llm_runtime.analytics.langfuse import records
from tests.llm_runtime.analytics.langfuse.records import BEGAN


def test_what_was_lost_since_a_moment_is_counted_and_nothing_else(books: Books) -> None:
    def lost(number: int, count: int, hours: int, kind: EventKind = EventKind.DROPPED) -> Happening:
        data = {"by": "LangfuseCostTracker", "records": count}
        return records.happening(id=f"{number:016x}", kind=kind, at=BEGAN - timedelta(hours=hours), data=data)

    books.write([records.trace(), lost(1, 5, 1), lost(2, 7, 23), lost(3, 100, 25), lost(4, 1_000, 1, EventKind.CACHE)])

    with books.database.reading() as connection:
        assert dropped_since(connection, BEGAN - timedelta(days=1)) == 12


def test_nothing_was_lost_where_nothing_was_told(books: Books) -> None:
    with books.database.reading() as connection:
        assert dropped_since(connection, BEGAN) == 0
