from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import embedded as module
from app.embedded import embedded
from app.errors import Misconfigured
from tests.app.embedded_client import ask
from tests.app.processes import Running, running
from tests.app.test_turns import eventually


@contextlib.contextmanager
def up(state_dir: Path) -> Iterator[tuple[Running, str]]:
    with running("-m", "tests.app.embedded_parent", str(state_dir)) as parent:
        yield parent, parent.hear("ready at").rpartition(" ")[2].strip()


@pytest.fixture(params=["state", "with a blank and ü", "x" * 120], ids=["plain", "unusual", "longer than a socket's"])
def state_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def test_it_serves_the_queue_and_leaves_nothing_but_its_files(state_dir: Path) -> None:
    with up(state_dir) as (parent, url):
        assert ask(url, "accept") is True
        assert parent.end(signal.SIGTERM) == 0

    assert {path.name for path in (state_dir / "redis").iterdir()} == {
        "appendonly.aof",
        "lock",
        "redis.conf",
        "redis.log",
    }


def test_nobody_else_on_the_machine_gets_at_it(tmp_path: Path) -> None:
    with up(tmp_path / "state") as (_, url):
        socket = Path(url.removeprefix("unix://").partition("?")[0])

        assert (tmp_path / "state" / "redis").stat().st_mode & 0o777 == 0o700
        assert socket.stat().st_mode & 0o777 == 0o700
        assert ask(url, "server")["port"] == "0"


def test_what_was_accepted_is_there_after_everything_was_killed(tmp_path: Path) -> None:
    with up(tmp_path) as (parent, url):
        ask(url, "accept")
        server = server_of(url)
        os.kill(server, signal.SIGKILL)
        parent.end(signal.SIGKILL)

    with up(tmp_path) as (_, url):
        assert ask(url, "waiting") == 1
        assert ask(url, "accept") is False


def test_it_is_started_again_when_it_dies(tmp_path: Path) -> None:
    with up(tmp_path) as (parent, url):
        ask(url, "accept")
        os.kill(server_of(url), signal.SIGKILL)
        parent.hear("Redis was killed (SIGKILL); it is started again in 0.5 s")

        assert eventually(lambda: ask(url, "waiting") == 1)


def test_a_second_one_on_the_same_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOCK_SECONDS", 0.0)
    with (
        up(tmp_path) as (parent, _),
        pytest.raises(Misconfigured) as caught,
        embedded(tmp_path),
    ):
        pass

    assert str(caught.value) == (
        f"another quartet up (process {parent.process.pid}) uses {tmp_path}; stop that, or set QUARTET_STATE_DIR"
    )


def test_a_file_that_cannot_be_read_is_reported_with_where_to_look(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_bytes(b"*1\r\n$3\r\nnonsense\r\n" * 20)

    with running("-m", "tests.app.embedded_parent", str(tmp_path)) as parent:
        parent.hear(f"the embedded Redis did not start; {tmp_path}/redis/redis.log says why")
        assert parent.process.wait(20) == 3


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(Misconfigured, match=r"cannot be used \(.*\); set QUARTET_STATE_DIR"),
        embedded(tmp_path / "file"),
    ):
        pass


def server_of(url: str) -> int:
    return int(ask(url, "server")["process_id"])


def test_the_binary_is_a_redis_that_the_queue_can_be_kept_in(tmp_path: Path) -> None:
    with up(tmp_path) as (_, url):
        major, minor, *_ = ask(url, "server")["redis_version"].split(".")

        assert (int(major), int(minor)) >= (6, 2)


def test_without_the_package_the_systems_own_redis_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = tmp_path / "bin"
    system.mkdir()
    (system / "redis-server").symlink_to(module.executable())
    monkeypatch.setenv("PATH", str(system))
    monkeypatch.setattr(module, "find_spec", lambda _: None)

    assert module.executable() == str(system / "redis-server")


def test_with_neither_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "find_spec", lambda _: None)

    with pytest.raises(Misconfigured, match="install redis-server"), embedded(tmp_path / "state"):
        pass
