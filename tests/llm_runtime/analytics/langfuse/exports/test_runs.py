"""An export's row tells the truth, also of one that could not end it itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from llm_runtime.analytics.books import Books, Written
from llm_runtime.analytics.langfuse.runs import (
    COMPLETED,
    FAILED,
    KILLED,
    Window,
    last_completed,
    running,
    watermark,
)
from llm_runtime.analytics.tables import export_metadata
from tests.llm_runtime.analytics.langfuse.exporting import NOW, opened, rows

pytestmark = pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)

HOUR = Window(NOW - timedelta(hours=1), NOW)


def now() -> datetime:
    return NOW


def statuses(books: Books) -> dict[str, str | None]:
    return {row["status"]: row["error"] for row in rows(books, export_metadata)}


def test_one_that_is_being_made_is_left_alone_by_those_that_begin(books: Books, url: str) -> None:
    with running(books.database, "langfuse", HOUR, now), opened(url) as others:
        with running(others.database, "langfuse", HOUR, now) as second:
            second.end(COMPLETED, NOW)

        assert statuses(others) == {"running": None, "completed": None}


def test_one_that_is_not_made_any_more_is_said_to_have_failed(books: Books, url: str) -> None:
    with opened(url) as killed, running(killed.database, "langfuse", HOUR, now):
        pass

    with running(books.database, "langfuse", HOUR, now) as following:
        following.end(COMPLETED, NOW)

    assert statuses(books) == {"failed": KILLED, "completed": None}


def test_those_of_another_project_are_its_own_business(books: Books, url: str) -> None:
    with opened(url) as killed, running(killed.database, "langfuse one", HOUR, now):
        pass

    with running(books.database, "langfuse other", HOUR, now) as following:
        following.end(COMPLETED, NOW)

    assert statuses(books) == {"running": None, "completed": None}


def test_rows_are_counted_page_by_page_and_the_watermark_stands_where_the_last_one_put_it(books: Books) -> None:
    with running(books.database, "langfuse", HOUR, now) as run:
        for page in (1, 2):
            with books.database.writing() as connection:
                run.wrote(connection, Written(inserted=2, updated=page, unchanged=0), NOW - timedelta(minutes=page))
        run.end(FAILED, NOW, "it ran out of patience")

    (row,) = rows(books, export_metadata)
    assert (row["inserted"], row["updated"], row["unchanged"]) == (4, 3, 0)
    assert (row["status"], row["error"], row["ended_at"]) == ("failed", "it ran out of patience", NOW)
    with books.database.reading() as connection:
        assert watermark(connection, "langfuse") == NOW - timedelta(minutes=2)
        assert watermark(connection, "another") is None
        assert last_completed(connection, "langfuse") is None


def test_no_file_is_left_beside_the_database(books: Books, url: str, tmp_path: Path) -> None:
    with running(books.database, "langfuse", HOUR, now):
        during = list(tmp_path.glob("*-export-*"))

    assert len(during) == url.startswith("sqlite")
    assert not list(tmp_path.glob("*-export-*"))
