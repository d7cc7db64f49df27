"""``quartet up`` as its users run it: one command, stopped and killed from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.cli.up_run import introduction, is_set_up
from app.errors import Misconfigured
from app.settings import Settings
from tests.app.processes import Running, door, is_running, port_of, running
from tests.app.test_turns import eventually
from tests.app.web.signing import OPENED, SECRET, body_of, headers

QUARTET = ("-c", "from app.cli.main import entry_point; entry_point()")


@lru_cache(maxsize=1)
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def app_environment(state_dir: Path) -> dict[str, str]:
    return {
        "GITHUB_APP_ID": "5",
        "GITHUB_APP_PRIVATE_KEY": private_key(),
        "GITHUB_WEBHOOK_SECRET": SECRET,
        # Nobody listens there: what is queued stays there, to be tried again.
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "QUARTET_STATE_DIR": str(state_dir),
        "QUARTET_GRACE_SECONDS": "1",
    }


@contextmanager
def up(environment: Mapping[str, str]) -> Iterator[Running]:
    with running(*QUARTET, "up", "--port", "0", environment=environment) as program:
        try:
            yield program
        finally:
            program.process.terminate()
            program.process.wait(60)


def address(program: Running) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", program.hear("listening at"))
    assert found
    return found[0]


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def deliver(url: str, guid: str) -> tuple[int, Any]:
    body = body_of(OPENED)
    request = urllib.request.Request(f"{url}/webhooks/github", data=body, headers=headers(body, guid=guid))
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, json.load(answer)


@pytest.mark.timeout(120)
def test_one_command_serves_the_app_and_ctrl_c_stops_it_in_order(tmp_path: Path) -> None:
    with up(app_environment(tmp_path)) as program:
        url = address(program)
        assert get(f"{url}/readyz") == {"database": "ok", "queue": "ok"}
        children = children_of(program.process.pid)

        assert program.end(signal.SIGINT) == 0
        said = program.rest()
    assert said.endswith("quartet: stopped\n")
    assert not any(is_running(child) for child in children)
    assert {path.name for path in (tmp_path / "redis").iterdir()} == {
        "appendonly.aof",
        "lock",
        "redis.conf",
        "redis.log",
    }


@pytest.mark.timeout(120)
def test_what_was_acknowledged_is_there_after_a_crash_of_everything(tmp_path: Path) -> None:
    with up(app_environment(tmp_path)) as program:
        status, _ = deliver(address(program), "11111111-1111-1111-1111-111111111111")
        assert status == 202
        children = children_of(program.process.pid)
        program.end(signal.SIGKILL)
        assert eventually(lambda: not any(is_running(child) for child in children))

    with up(app_environment(tmp_path)) as program:
        status, answer = deliver(address(program), "11111111-1111-1111-1111-111111111111")

    assert status == 200
    assert answer["ignored"] == "this delivery was accepted before"


@pytest.mark.timeout(120)
def test_a_part_that_dies_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    with up(app_environment(tmp_path)) as program:
        address(program)
        # Its own children have its words; it comes before them.
        web = next(child for child in children_of(program.process.pid) if " web " in command_of(child))
        os.kill(web, signal.SIGKILL)

        program.hear("web was killed (SIGKILL); it is started again in 0.5 s")
        assert get(f"{address(program)}/healthz") == {"status": "ok"}


@pytest.mark.timeout(120)
def test_a_part_that_cannot_run_stops_everything(tmp_path: Path) -> None:
    with (
        door() as taken,
        running(*QUARTET, "up", "--port", str(port_of(taken)), environment=app_environment(tmp_path)) as program,
    ):
        program.hear("web cannot run, for the reason above; everything is stopped")

        assert program.process.wait(60) == 2


def test_without_an_app_it_shows_where_to_register_one(tmp_path: Path) -> None:
    with up({"QUARTET_STATE_DIR": str(tmp_path)}) as program:
        program.hear("there is no GitHub App yet; register one at the address below")
        program.hear("/setup?token=")

        assert program.end(signal.SIGTERM) == 0


def test_an_app_that_is_half_set_up_is_refused_with_what_is_missing() -> None:
    with pytest.raises(Misconfigured, match="GITHUB_APP_PRIVATE_KEY and GITHUB_WEBHOOK_SECRET must be set, too"):
        is_set_up(Settings(github_app_id=5))


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        pytest.param({}, "no model has a key", id="no key"),
        pytest.param({"ANTHROPIC_API_KEY": "sk-ant-1"}, "models: security anthropic/", id="a key"),
        pytest.param({"REDIS_URL": "redis://:hush@h"}, "App None with the Redis in REDIS_URL and SQLite", id="a Redis"),
        pytest.param({"DATABASE_URL": "postgresql://u:hush@h/d"}, "the database in DATABASE_URL", id="a database"),
    ],
)
def test_it_says_what_it_runs_with_and_no_password(
    variables: Mapping[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    said = "\n".join(introduction(Settings()))

    assert words in said
    assert "hush" not in said
    assert "sk-ant" not in said


def children_of(pid: int) -> list[int]:
    """Processes that a process has started, and those have, and so on."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*found, *(below for child in found for below in children_of(child))]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
