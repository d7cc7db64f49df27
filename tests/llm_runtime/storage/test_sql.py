"""Databases as transactions: what waits, what is told, and what a restart of the server does."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from llm_runtime.errors import BudgetExceeded, LedgerUnavailable
from llm_runtime.storage import sqlite as sqlite_module
from llm_runtime.storage.engines import Session
from llm_runtime.storage.sql import Database
from llm_runtime.storage.sqlite import SqliteEngine
from llm_runtime.storage.versions import create_once
from tests.fakes.postgres_server import own_postgres, postgres


def prepare(session: Session) -> None:
    create_once(session, "numbers", 1, ["CREATE TABLE IF NOT EXISTS numbers (n INTEGER)"])


def add(session: Session) -> int:
    session.write("INSERT INTO numbers (n) VALUES (?)", (1,))
    return int(session.read("SELECT COUNT(*) FROM numbers")[0][0])


def add_and_fail(session: Session) -> None:
    session.write("INSERT INTO numbers (n) VALUES (?)", (1,))
    session.read("SELECT * FROM numbers")
    raise BudgetExceeded("the work itself fails")


def add_and_break(session: Session) -> None:
    session.write("INSERT INTO numbers (n) VALUES (?)", (1,))
    raise KeyboardInterrupt


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "numbers.db"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, file: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{file}" if request.param == "sqlite" else postgres().schema(), prepare)
    yield opened
    opened.close()


def message(url: str) -> str:
    database = Database(url, prepare)
    with pytest.raises(LedgerUnavailable) as caught:
        database.run(add)
    database.close()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("fails", [add_and_fail, add_and_break])
def test_work_that_fails_leaves_nothing_behind(database: Database, fails: object) -> None:
    with pytest.raises((BudgetExceeded, KeyboardInterrupt)):
        database.run(fails)  # type: ignore[arg-type] # both take a session

    assert database.run(add) == 1


def test_a_statement_that_the_database_refuses_is_told_in_one_line(database: Database) -> None:
    with pytest.raises(LedgerUnavailable, match=r"does not take the work: .*nowhere") as caught:
        database.run(lambda session: session.read("SELECT * FROM nowhere"))

    assert "\n" not in str(caught.value)
    assert database.run(add) == 1


def test_many_threads_share_few_connections(database: Database) -> None:
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(database.run(add))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(counts) == 40
    assert database.run(add) == 41


def test_a_closed_database_says_so(database: Database) -> None:
    database.run(add)
    database.close()

    with pytest.raises(LedgerUnavailable, match="was closed"):
        database.run(add)


def test_a_locked_file_is_waited_for(file: Path) -> None:
    database = Database(f"sqlite:///{file}", prepare)
    database.run(add)
    counts: list[int] = []
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=lambda: counts.append(database.run(add)))
        waiting.start()
        assert counts == []
        other.execute("COMMIT")
        waiting.join()
    database.close()

    assert counts == [2]


def test_a_file_that_stays_locked_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_module, "PATIENCE_SECONDS", 0.01)
    Database(f"sqlite:///{file}", prepare).run(add)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert "numbers.db was locked for more than" in message(f"sqlite:///{file}")


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    assert "cannot be opened; see that its folder exists" in message(f"sqlite:///{tmp_path}/missing/numbers.db")


def test_a_file_that_is_no_database_is_named(file: Path) -> None:
    file.write_text("Dear diary, " * 100)

    assert "is not a SQLite database; name another file" in message(f"sqlite:///{file}")


def test_a_file_that_cannot_be_written_is_named(file: Path) -> None:
    # As root nothing is forbidden, so the engine is given the very error that SQLite raises where it is.
    file.touch()
    with (
        closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection,
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        connection.execute("CREATE TABLE numbers (n)")

    assert "cannot be written; give this user the right" in str(SqliteEngine(f"/{file}").explain(caught.value))


def test_a_full_disk_is_named(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE numbers (n)")
        connection.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("INSERT INTO numbers VALUES (zeroblob(100000))")

    assert "the disk is full; make room" in str(SqliteEngine(f"/{file}").explain(caught.value))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("mysql://root:hunter2@host/db", "begins with 'mysql'; take sqlite:///file", id="another engine"),
        pytest.param("limits.db", "take sqlite:///file", id="no URL"),
        pytest.param("hunter2", "take sqlite:///file", id="a key in the wrong place"),
        pytest.param("sqlite://", "names no file", id="no file"),
        pytest.param("sqlite:///:memory:", "names no file", id="memory is not shared"),
        pytest.param("postgresql://bot:hunter2@host:port/db", "cannot be read", id="a port that is no number"),
        pytest.param("postgresql://bot:hunter2@host/db?nonsense=1", "cannot be read", id="an unknown parameter"),
    ],
)
def test_a_url_that_names_no_ledger_is_refused_without_its_password(url: str, told: str) -> None:
    with pytest.raises(LedgerUnavailable) as caught:
        Database(url, prepare).run(add)

    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_extra_is_named_where_the_driver_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(LedgerUnavailable, match=r"pip install 'quartet-review\[postgres\]'"):
        Database("postgresql://localhost/ledger", prepare)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+psycopg"])
def test_other_names_of_the_same_engine_will_do(scheme: str) -> None:
    database = Database(postgres().schema().replace("postgresql", scheme, 1), prepare)

    assert database.run(add) == 1
    database.close()


def test_a_login_that_is_refused_is_told_without_the_password() -> None:
    server = postgres()
    server.execute("DROP ROLE IF EXISTS walled")
    server.execute("CREATE ROLE walled NOLOGIN")

    told = message(server.url.replace("postgres:@", "walled:hunter2@", 1))

    assert "not permitted to log in" in told
    assert "user, password and database in the URL are right" in told
    assert "hunter2" not in told


def test_a_user_without_rights_is_told_which() -> None:
    server = postgres()
    url = server.schema()
    server.execute("DROP ROLE IF EXISTS guest")
    server.execute("CREATE ROLE guest LOGIN")

    assert "refuses this user; grant it the right" in message(url.replace("postgres:@", "guest:@", 1))


def test_a_server_that_is_gone_is_told_and_one_that_was_restarted_is_used_again() -> None:
    server = own_postgres()
    database = Database(server.url, prepare)
    assert database.run(add) == 1

    server.crash()
    with pytest.raises(LedgerUnavailable, match=r"cannot be reached .* see that it runs"):
        database.run(add)
    server.start()
    assert database.run(add) == 2

    server.crash()
    server.start()
    assert database.run(add) == 3
    database.close()


def test_a_holder_that_is_stopped_in_a_transaction_does_not_stop_the_others() -> None:
    database = Database(postgres().schema(), prepare)

    settings = database.run(lambda session: session.read("SHOW idle_in_transaction_session_timeout"))
    database.close()

    assert settings == [("5s",)]


def test_a_session_that_an_administrator_ends_is_opened_again() -> None:
    database = Database(postgres().schema(), prepare)
    ((pid,),) = database.run(lambda session: session.read("SELECT pg_backend_pid()"))
    database.run(add)
    with psycopg.connect(postgres().url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quartet'")

    assert database.run(add) == 2
    assert database.run(lambda session: session.read("SELECT pg_backend_pid()")) != [(pid,)]
    database.close()


def test_a_busy_thread_does_not_keep_others_from_their_turn(file: Path) -> None:
    database = Database(f"sqlite:///{file}", prepare)
    done = threading.Event()

    def be_busy() -> None:
        while not done.is_set():
            database.run(add)

    busy = [threading.Thread(target=be_busy) for _ in range(2)]
    for thread in busy:
        thread.start()
    try:
        counts = [database.run(add) for _ in range(20)]
    finally:
        done.set()
        for thread in busy:
            thread.join()
        database.close()

    assert counts == sorted(set(counts))
