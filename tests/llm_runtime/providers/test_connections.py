"""What the SDKs' clients do on sockets, with a deadline and without one."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from itertools import repeat

import httpx2
import pytest

from llm_runtime.providers.connections import keep_deadlines
from llm_runtime.providers.deadlines import within
from tests.fakes.server import FakeServer, Incoming, Reply


class Says(FakeServer):
    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    def answer(self, request: Incoming) -> Reply:
        return self._reply


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with keep_deadlines(httpx2.Client(timeout=20)) as client:
        yield client


def test_without_a_deadline_the_clients_own_timeout_counts(client: httpx2.Client) -> None:
    with Says(Reply(hang=True)) as server, pytest.raises(httpx2.ReadTimeout):
        client.get(server.url, timeout=0.1)


def test_the_clients_own_timeout_counts_where_it_is_shorter(client: httpx2.Client) -> None:
    with Says(Reply(hang=True)) as server, within(20), pytest.raises(httpx2.ReadTimeout):
        client.get(server.url, timeout=0.1)


def test_a_head_that_comes_byte_by_byte_is_not_waited_for(client: httpx2.Client) -> None:
    started = time.monotonic()

    with (
        Says(Reply(pause=0.02, headers={"x-long": "y" * 4_000})) as server,
        within(0.2),
        pytest.raises(httpx2.ReadTimeout),
    ):
        client.get(server.url)

    assert time.monotonic() - started < 5


def test_a_server_that_does_not_take_the_request_is_not_waited_for(client: httpx2.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"

        with within(0.5), pytest.raises(httpx2.WriteTimeout):
            client.post(address, content=repeat(b"x" * 65_536, 10_000))


def test_a_large_request_arrives_whole(client: httpx2.Client) -> None:
    body = bytes(range(256)) * 1_000
    with Says(Reply(body=b"fine")) as server, within(20):
        client.post(server.url, content=body)

    assert server.requests[0].body == body


def test_an_address_that_refuses_is_followed_by_the_next(client: httpx2.Client) -> None:
    with Says(Reply(body=b"fine")) as server, within(20):
        answer = client.get(server.url.replace("127.0.0.1", "localhost"))

    assert answer.text == "fine"


def test_a_host_without_an_address_is_a_failed_connection(client: httpx2.Client) -> None:
    with within(20), pytest.raises(httpx2.ConnectError):
        client.get("http://no-such-host.invalid/")


def test_proxies_of_the_environment_keep_deadlines_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with Says(Reply(stall=True, body=b"fine")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with (
            keep_deadlines(httpx2.Client(timeout=20)) as client,
            within(0.2),
            pytest.raises(httpx2.ReadTimeout),
        ):
            client.get("http://vendor.example/")

    assert len(proxy.requests) == 1
