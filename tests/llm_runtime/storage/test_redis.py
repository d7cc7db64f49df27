"""A script on a real Redis: what becomes of it when the server, the wire or the process fails."""

from __future__ import annotations

import builtins
import os
import tempfile
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from llm_runtime.errors import LedgerUnavailable
from llm_runtime.storage.redis import CONNECTIONS, RedisScript
from tests.fakes.lossy_wire import LossyWire
from tests.fakes.redis_server import RedisServer, own_prefix, own_redis, redis_server

COUNT = "return redis.call('INCRBY', KEYS[1], ARGV[1])"


@pytest.fixture
def key() -> str:
    return f"{own_prefix()}:count"


@pytest.fixture
def script() -> Iterator[RedisScript]:
    made = RedisScript(redis_server().url, COUNT)
    yield made
    made.close()


def failing(server: str, lua: str = COUNT, key: str = "count") -> str:
    script = RedisScript(server, lua)
    try:
        with pytest.raises(LedgerUnavailable) as caught:
            script.run([key], [1])
    finally:
        script.close()
    return str(caught.value)


def test_a_script_is_sent_only_where_it_is_not_known(script: RedisScript, key: str) -> None:
    redis_server().command("SCRIPT", "FLUSH")

    assert [script.run([key], [2]) for _ in range(3)] == [2, 4, 6]


def test_a_socket_of_the_machine_will_do(key: str) -> None:
    with tempfile.TemporaryDirectory(prefix="q-") as folder:
        path = f"{folder}/redis.sock"
        with own_redis("--unixsocket", path):
            script = RedisScript(f"unix://{path}", COUNT)
            counted = script.run([key], [3])
            script.close()

    assert counted == 3


def test_text_beyond_ascii_arrives(key: str) -> None:
    echo = RedisScript(redis_server().url, "return {KEYS[1], ARGV[1]}")
    reply = echo.run([key + ":ümläut"], ["雪 {*}\r\n"])
    echo.close()

    assert [part.decode() for part in reply] == [key + ":ümläut", "雪 {*}\r\n"]


def test_a_connection_that_was_cut_while_it_was_idle_is_opened_anew(script: RedisScript, key: str) -> None:
    script.run([key], [1])
    redis_server().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    assert script.run([key], [1]) == 2


def test_a_server_that_is_gone_is_not_asked_again_and_again() -> None:
    with own_redis() as server:
        url = server.url

    assert failing(url).startswith(f"Redis at 127.0.0.1:{server.port}/0 cannot be reached (Error 111 connecting to")


def test_an_answer_that_does_not_come_ends_in_time() -> None:
    with own_redis() as server:
        server.pause()

        said = failing(server.url + "?socket_timeout=0.1")

    assert "did not answer in time" in said


def test_after_a_timeout_the_late_answer_is_not_taken_for_the_next(key: str) -> None:
    with own_redis() as server:
        script = RedisScript(server.url + "?socket_timeout=0.2", COUNT)
        script.run([key], [1])
        server.pause()
        with pytest.raises(LedgerUnavailable, match="did not answer in time"):
            script.run([key], [10])
        server.resume()

        counts = [script.run([key], [100]) for _ in range(2)]
        script.close()

    assert counts == [111, 211]


def test_a_script_whose_answer_was_lost_is_executed_once_more(key: str) -> None:
    with LossyWire(redis_server().port) as wire:
        script = RedisScript(f"redis://127.0.0.1:{wire.port}", COUNT)
        script.run([key], [1])
        wire.lose_next_answer()

        count = script.run([key], [1])
        script.close()

    assert (count, wire.lost) == (3, 1)


def test_a_wrong_password_is_told_without_it() -> None:
    with own_redis("--requirepass", "s3cret") as server:
        wrong = failing(f"redis://:wr0ng@127.0.0.1:{server.port}")
        none = failing(server.url)

    assert (
        wrong
        == none
        == (
            f"Redis at 127.0.0.1:{server.port}/0 refuses user or password; "
            "set them in the URL: redis://user:password@host:6379/0"
        )
    )


def test_a_password_where_none_is_set_is_told_without_it() -> None:
    with own_redis() as server:
        said = failing(f"redis://somebody:s3cret@127.0.0.1:{server.port}")

    assert "refuses user or password" in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    "url", ["redis//:s3cret@host", "redis://:s3cret@host:port/0", "http://:s3cret@host", "redis://:s3cret@host/?db=x"]
)
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(LedgerUnavailable, match="URL cannot be read; take redis://user") as caught:
        RedisScript(url, COUNT)

    assert "s3cret" not in str(caught.value)


def test_a_host_without_an_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # Looked up for real, it would leave loopback.
    def unknown(*_: Any) -> Any:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)

    said = failing("redis://:s3cret@nowhere.example")

    assert said.startswith("Redis at nowhere.example:6379/0 cannot be reached")
    assert "s3cret" not in said


def test_a_replica_is_told_from_its_primary() -> None:
    with own_redis() as primary, own_redis("--replicaof", "127.0.0.1", str(primary.port)) as replica:
        said = failing(replica.url)

    assert "takes no writes; name the primary server, not a replica" in said


def test_a_server_without_memory_says_so() -> None:
    with own_redis("--maxmemory", "1", "--maxmemory-policy", "noeviction") as server:
        said = failing(server.url)

    assert "has no memory left; raise its maxmemory" in said


def test_a_server_that_is_held_up_by_a_script_says_so() -> None:
    with own_redis("--lua-time-limit", "1") as server:
        hanging = threading.Thread(target=_hang, args=(server,))
        hanging.start()
        script = RedisScript(server.url, COUNT)
        said = ""
        while "somebody's script" not in said:
            try:
                script.run(["count"], [1])
            except LedgerUnavailable as error:
                said = str(error)
        script.close()
        server.command("SCRIPT", "KILL")
        hanging.join()

    assert "is held up by somebody's script; end that with SCRIPT KILL" in said


def test_a_user_without_rights_is_told_which() -> None:
    with own_redis() as server:
        server.command("ACL", "SETUSER", "reviewer", "on", ">s3cret", "~quartet:*", "+@connection")

        said = failing(f"redis://reviewer:s3cret@127.0.0.1:{server.port}")

    assert "refuses this user; grant it" in said
    assert "s3cret" not in said


def test_one_server_of_a_cluster_says_so() -> None:
    with own_redis("--cluster-enabled", "yes") as server:
        server.command("CLUSTER", "ADDSLOTS", 1)

        said = failing(server.url)

    assert "is a cluster that is down" in said


def test_a_script_that_fails_is_told_in_one_line() -> None:
    said = failing(redis_server().url, "error('first\\nsecond')")

    assert "does not take the work" in said
    assert "\n" not in said


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    importing = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "redis":
            raise ImportError(name)
        return importing(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(LedgerUnavailable, match=r"pip install redis$"):
        RedisScript("redis://127.0.0.1", COUNT)


def test_a_client_of_the_callers_is_used_and_left_open(key: str) -> None:
    with redis.Redis.from_url(redis_server().url, decode_responses=True) as client:
        script = RedisScript(client, COUNT)
        script.run([key], [5])
        script.close()

        assert client.get(key) == "5"


def test_a_client_of_the_callers_is_named_where_it_fails() -> None:
    with own_redis() as server:
        client = server.client()
    script = RedisScript(client, COUNT)

    with pytest.raises(LedgerUnavailable, match=f"Redis at 127.0.0.1:{server.port}/0 cannot be reached"):
        script.run(["count"], [1])
    client.close()


def test_threads_share_few_connections_and_get_their_own_answers(key: str) -> None:
    with own_redis() as server:
        script = RedisScript(server.url, "return {ARGV[1], redis.call('INCR', KEYS[1])}")
        answers: list[tuple[int, int, int]] = []

        def work(name: int) -> None:
            for _ in range(20):
                said, count = script.run([key], [name])
                answers.append((name, int(said), count))

        threads = [threading.Thread(target=work, args=(name,)) for name in range(3 * CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with server.client() as client:
            connections = int(client.info("stats")["total_connections_received"])
        script.close()

    assert all(name == said for name, said, _ in answers)
    assert sorted(count for _, _, count in answers) == list(range(1, 60 * CONNECTIONS + 1))
    # The server was pinged when it started, and asked by the test.
    assert connections <= CONNECTIONS + 2


def test_a_child_does_not_speak_on_its_parents_connection(script: RedisScript, key: str) -> None:
    script.run([key], [1])
    with warnings.catch_warnings():
        # From Python 3.12 on a fork beside threads warns; the test run has some, the child does without them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        ok = False
        try:
            ok = [script.run([key], [10]) for _ in range(50)][-1] > 500
        finally:
            os._exit(0 if ok else 1)
    counts = [script.run([key], [10]) for _ in range(50)]
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert counts == sorted(set(counts))
    assert script.run([key], [0]) == 1_001


def test_what_was_closed_is_closed(script: RedisScript, key: str) -> None:
    script.run([key], [1])
    script.close()
    script.close()

    with pytest.raises(LedgerUnavailable, match="was closed; open it again"):
        script.run([key], [1])


def test_a_connection_in_use_is_closed_when_its_work_is_done() -> None:
    with own_redis() as server:
        script = RedisScript(server.url, COUNT)
        script.run(["count"], [1])
        server.pause()
        asking = threading.Thread(target=script.run, args=(["count"], [1]))
        asking.start()
        script.close()
        server.resume()
        asking.join()
        with server.client() as client:
            left = [each for each in client.client_list() if each["name"] == "quartet"]

    assert left == []


def _hang(server: RedisServer) -> None:
    with server.client() as client, pytest.raises(redis.exceptions.RedisError):
        client.eval("while true do end", 0)
