from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.analytics.reading import reading
from app.errors import Misconfigured, StoreDown
from app.settings import read_settings
from llm_runtime.analytics.tables import llm_traces
from tests.app.store.conftest import fresh_url


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_tables_are_made_where_a_database_has_none(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_url(engine, tmp_path)
    if engine == "sqlite":
        (tmp_path / "store").mkdir()
        (tmp_path / "store" / "quartet.db").touch()
    monkeypatch.setenv("DATABASE_URL", url)

    with reading(read_settings()) as connection:
        assert connection is not None
        assert connection.execute(select(func.count()).select_from(llm_traces)).scalar_one() == 0


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none' / 'quartet.db'}")

    with reading(read_settings()) as connection:
        assert connection is None

    assert list(tmp_path.iterdir()) == []


def test_a_newer_database_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "quartet.db"
    file.touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    with reading(read_settings()):
        pass
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE analytics_schema_version SET version_num = '9999'")
        connection.commit()

    with pytest.raises(StoreDown, match="install the newer program"), reading(read_settings()):
        pass


def test_an_address_that_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@localhost/quartet")

    with pytest.raises(Misconfigured, match="no database is known"), reading(read_settings()):
        pass
