"""What goes wrong with a database: one line with the cure, never with a password, and nothing half done."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from app.errors import AppError, Misconfigured, StoreDown
from app.store.store import Store, open_store
from llm_runtime.database import postgres as postgres_module
from llm_runtime.database import sqlite as sqlite_module
from tests.app.store.conftest import begin
from tests.builders import finding
from tests.fakes.postgres_server import own_postgres, postgres

LARGE = finding(message="x" * 400_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "quartet.db"


def one_line(act: Callable[[], object], kind: type[AppError] = StoreDown) -> str:
    with pytest.raises(kind) as caught:
        act()
    assert "hunter2" not in shown(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def shown(error: BaseException | None) -> str:
    """What a log shows of an error and of those that led to it, without lines of code."""
    if error is None:
        return ""
    earlier = error.__cause__ if error.__suppress_context__ else error.__context__
    return "".join(traceback.format_exception_only(error)) + shown(earlier)


def fill_up(store: Store) -> str:
    """Write until there is no room; what is said then."""

    def write() -> None:
        for number in range(50):
            store.remember_answer("octo/app", 7, "bugs:1", [str(number)], [LARGE])

    return one_line(write)


def answers_are_whole(store: Store) -> bool:
    reviewed = store.reviewed("octo/app", 7)
    return bool(reviewed.by) == bool(reviewed.findings)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "mysql://root:hunter2@localhost/quartet",
        "hunter2",
        "postgresql://user:hunter2@host:port/database",
        "postgresql://user:hunter2@host/database?nonsense=1",
    ],
)
def test_a_url_that_cannot_be_meant_is_refused_without_repeating_it(url: str) -> None:
    assert "DATABASE_URL" in one_line(lambda: open_store(url), Misconfigured)


def test_a_new_file_is_for_its_user_alone(file: Path) -> None:
    before = os.umask(0)
    try:
        with open_store(f"sqlite:///{file}") as store:
            begin(store)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    finally:
        os.umask(before)

    assert modes == {"quartet.db": 0o600, "quartet.db-wal": 0o600, "quartet.db-shm": 0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_file_that_stays_locked_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_module, "LOCK_SECONDS", 0.05)
    with open_store(f"sqlite:///{file}") as store:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert f"{file} was locked" in one_line(lambda: begin(store))
            # Reading goes on.
            assert store.reviews_of("octo/app", 7) == ()
            other.execute("COMMIT")
        begin(store)


def test_tables_that_stay_locked_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_module, "PATIENCE_SECONDS", 0.05)
    url = postgres().schema()
    with open_store(url) as store, psycopg.connect(url) as other:
        other.execute("LOCK TABLE quartet_reviews")
        assert "was locked for more than" in one_line(lambda: begin(store))
        other.rollback()
        begin(store)


@contextmanager
def few_pages(pages: int) -> Iterator[None]:
    """SQLite behaves as on a disk with so much room: every new connection is told."""

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def test_a_full_disk_is_told_and_no_answer_is_half(file: Path) -> None:
    with few_pages(400), open_store(f"sqlite:///{file}") as store:
        assert fill_up(store) == f"the store {file} cannot grow, the disk is full; make room"
        assert answers_are_whole(store)

    with open_store(f"sqlite:///{file}") as store:
        kept = len(store.reviewed("octo/app", 7).by["bugs:1"])
        assert 0 < kept < 50
        store.remember_answer("octo/app", 7, "bugs:1", ["room again"], [LARGE])


def test_a_file_that_may_not_grow_is_told_and_no_answer_is_half(file: Path) -> None:
    with open_store(f"sqlite:///{file}") as store:
        begin(store)
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))
            with open_store(f"sqlite:///{file}") as store:
                said = fill_up(store)
                assert "see the disk (full" in said or "the disk is full" in said
                assert answers_are_whole(store)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with open_store(f"sqlite:///{file}") as store:
        assert answers_are_whole(store)
        begin(store)


@pytest.mark.parametrize(
    ("make", "cure"),
    [
        pytest.param(lambda file: file.mkdir(), "is a directory", id="a folder"),
        pytest.param(lambda file: file.write_bytes(b"not a database" * 99), "name another file", id="another file"),
        pytest.param(lambda file: file.symlink_to(file), "levels of symbolic links", id="a link to itself"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, make: Callable[[Path], Any], cure: str) -> None:
    make(tmp_path / "quartet.db")

    assert cure in one_line(lambda: open_store(f"sqlite:///{tmp_path / 'quartet.db'}"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    said = one_line(lambda: open_store(f"sqlite:///{tmp_path}/file/quartet.db"))

    assert "cannot be opened" in said
    assert "see that its folder exists" in said


def test_a_damaged_file_is_told(file: Path) -> None:
    with open_store(f"sqlite:///{file}") as store:
        store.remember_answer("octo/app", 7, "bugs:1", ["h"], [LARGE])
    size = file.stat().st_size
    with file.open("r+b") as bytes_of:
        bytes_of.seek(4_096)
        bytes_of.write(b"\xff" * (size - 4_096))

    assert "is damaged" in one_line(lambda: open_store(f"sqlite:///{file}").reviewed("octo/app", 7))


def test_a_server_that_died_is_told_and_used_again_when_it_is_back() -> None:
    server = own_postgres()
    with open_store(server.url) as store:
        begin(store)
        server.crash()
        assert "cannot be reached" in one_line(lambda: begin(store))
        assert "cannot be reached" in one_line(store.ping)
        server.start()
        begin(store)
        assert len(store.reviews_of("octo/app", 7)) == 2
    server.crash()


def test_a_server_that_nobody_answers_for_is_told_without_the_password() -> None:
    said = one_line(lambda: open_store("postgres://mona:hunter2@127.0.0.1:9/quartet"))

    assert said.startswith("PostgreSQL at 127.0.0.1:9/quartet cannot be reached")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+psycopg", "postgresql"])
def test_a_server_has_several_names(scheme: str) -> None:
    url = postgres().schema().partition("://")[2]

    with open_store(f"{scheme}://{url}") as store:
        begin(store)


def test_without_the_driver_it_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    said = one_line(lambda: open_store("postgresql://mona:hunter2@127.0.0.1:9/quartet"), Misconfigured)

    assert said.endswith("pip install 'quartet-review[postgres]'")


def test_a_replica_is_told() -> None:
    url = postgres().schema()

    said = one_line(lambda: open_store(f"{url}%20-cdefault_transaction_read_only%3Don"))

    assert "takes no writes; name the primary" in said


def test_a_user_without_rights_is_told() -> None:
    url = postgres().schema()
    postgres().execute("CREATE ROLE stranger LOGIN")

    said = one_line(lambda: open_store(url.replace("://postgres", "://stranger", 1)))

    assert "grant it the right" in said
    postgres().execute("DROP ROLE stranger")


def test_what_a_database_says_of_a_value_is_not_repeated(store: Store) -> None:
    nobody: str = None  # type: ignore[assignment] # what the database refuses, naming the whole row

    said = one_line(lambda: store.pause("octo/hunter2", 7, nobody))

    assert "does not take the work" in said
    assert store.paused("octo/hunter2", 7) is None


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()

    assert "was closed" in one_line(lambda: begin(store))
