"""``quartet db upgrade`` as a user gives it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.db import commands
from app.errors import Misconfigured, StoreDown
from app.store.versions import SCHEMA


def upgrade() -> str:
    result = CliRunner().invoke(commands, ["upgrade"], catch_exceptions=False, standalone_mode=False)
    if result.exception:
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "quartet.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    return file


def test_the_tables_are_made_and_both_versions_told(file: Path) -> None:
    assert upgrade() == f"{file}: the tables are of version {SCHEMA.versions[-1]}; it had no tables before\n"
    assert upgrade() == f"{file}: the tables are of version {SCHEMA.versions[-1]}; was there already\n"


def test_without_a_url_they_are_in_the_state_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTET_STATE_DIR", str(tmp_path / "state"))

    assert upgrade().startswith(f"{tmp_path / 'state' / 'quartet.db'}: ")


def test_a_newer_database_is_refused(file: Path) -> None:
    upgrade()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE quartet_schema_version SET version_num = '9999'")
        connection.commit()

    with pytest.raises(StoreDown, match="install the newer program"):
        upgrade()


def test_a_url_that_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@localhost/quartet")

    with pytest.raises(Misconfigured, match="no database is known for a URL that begins with 'mysql'"):
        upgrade()
