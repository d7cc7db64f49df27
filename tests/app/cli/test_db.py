"""``quartet db upgrade`` and ``quartet db prune`` as a user gives them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.db import commands
from app.errors import Misconfigured, StoreDown
from app.store.store import open_store
from app.store.versions import SCHEMA


def upgrade() -> str:
    return run("upgrade")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False, standalone_mode=False)
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


def deliver(file: Path) -> None:
    """Two deliveries, of which one is older than deliveries are kept."""
    with open_store(f"sqlite:///{file}") as store:
        for guid, days in (("old", 31), ("young", 29)):
            at = datetime.now(UTC) - timedelta(days=days)
            store.note_delivery(guid, event="ping", received_at=at, state="handled")


def deliveries(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [guid for (guid,) in connection.execute("SELECT guid FROM quartet_deliveries ORDER BY guid")]


def test_what_is_too_old_is_deleted_and_counted(file: Path) -> None:
    deliver(file)

    said = run("prune")

    assert "quartet_deliveries (kept 30 days): 1 row deleted\n" in said
    assert "quartet_dispositions (kept forever): 0 rows deleted\n" in said
    assert deliveries(file) == ["young"]


def test_a_dry_run_deletes_nothing(file: Path) -> None:
    deliver(file)

    assert (
        "quartet_deliveries (kept 30 days): 1 row would be deleted; what GitHub has told us: to see why something was "
        "or was not done\n"
    ) in run("prune", "--dry-run")

    assert deliveries(file) == ["old", "young"]


def test_the_setting_counts(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTET_RETENTION", "quartet_deliveries=10d")
    deliver(file)

    assert "quartet_deliveries (kept 10 days): 2 rows deleted\n" in run("prune")

    assert deliveries(file) == []


def test_a_setting_that_cannot_be_meant_deletes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTET_RETENTION", "deliveries=10d")
    deliver(file)

    with pytest.raises(Misconfigured, match="QUARTET_RETENTION names 'deliveries'"):
        run("prune")

    assert deliveries(file) == ["old", "young"]
