"""The store and the books in one database, on both engines, in a time that is set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.store import Store, open_store
from app.store.versions import FAULTS
from llm_runtime.analytics.books import Books, open_books
from tests.app.store.conftest import Time, fresh_url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_url(request.param, tmp_path)


@pytest.fixture
def store(url: str, time: Time) -> Iterator[Store]:
    with open_store(url, now=time) as store:
        yield store


@pytest.fixture
def books(url: str, time: Time) -> Iterator[Books]:
    with open_books(url, FAULTS, now=time) as books:
        yield books


@pytest.fixture
def time() -> Time:
    return Time()
