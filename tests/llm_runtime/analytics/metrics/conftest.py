"""The tables on both engines: some with a past that many tests read, some without, some for a test to write into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from llm_runtime.analytics.books import Books, open_books
from llm_runtime.database.database import Faults
from tests.llm_runtime.analytics.metrics.past import PAST

ENGINES = ["sqlite", "postgres"]


def _open(engine: str, folder: Path) -> Books:
    if engine == "sqlite":
        url = f"sqlite:///{folder / 'quartet.db'}"
    else:
        # Loaded where it is started.
        from tests.fakes.postgres_server import postgres  # noqa: PLC0415

        url = postgres().schema()
    return open_books(url, Faults(down=OSError, unusable=ValueError))


@pytest.fixture(params=ENGINES)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    with closing(_open(request.param, tmp_path)) as opened:
        yield opened


@pytest.fixture(scope="session", params=ENGINES)
def empty_books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with closing(_open(request.param, tmp_path_factory.mktemp("empty"))) as opened:
        yield opened


@pytest.fixture(scope="session", params=ENGINES)
def past_books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with closing(_open(request.param, tmp_path_factory.mktemp("past"))) as opened:
        opened.write(PAST)
        yield opened


@pytest.fixture
def empty(empty_books: Books) -> Iterator[Connection]:
    with empty_books.database.reading() as connection:
        yield connection


@pytest.fixture
def past(past_books: Books) -> Iterator[Connection]:
    with past_books.database.reading() as connection:
        yield connection
