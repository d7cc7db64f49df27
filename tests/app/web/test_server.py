"""Real gunicorn processes on a real Redis."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from app.queue import JobQueue, Lane
from app.web import server
from tests.app.web.processes import WebProcesses, raw, web_processes
from tests.app.web.signing import OPENED, body_of, headers
from tests.fakes.redis_server import RedisServer, own_redis

MIB = 1024 * 1024
HOOK = "/webhooks/github"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with own_redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def web(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcesses]:
    state = str(tmp_path_factory.mktemp("web"))
    with web_processes("--workers", "2", REDIS_URL=redis.url, QUARTET_STATE_DIR=state) as web:
        yield web


def test_a_delivery_is_in_the_queue_when_it_was_answered(web: WebProcesses, redis: RedisServer) -> None:
    queue = JobQueue(redis.url)
    before = queue.depths()[Lane.INTERACTIVE]
    body = body_of(OPENED)

    answer = requests.post(f"{web.url}{HOOK}", data=body, headers=headers(body, guid="one-1"), timeout=10)

    assert (answer.status_code, answer.json()) == (202, {"job": "delivery-one-1"})
    assert queue.depths()[Lane.INTERACTIVE] == before + 1
    queue.close()


def test_a_delivery_that_comes_to_all_processes_at_once_is_taken_once(web: WebProcesses) -> None:
    body = body_of(OPENED)

    def post(_: int) -> int:
        sent = headers(body, guid="many-1")
        return requests.post(f"{web.url}{HOOK}", data=body, headers=sent, timeout=10).status_code

    with ThreadPoolExecutor(16) as threads:
        statuses = list(threads.map(post, range(32)))

    assert sorted(statuses) == [200] * 31 + [202]


def test_the_database_and_the_queue_are_asked_whether_they_answer(web: WebProcesses) -> None:
    answer = requests.get(f"{web.url}/readyz", timeout=10)

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "queue": "ok"})


def test_the_figures_of_all_processes_are_added_up(web: WebProcesses) -> None:
    body = body_of({"zen": "Keep it logically awesome."})

    def shown() -> float:
        text = requests.get(f"{web.url}/metrics", timeout=10).text
        found = re.search(r'quartet_web_deliveries_total{event="ping",status="200"} (\d+)', text)
        return float(found[1]) if found else 0.0

    def ping(number: int) -> None:
        sent = headers(body, event="ping", guid=f"ping-{number}")
        requests.post(f"{web.url}{HOOK}", data=body, headers=sent, timeout=10)

    before = shown()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ping, range(40)))

    assert [shown() - before for _ in range(6)] == [40.0] * 6


def test_the_largest_delivery_is_taken(web: WebProcesses) -> None:
    body = body_of({"zen": "x" * (25 * MIB - len(body_of({"zen": ""})))})

    answer = requests.post(f"{web.url}{HOOK}", data=body, headers=headers(body, event="ping"), timeout=30)

    assert answer.status_code == 200


def test_a_body_that_says_it_is_too_large_is_refused_unread(web: WebProcesses) -> None:
    with raw(web.url) as client:
        client.post(HOOK, {**headers(b""), "Content-Length": str(30 * MIB)})

        assert client.status() == 413


@pytest.mark.parametrize("length", ["9" * 100, "-1", "1_0", "0x10", "10, 10", "1.5"])
def test_a_length_that_is_none_is_refused(web: WebProcesses, length: str) -> None:
    with raw(web.url) as client:
        client.post(HOOK, {**headers(b""), "Content-Length": length})

        assert client.status() in {400, 413}


def test_a_body_that_turns_out_to_be_too_large_is_refused(web: WebProcesses) -> None:
    chunk = b"%x\r\n%b\r\n" % (MIB, b"x" * MIB)
    with raw(web.url) as client:
        client.post(HOOK, {**headers(b""), "Transfer-Encoding": "chunked"})
        for _ in range(26):
            client.send(chunk)

        assert client.status() == 413


def test_a_chunked_delivery_is_taken(web: WebProcesses) -> None:
    body = body_of(OPENED)
    with raw(web.url) as client:
        client.post(HOOK, {**headers(body, guid="chunked-1"), "Transfer-Encoding": "chunked"})
        client.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))

        assert client.status() == 202


def test_a_body_that_ends_too_early_is_no_delivery(web: WebProcesses) -> None:
    body = body_of(OPENED)
    with raw(web.url) as client:
        client.post(HOOK, {**headers(body, guid="short-1"), "Content-Length": str(len(body))})
        client.send(body[:-10])
        client.end()

        assert client.status() in {400, 401}


def test_a_body_that_is_longer_than_it_said_is_cut_and_its_signature_wrong(web: WebProcesses) -> None:
    body = body_of(OPENED)
    with raw(web.url) as client:
        client.post(HOOK, {**headers(body, guid="long-1"), "Content-Length": str(len(body) - 10)})
        client.send(body)

        assert client.status() == 401


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-GitHub-Event", "pull_reque\u017ft"),
        ("X-GitHub-Delivery", "72d3162\u0435"),
        ("X-Hub-Signature-256", "sha256=\u0430" + "0" * 63),
    ],
)
def test_look_alikes_in_headers_are_refused(web: WebProcesses, name: str, value: str) -> None:
    body = body_of(OPENED)
    sent = {**headers(body), name: value.encode().decode("latin-1"), "Content-Length": str(len(body))}
    with raw(web.url) as client:
        client.post(HOOK, sent)
        client.send(body)

        assert client.status() in {400, 401}


def test_a_signature_that_is_sent_twice_is_refused(web: WebProcesses) -> None:
    body = body_of(OPENED)
    sent = headers(body, guid="twice-1")
    with raw(web.url) as client:
        client.post(
            HOOK, {**sent, "x-hub-signature-256": sent["X-Hub-Signature-256"], "Content-Length": str(len(body))}
        )
        client.send(body)

        assert client.status() == 401


def test_a_deep_body_is_refused_and_the_server_lives(web: WebProcesses) -> None:
    body = b"[" * (20 * MIB)

    answer = requests.post(f"{web.url}{HOOK}", data=body, headers=headers(body), timeout=30)

    assert answer.status_code == 400
    assert requests.get(f"{web.url}/healthz", timeout=10).status_code == 200


def test_who_sends_slowly_keeps_no_thread(redis: RedisServer, tmp_path: Path) -> None:
    script = "from app.web import server; server.TIMEOUT_SECONDS = 3; "
    environment = {"REDIS_URL": redis.url, "QUARTET_STATE_DIR": str(tmp_path)}
    with ExitStack() as stack, web_processes("--workers", "1", before=script, **environment) as web:
        clients = [stack.enter_context(raw(web.url)) for _ in range(server.THREADS * 2)]
        for number, client in enumerate(clients):
            if number % 2:
                client.send(b"POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A")
            else:
                client.post(HOOK, {**headers(b""), "Content-Length": "1000"})
                client.send(b"{")

        assert requests.get(f"{web.url}/healthz", timeout=30).status_code == 200
        assert {client.status() for client in clients} <= {0, 400, 401}
    # Gunicorn did not help itself by killing the process.
    assert not [line for line in web.said if "TIMEOUT" in line]


def test_who_does_not_hang_up_keeps_nobody_waiting(redis: RedisServer, tmp_path: Path) -> None:
    environment = {"REDIS_URL": redis.url, "QUARTET_STATE_DIR": str(tmp_path)}
    with ExitStack() as stack, web_processes("--workers", "1", **environment) as web:
        url = web.url
        for _ in range(server.THREADS * 2):
            client = stack.enter_context(raw(url))
            client.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

        # Two seconds for each of them would be sixteen.
        assert requests.get(f"{url}/healthz", timeout=10).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_and_leaves_nothing(redis: RedisServer, tmp_path: Path, number: int) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {"REDIS_URL": redis.url, "QUARTET_STATE_DIR": str(tmp_path), "TMPDIR": str(temporary)}
    with web_processes("--workers", "2", **environment) as web:
        requests.get(f"{web.url}/healthz", timeout=10)

        assert web.stop(number) == 0
    assert list(temporary.iterdir()) == []
    assert not [line for line in web.said if "Traceback" in line]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        pytest.param({"GITHUB_WEBHOOK_SECRET": ""}, "GITHUB_WEBHOOK_SECRET is not set", id="no secret"),
        pytest.param({"GITHUB_WEBHOOK_SECRET": "  "}, "GITHUB_WEBHOOK_SECRET is not set", id="a blank secret"),
        pytest.param({}, "REDIS_URL is not set", id="no queue"),
        pytest.param({"REDIS_URL": "nonsense"}, "REDIS_URL cannot be used", id="no address of a queue"),
    ],
)
def test_it_does_not_start_without_what_it_needs(environment: dict[str, str], said: str) -> None:
    with web_processes(**environment) as web:
        assert web.wait() != 0
    assert said in "\n".join(web.said)


def test_a_port_that_is_taken_is_said_in_one_line(web: WebProcesses, redis: RedisServer) -> None:
    with web_processes("--port", web.url.rpartition(":")[2], REDIS_URL=redis.url) as second:
        assert second.wait() != 0

    assert "cannot be used (address already in use)" in "\n".join(second.said)


def test_set_up_prints_an_address_that_lets_in(tmp_path: Path) -> None:
    with web_processes("--setup", GITHUB_WEBHOOK_SECRET="", QUARTET_STATE_DIR=str(tmp_path)) as web:
        found = re.search(r"http://\S+", web.wait_for("/setup?token="))
        assert found

        proxied = {"X-Forwarded-For": "203.0.113.9"}
        with requests.Session() as browser:
            answer = browser.get(found[0], headers=proxied, timeout=10)
        bare = requests.get(found[0].partition("?")[0], headers=proxied, timeout=10)

    assert answer.status_code == 200
    assert "Register the GitHub App" in answer.text
    assert bare.status_code == 403


def test_set_up_is_refused_where_the_app_is_set_up() -> None:
    with web_processes("--setup") as web:
        assert web.wait() != 0

    assert "the App is set up" in "\n".join(web.said)
