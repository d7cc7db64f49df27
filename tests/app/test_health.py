"""Whether a running quartet does its work, told from its process alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rq import Worker

from app.cli.main import main
from app.errors import Misconfigured
from app.health import arguments_of, look, web_health, worker_health
from tests.app.web.processes import web_processes
from tests.fakes.redis_server import free_port, own_redis

_WAITS = "import sys; print('here', flush=True); sys.stdin.read()"


@contextmanager
def named(*words: str) -> Iterator[int]:
    """The number of a process with these words on its command line, which does nothing."""
    with subprocess.Popen(
        (sys.executable, "-c", _WAITS, *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        # Before that the kernel may not have its command line yet.
        process.stdout.readline()
        yield process.pid


@pytest.mark.parametrize(
    "words", [("tini", "--", "quartet", "web", "--port", "9"), ("/venv/bin/quartet", "web", "--port", "9")]
)
def test_its_arguments_are_what_follows_its_name(words: tuple[str, ...]) -> None:
    with named(*words) as pid:
        assert arguments_of(pid) == ["web", "--port", "9"]


def test_another_program_is_not_called_healthy() -> None:
    with named("redis-server") as pid, pytest.raises(Misconfigured, match=f"process {pid} is not quartet"):
        look(pid)


def test_a_process_that_is_gone_is_said_to_be() -> None:
    with named() as pid:
        pass

    with pytest.raises(Misconfigured, match=f"process {pid} cannot be looked at"):
        look(pid)


def test_a_command_that_ends_by_itself_is_healthy_while_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with named("quartet", "review", "--base", "main") as pid:
        status = main(["health", "--of", str(pid)])

    assert status == 0
    assert capsys.readouterr().out == "quartet review runs to its end; nothing of it can be asked\n"


def test_a_web_server_is_as_healthy_as_its_queue(tmp_path: Path) -> None:
    with (
        own_redis() as redis,
        web_processes("--workers", "1", REDIS_URL=redis.url, QUARTET_STATE_DIR=str(tmp_path)) as web,
    ):
        port = int(web.url.rpartition(":")[2])
        before = web_health("0.0.0.0", port)
        redis.stop()
        after = web_health("127.0.0.1", port)

    assert (before.good, before.said) == (True, '200 {"database":"ok","queue":"ok"}')
    assert (after.good, after.said) == (False, '503 {"database":"ok","queue":"does not answer"}')


def test_the_pages_that_register_the_app_are_healthy_without_a_queue(tmp_path: Path) -> None:
    with web_processes("--setup", GITHUB_WEBHOOK_SECRET="", QUARTET_STATE_DIR=str(tmp_path)) as web:
        health = web_health("127.0.0.1", int(web.url.partition("?")[0].rpartition(":")[2].partition("/")[0]))

    assert health.good, health.said


def test_where_nobody_listens_the_process_is_not_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with named("quartet", "up", "--host", "0.0.0.0", "--port", str(port)) as pid:
        status = main(["health", "--of", str(pid)])

    assert status == 1
    assert f"nothing answers at 127.0.0.1:{port}" in capsys.readouterr().out


def test_a_worker_is_healthy_once_the_queue_has_heard_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with own_redis() as redis, redis.client() as client, named("quartet", "worker") as pid:
        monkeypatch.setenv("REDIS_URL", redis.url)
        before = look(pid)
        Worker(["quartet-interactive"], connection=client).register_birth()  # type: ignore[no-untyped-call] # RQ leaves it untyped
        after = look(pid)

    assert not before.good
    assert "heard of no worker" in before.said
    assert after.good
    assert after.said.startswith("1 worker on ")


def test_a_worker_of_another_machine_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with own_redis() as redis, redis.client() as client:
        monkeypatch.setenv("REDIS_URL", redis.url)
        other = Worker(["quartet-interactive"], connection=client)
        other.hostname = "elsewhere"
        other.register_birth()  # type: ignore[no-untyped-call] # RQ leaves it untyped

        assert not worker_health().good


def test_a_worker_without_its_queue_waits_and_is_not_killed_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")

    health = worker_health()

    assert health.good
    assert "the workers wait: Redis at 127.0.0.1" in health.said
