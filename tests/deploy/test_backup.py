"""What the page on backups says, done: saved, lost, brought back, and gone on with."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import redis
import yaml
from typer.testing import CliRunner

from app.cli.db import commands
from app.errors import Misconfigured, StoreDown
from app.events import PullRequestChanged, RepositoryId
from app.queue import JobQueue
from app.store.store import open_store
from app.store.versions import SCHEMA
from tests.app.store.conftest import Time
from tests.app.store.filling import fill, rows
from tests.deploy.dockerfile import ROOT
from tests.fakes.postgres_server import postgres
from tests.fakes.redis_server import own_redis

OPENED = PullRequestChanged(
    repository=RepositoryId(installation=5, owner="Acme", repo="shop"), number=7, action="opened", head="a" * 40
)


def filled(url: str) -> dict[str, int]:
    """A store with a row in each table; how many there are."""
    time = Time()
    with open_store(url, now=time) as store:
        fill(store, time, "octo/app", 3)
        store.pause("octo/app", 9, by="mona")
    return rows(url)


def test_sqlite_is_saved_while_it_runs_and_goes_on_from_the_copy(tmp_path: Path) -> None:
    file, copy = tmp_path / "quartet.db", tmp_path / "copy.db"
    before = filled(f"sqlite:///{file}")
    with (
        open_store(f"sqlite:///{file}"),
        closing(sqlite3.connect(file)) as source,
        closing(sqlite3.connect(copy)) as to,
    ):
        # What the command .backup of sqlite3 does (https://www.sqlite.org/backup.html).
        source.backup(to)

    for lost in tmp_path.glob("quartet.db*"):
        lost.unlink()
    shutil.copy(copy, file)

    assert rows(f"sqlite:///{file}") == before
    with open_store(f"sqlite:///{file}") as store:
        paused = store.paused("octo/app", 9)
        assert paused is not None
        store.resume("octo/app", 9)
        assert store.paused("octo/app", 9) is None


@pytest.fixture(scope="module")
def places() -> dict[str, str]:
    """Variables that lead PostgreSQL's programs to a server, with two empty databases."""
    for name in ("saved", "restored"):
        postgres().execute(f"DROP DATABASE IF EXISTS {name}")
        postgres().execute(f"CREATE DATABASE {name}")
    parts = urlsplit(postgres().url)
    (host,) = parse_qs(parts.query)["host"]
    return {"PGHOST": host, "PGUSER": parts.username or "", "PATH": f"{postgres().programs}:{os.environ['PATH']}"}


def at(places: dict[str, str], database: str) -> str:
    return f"postgresql://{places['PGUSER']}@/{database}?host={places['PGHOST']}"


def backup_script() -> str:
    """What the service ``backup`` of compose.yaml runs, as its shell reads it."""
    service: Any = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["backup"]
    assert service["entrypoint"] == ["/bin/sh", "-euc"]
    (script,) = service["command"]
    return str(script).replace("$$", "$")


def test_postgresql_is_saved_by_compose_and_restored_into_another_database(
    tmp_path: Path, places: dict[str, str]
) -> None:
    before = filled(at(places, "saved"))
    password = tmp_path / "password"
    password.write_text("none is asked for here")
    script = backup_script().replace("/backups/", f"{tmp_path}/")
    saved = subprocess.run(
        ("/bin/sh", "-euc", script),
        env={**places, "PGDATABASE": "saved", "POSTGRES_PASSWORD_FILE": str(password)},
        capture_output=True,
        text=True,
        check=True,
    )
    (file,) = tmp_path.glob("quartet-*Z.dump")

    subprocess.run(("pg_restore", "--exit-on-error", "--dbname", "restored", file), env=places, check=True)

    assert saved.stdout.strip() == str(file)
    assert rows(at(places, "restored")) == before
    with open_store(at(places, "restored")) as store:
        store.resume("octo/app", 9)
        # Numbers that the database gives go on after those that were restored.
        store.begin_review(repository="octo/app", number=8, installation=3, head="b2", base="b0", reason="push")


def test_a_backup_that_cannot_be_read_again_is_no_backup(tmp_path: Path, places: dict[str, str]) -> None:
    password = tmp_path / "password"
    password.write_text("x")
    script = (
        backup_script()
        .replace("/backups/", f"{tmp_path}/")
        .replace("pg_restore --list", ': > "$file"; pg_restore --list')
    )

    ended = subprocess.run(
        ("/bin/sh", "-euc", script),
        env={**places, "PGDATABASE": "saved", "POSTGRES_PASSWORD_FILE": str(password)},
        capture_output=True,
        check=False,
    )

    assert ended.returncode != 0


def test_the_queue_goes_on_from_a_copy_of_its_append_only_file(tmp_path: Path) -> None:
    options = ("--appendonly", "yes", "--appendfsync", "always")
    with own_redis(*options) as server:
        with closing(JobQueue(server.url)) as queue, closing(redis.Redis.from_url(server.url)) as client:
            assert queue.accept("d-1", OPENED).new
            folder = Path(str(client.config_get("dir")["dir"]))
            # While it runs: the file only grows, and a last line that is cut is left out when it is read.
            shutil.copy(folder / "appendonly.aof", tmp_path)
        server.kill()
        (folder / "appendonly.aof").unlink()
        shutil.copy(tmp_path / "appendonly.aof", folder)
        server.start()

        with closing(JobQueue(server.url)) as queue:
            assert queue.depths()["interactive"] == 1
            assert not queue.accept("d-1", OPENED).new
            assert queue.accept("d-2", OPENED).new


def downgrade(version: str) -> str:
    result = CliRunner().invoke(commands, ["downgrade", version], catch_exceptions=False, standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.stdout


def test_tables_go_back_to_an_earlier_version_and_up_again_with_what_it_knew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'quartet.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    filled(url)

    said = downgrade(SCHEMA.versions[0])

    assert said == f"{tmp_path / 'quartet.db'}: the tables are of version 0001; they were of {SCHEMA.versions[-1]}\n"
    with open_store(url) as store:
        assert store.version == SCHEMA.versions[-1]
        assert store.paused("octo/app", 9) is not None


def test_a_version_that_there_is_not_is_refused_with_those_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'quartet.db'}")
    filled(f"sqlite:///{tmp_path / 'quartet.db'}")

    with pytest.raises(Misconfigured, match=r"0815 is no version .* there are 0001, "):
        downgrade("0815")


def test_an_empty_database_is_not_brought_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'quartet.db'}")

    with pytest.raises(Misconfigured, match=r"there are no tables in .*; name it in DATABASE_URL"):
        downgrade("0001")


def test_an_earlier_program_refuses_tables_of_a_later_one_and_names_its_own_version(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'quartet.db'}"
    filled(url)
    with closing(sqlite3.connect(tmp_path / "quartet.db")) as connection:
        connection.execute("UPDATE quartet_schema_version SET version_num = '9999'")
        connection.commit()

    with pytest.raises(StoreDown, match=f"are of version 9999, this program knows {SCHEMA.versions[-1]}"):
        open_store(url)
