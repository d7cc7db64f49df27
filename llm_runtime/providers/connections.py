"""An SDK's HTTP client comes in; from then on its connections keep the deadline of the call that they serve.

The timeouts of HTTP clients are for each read: a server that sends a byte now and then holds a call for ever. So each
operation on a socket gets what is left of the whole call and no more. This module is loaded with the SDKs, not before.
"""

from __future__ import annotations

import functools
import os
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

from llm_runtime.providers.deadlines import seconds_left

_PIECE = 16_384


def trust() -> ssl.SSLContext:
    """Whom encrypted connections believe, as the HTTP client decides it; read once, because it takes 50 ms.

    Clients, threads and forks may share it.
    """
    # The HTTP client itself asks for these two.
    return _trust(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@functools.lru_cache(maxsize=1)
def _trust(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def keep_deadlines(client: httpx2.Client) -> httpx2.Client:
    """Bind the client's connections to deadlines; the client is given back.

    The client's own transports are kept, with all they know of proxies and certificates. They take a network backend
    from nobody, so it is replaced where they keep it.
    """
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001 - there is no public way
        if isinstance(transport, httpx2.HTTPTransport):
            pool = transport._pool  # noqa: SLF001 - there is no public way
            pool._network_backend = PunctualBackend(pool._network_backend)  # noqa: SLF001 - there is no public way
    return client


class PunctualBackend(httpcore2.NetworkBackend):
    """Opens connections that keep deadlines; the SDKs need no other kind than TCP, and try once.

    Args:
        backend: Opens the connections.
    """

    def __init__(self, backend: httpcore2.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the host's addresses that answers, each with a fair share of the time.

        Looking up the name is left to the system, whose resolver has timeouts of its own.
        """
        *others, last = _addresses(host, port)
        for tried, address in enumerate(others):
            left = _shortened(timeout, httpcore2.ConnectTimeout)
            share = None if left is None else left / (len(others) + 1 - tried)
            try:
                return PunctualStream(self._backend.connect_tcp(address, port, share, local_address, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        left = _shortened(timeout, httpcore2.ConnectTimeout)
        return PunctualStream(self._backend.connect_tcp(last, port, left, local_address, socket_options))


class PunctualStream(httpcore2.NetworkStream):
    """A connection that keeps deadlines; one call uses it at a time, in one thread.

    Args:
        stream: Reads and writes.
    """

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at most ``max_bytes``."""
        return self._stream.read(max_bytes, _shortened(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it, in pieces, so that a server that takes them slowly is noticed."""
        view = memoryview(buffer)
        for start in range(0, len(view), _PIECE):
            left = _shortened(timeout, httpcore2.WriteTimeout)
            self._stream.write(bytes(view[start : start + _PIECE]), left)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The encrypted connection; each step of the handshake may take what is left at its beginning."""
        left = _shortened(timeout, httpcore2.ConnectTimeout)
        return PunctualStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self._stream.get_extra_info(info)


def _shortened(timeout: float | None, expired: type[httpcore2.TimeoutException]) -> float | None:
    """The timeout, or what is left of the call if that is less."""
    left = seconds_left()
    if left is None:
        return timeout
    if left <= 0:
        raise expired("the time for the whole call is used up")
    return left if timeout is None else min(timeout, left)


def _addresses(host: str, port: int) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(str(error)) from error
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
