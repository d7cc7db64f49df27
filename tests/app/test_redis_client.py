from __future__ import annotations

from contextlib import closing

import pytest

from app.errors import QueueDown
from app.redis_client import asking, connect, place
from tests.fakes.redis_server import own_redis


@pytest.mark.parametrize(
    ("settings", "password", "cure"),
    [
        pytest.param(
            ("--requirepass", "right"), "", "wants another user or password than REDIS_URL has", id="no password"
        ),
        pytest.param(("--requirepass", "right"), ":wrong@", "wants another user or password", id="a wrong one"),
        pytest.param(("--maxmemory", "1"), "", "has no memory left; raise its maxmemory", id="full"),
        pytest.param(("--replicaof", "127.0.0.1", "1"), "", "takes no writes; name the primary", id="a replica"),
        pytest.param(("--min-replicas-to-write", "1"), "", "refuses a command", id="something else"),
    ],
)
def test_what_redis_says_becomes_one_line_with_the_cure(settings: tuple[str, ...], password: str, cure: str) -> None:
    with own_redis(*settings) as server:
        url = f"redis://{password}127.0.0.1:{server.port}/0"
        with closing(connect(url, text=True)) as client, pytest.raises(QueueDown) as caught, asking(url):
            client.set("a", "b")

    told = str(caught.value)
    assert told.startswith(f"Redis at 127.0.0.1:{server.port} {cure}")
    assert "wrong" not in told
    assert "\n" not in told


def test_a_server_that_hangs_is_not_waited_for_long() -> None:
    with own_redis() as server:
        with closing(connect(server.url, text=True, answer_seconds=0.1)) as client:
            server.pause()
            with pytest.raises(QueueDown, match="does not answer in time; see what keeps it busy"), asking(server.url):
                client.get("a")
        server.resume()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://user:secret@host:7000/1", "host:7000"),
        ("rediss://host", "host:6379"),
        ("unix:///run/redis.sock?password=secret", "/run/redis.sock"),
        ("redis://host:x/0", "the address in REDIS_URL"),
    ],
)
def test_a_server_is_named_without_its_password(url: str, name: str) -> None:
    assert place(url) == name
