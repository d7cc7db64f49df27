"""What ``quartet doctor`` says of Langfuse and of records that were lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.settings import Settings
from app.store.address import store_url
from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.records import EventKind
from tests.app.cli.conftest import Ended
from tests.fakes.langfuse import SECRET_KEY, FakeLangfuse
from tests.llm_runtime.analytics.langfuse import records

Quartet = Callable[..., Ended]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def langfuse(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLangfuse]:
    with FakeLangfuse() as server:
        monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", server.public_key)
        monkeypatch.setenv("LANGFUSE_SECRET_KEY", SECRET_KEY)
        monkeypatch.setenv("LANGFUSE_BASE_URL", server.url)
        yield server


def test_a_langfuse_that_takes_the_keys_is_named_with_its_project(langfuse: FakeLangfuse, quartet: Quartet) -> None:
    ended = quartet("doctor")

    assert "✓ reviews are told to Langfuse at 127.0.0.1, project 'reviews'" in ended.out
    assert [request.path for request in langfuse.requests] == ["/api/public/projects"]


def test_wrong_keys_are_a_fault_with_its_cure(
    langfuse: FakeLangfuse, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk-lf-wrong")

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ Langfuse at 127.0.0.1 does not take the keys (401); check LANGFUSE_PUBLIC_KEY" in ended.out
    assert "sk-lf-wrong" not in ended.out + ended.err


def test_offline_langfuse_is_not_asked(langfuse: FakeLangfuse, quartet: Quartet) -> None:
    ended = quartet("doctor", "--offline")

    assert "✓ reviews are told to Langfuse at 127.0.0.1, which was not asked" in ended.out
    assert langfuse.requests == []


def test_half_of_the_keys_is_a_fault(langfuse: FakeLangfuse, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANGFUSE_SECRET_KEY")

    ended = quartet("doctor")

    assert "✗ Langfuse is told nothing, because LANGFUSE_SECRET_KEY is not set; set it, or neither" in ended.out
    assert langfuse.requests == []


def test_without_keys_nothing_is_said_of_langfuse(quartet: Quartet) -> None:
    assert "Langfuse" not in quartet("doctor").out


def test_where_nothing_was_lost_it_says_so_and_leaves_no_database(quartet: Quartet) -> None:
    ended = quartet("doctor")

    assert "✓ no record for analytics was lost in the last day" in ended.out
    assert not Path(store_url(Settings()).removeprefix("sqlite:///")).exists()


def test_records_that_were_lost_in_the_last_day_are_counted(quartet: Quartet) -> None:
    now = datetime.now(UTC)
    url = store_url(Settings())
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    with closing(open_books(url, FAULTS)) as books:
        lost = records.happening(kind=EventKind.DROPPED, at=now - timedelta(hours=1), data={"records": 1_234})
        books.write([records.trace(), lost])

    ended = quartet("doctor")

    assert "! 1,234 records for analytics were lost in the last day; somebody did not take them in time" in ended.out


def test_a_database_that_cannot_be_read_is_a_fault(quartet: Quartet) -> None:
    file = Path(store_url(Settings()).removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("this is no database, but a text that is long enough to be taken for one" * 20, encoding="utf-8")

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ analytics: " in ended.out
