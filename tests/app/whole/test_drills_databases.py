"""The store of reviews is locked, full or away, in the middle of a review."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.app.whole.drilling import REVIEWERS, Drill, Ground, Script, ground
from tests.app.whole.world import Program, World, world
from tests.fakes.github_app import FakePull
from tests.fakes.postgres_server import Postgres, own_postgres

pytestmark = pytest.mark.timeout(240)

_IN_A_SMALL_DISK = (
    *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c"),
    'mount -t tmpfs -o size=2m tmpfs "$QUARTET_STATE_DIR" && exec "$@"',
    "sh",
)
"""A program whose state directory is a disk of its own."""

_DISK_BYTES = 2 * 1_048_576
"""How large that disk is."""


@contextmanager
def locked(held: World) -> Iterator[None]:
    """Another process, as it seems to SQLite, is writing."""
    file = Path(held.environment["QUARTET_STATE_DIR"]) / "quartet.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def at_question(drill: Drill, number: int) -> tuple[threading.Event, threading.Event]:
    """(so many questions have come, the answer may be given)."""
    come, go = threading.Event(), threading.Event()

    def event(count: int) -> None:
        if count == number:
            come.set()
        assert go.wait(50), "nobody let it be answered"

    drill.ground.script.on_question(event)
    return come, go


def test_a_store_that_is_locked_for_some_seconds_is_waited_for(field: Ground) -> None:
    drill = field.drill()
    come, go = at_question(drill, REVIEWERS)
    drill.open()
    assert come.wait(50)

    with locked(drill.held):
        go.set()
        assert not drill.over.wait(3), "nothing sets it; the time is what counts"
        assert not [review for review in drill.held.app.reviews if review["pull"] == drill.number]

    drill.the_end()


def test_a_store_that_is_locked_for_too_long_delays_the_review_and_says_why(field: Ground) -> None:
    drill = field.drill()
    come, go = at_question(drill, REVIEWERS)
    drill.open()
    assert come.wait(50)

    with locked(drill.held):
        go.set()
        field.worker.wait_for("was locked for more than 15 s; see which process holds it")

    drill.the_end(asked_again=REVIEWERS)


@pytest.fixture(scope="module")
def server() -> Postgres:
    return own_postgres()


@pytest.mark.parametrize("moment", ["question", "review", "summary"])
def test_a_database_server_that_crashes_in_a_review_only_delays_it(server: Postgres, moment: str) -> None:
    with ground(DATABASE_URL=server.schema()) as field:
        drill = field.drill()

        def crash() -> None:
            server.crash()
            drill.over.set()

        at(moment, drill, crash)
        drill.open()
        drill.until_killed()

        field.worker.wait_for("attempt 1 failed: PostgreSQL")
        server.start()

        drill.the_end(asked_again=REVIEWERS)


def at(moment: str, drill: Drill, event: Callable[[], object]) -> None:
    """Before the first question is answered, before the review is posted, or before its summary is."""
    github, first = drill.held.github, threading.Lock()
    match moment:
        case "question":
            drill.ground.script.on_question(lambda _: event() if first.acquire(blocking=False) else None)
        case "review":
            github.before("POST", r"/pulls/\d+/reviews$", event)
        case "summary":
            github.before("POST", r"/issues/\d+/comments$", event)


class SmallDisk:
    """The state directory of a program, which no other one sees."""

    def __init__(self, program: Program, held: World) -> None:
        self._rest = Path(f"/proc/{program.process.pid}/root{held.environment['QUARTET_STATE_DIR']}") / "rest"

    def fill(self) -> None:
        """Not a byte is left; it is never another disk than the small one, whatever became of the program."""
        disk = os.statvfs(self._rest.parent)
        assert disk.f_blocks * disk.f_frsize <= _DISK_BYTES, "this is not the small disk"
        with self._rest.open("wb", buffering=0) as file:
            size = 65_536
            while size and file.tell() <= _DISK_BYTES:
                try:
                    file.write(b"\0" * size)
                except OSError:
                    size //= 2

    def make_room(self) -> None:
        self._rest.unlink()


@pytest.fixture(scope="module")
def small() -> Iterator[Ground]:
    """A world whose worker has a small disk."""
    if (
        shutil.which("unshare") is None
        or subprocess.run([*_IN_A_SMALL_DISK, "true"], env=_tmp(), check=False).returncode
    ):
        pytest.skip("this machine lets nobody mount a disk of his own")
    script = Script()
    with world(script, FakePull(number=1)) as held:
        worker = held.workers(1, within=_IN_A_SMALL_DISK)
        yield Ground(held=held, script=script, web=held.web(), worker=worker, within=_IN_A_SMALL_DISK)


def _tmp() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "QUARTET_STATE_DIR": "/tmp"}


@pytest.mark.parametrize("moment", ["delivery", "question", "review", "summary"])
def test_a_full_disk_is_said_clearly_and_with_room_again_the_review_is_whole(small: Ground, moment: str) -> None:
    drill, disk = small.drill(), SmallDisk(small.worker, small.held)
    heard = len(small.worker.said)
    if moment == "delivery":
        disk.fill()
    else:
        at(moment, drill, disk.fill)
    drill.open()

    small.worker.wait_for("cannot grow, the disk is full; make room", after=heard)
    posted = [review for review in drill.held.app.reviews if review["pull"] == drill.number]
    assert len(posted) == (moment in ("review", "summary"))
    disk.make_room()

    drill.the_end(asked_again=REVIEWERS)
