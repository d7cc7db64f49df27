from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_runtime.analytics.books import Books
from tests.fakes.langfuse_reading import ReadableLangfuse
from tests.llm_runtime.analytics.langfuse.exporting import Export, fresh_url, opened, readable


@pytest.fixture
def langfuse() -> Iterator[ReadableLangfuse]:
    with readable() as server:
        yield server


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_url(getattr(request, "param", "sqlite"), tmp_path)


@pytest.fixture
def books(url: str) -> Iterator[Books]:
    with opened(url) as made:
        yield made


@pytest.fixture
def export(langfuse: ReadableLangfuse, books: Books) -> Export:
    return Export(langfuse, books)
