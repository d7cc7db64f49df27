"""What the SDKs' clients do on sockets, with a deadline and without one."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import repeat
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from llm_runtime.providers.connections import keep_deadlines, trust
from llm_runtime.providers.deadlines import within
from tests.fakes.server import FakeServer, Incoming, Reply


class Says(FakeServer):
    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    def answer(self, request: Incoming) -> Reply:
        return self._reply


class EncryptedSays(Says):
    def __init__(self, reply: Reply, certificate: Certificate) -> None:
        super().__init__(reply)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)


class Certificate:
    """A key and a certificate for 127.0.0.1 that it signed itself."""

    def __init__(self, file: Path) -> None:
        self.file = file
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
        now = datetime.now(UTC)
        signed = (
            x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(secret + signed.public_bytes(pem))

    def client(self) -> httpx2.Client:
        trusting = ssl.create_default_context(cafile=str(self.file))
        return keep_deadlines(httpx2.Client(timeout=20, verify=trusting))


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate(tmp_path / "certificate.pem")


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


def test_every_address_of_a_host_is_tried(client: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **options: Any) -> list[Any]:
        hosts = ("::1", "127.0.0.1") if host == "vendor.test" else (host,)
        return [found for host in hosts for found in real(host, port, *rest, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Says(Reply(body=b"fine")) as server, within(20):
        answer = client.get(server.url.replace("127.0.0.1", "vendor.test"))

    assert answer.text == "fine"


def test_an_encrypted_connection_answers(certificate: Certificate) -> None:
    with EncryptedSays(Reply(body=b"fine"), certificate) as server, certificate.client() as client, within(20):
        answer = client.get(server.url.replace("http:", "https:"))

    assert answer.text == "fine"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(hang=True), id="hangs"),
        pytest.param(Reply(body=b"fine", stall=True), id="hangs after the head"),
        pytest.param(Reply(body=b"fine" * 1_000, pause=0.02), id="sends a byte now and then"),
    ],
)
def test_an_encrypted_connection_keeps_deadlines(certificate: Certificate, reply: Reply) -> None:
    started = time.monotonic()

    with (
        EncryptedSays(reply, certificate) as server,
        certificate.client() as client,
        within(0.5),
        pytest.raises(httpx2.ReadTimeout),
    ):
        client.get(server.url.replace("http:", "https:"))

    assert time.monotonic() - started < 5


def test_a_server_that_never_shakes_hands_is_not_waited_for(client: httpx2.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"

        with within(0.2), pytest.raises(httpx2.ConnectTimeout):
            client.get(address)


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


def test_certificates_are_read_once_and_again_where_others_are_named(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = trust()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))

    named = trust()

    assert trust() is named
    with EncryptedSays(Reply(body=b"fine"), certificate) as server:
        address = server.url.replace("http://", "https://")
        with httpx2.Client(verify=named) as client:
            assert client.get(address).text == "fine"
        with httpx2.Client(verify=usual) as client, pytest.raises(httpx2.ConnectError, match="certificate"):
            client.get(address)
