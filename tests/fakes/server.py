"""A small HTTP server on loopback that the fakes stand on: a request comes in, a reply value goes out."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import parse_qsl, urlsplit


class Closable(Protocol):
    """Anything that holds connections."""

    def close(self) -> None: ...


Client = TypeVar("Client", bound=Closable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request as it came in. Header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer.

    ``cut`` announces the whole body and closes the connection after half of it; ``hang`` answers nothing until the
    server stops, ``stall`` the head alone. ``pause`` is a wait in seconds before each byte of the answer, its head
    included.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    hang: bool = False
    stall: bool = False
    pause: float | None = None


def json_reply(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(
        status=status,
        body=json.dumps(value).encode(),
        headers={"content-type": "application/json", **(headers or {})},
    )


class FakeServer:
    """Serve ``answer`` in threads until the ``with`` block ends; every request is kept in ``requests``."""

    def __init__(self) -> None:
        self.requests: list[Incoming] = []
        self.lock = threading.Lock()
        self._news = threading.Condition()
        self._afterwards: list[tuple[str, str, Callable[[], object]]] = []
        self._stopped = threading.Event()
        self._clients = ExitStack()
        handler = type("Handler", (_Handler,), {"fake": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def answer(self, request: Incoming) -> Reply:
        """Overridden by each fake."""
        return Reply(status=404)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def until(self, true: Callable[[], bool], what: str, seconds: float = 50.0) -> None:
        """Wait for something that requests to this server bring about; it is looked at as each answer is ready."""
        with self._news:
            if not self._news.wait_for(true, seconds):
                last = [f"{request.method} {request.path}" for request in self.requests[-20:]]
                raise AssertionError(f"it never came that {what}; the last requests were {last}")

    def after(self, method: str, path: str, event: Callable[[], object]) -> None:
        """Let something happen just after the first such request was answered."""
        self._afterwards.append((method, path, event))

    def answered(self, request: Incoming) -> None:
        """The last byte of an answer is out."""
        for event in [event for event in self._afterwards if event[0] == request.method]:
            if re.search(event[1], request.path):
                self._afterwards.remove(event)
                event[2]()

    def tell(self) -> None:
        """Something has happened that ``until`` may wait for."""
        with self._news:
            self._news.notify_all()

    def keep(self, client: Client) -> Client:
        """Close a client of this server when the server stops; it is given back."""
        self._clients.callback(client.close)
        return client

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._clients.close()
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone, because a test has killed it, is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    fake: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        request = Incoming(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        with self.fake.lock:
            self.fake.requests.append(request)
        reply = self.fake.answer(request)
        self.fake.tell()
        if reply.hang:
            self.fake._stopped.wait()
            self.close_connection = True
            return
        self.close_connection = self.close_connection or reply.cut or reply.stall or reply.pause is not None
        if reply.pause is not None:
            self._drip(_head(reply) + reply.body, reply.pause)
            return
        # ``send_response`` tells this machine's time; a reply may tell another.
        send_status = self.send_response_only if "date" in reply.headers else self.send_response
        send_status(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        if reply.stall:
            self.fake._stopped.wait()
        elif self.command != "HEAD":
            self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
        self.fake.answered(request)

    def _drip(self, answer: bytes, pause: float) -> None:
        for position in range(len(answer)):
            if self.fake._stopped.wait(pause):
                return
            try:
                self.wfile.write(answer[position : position + 1])
            except ConnectionError:
                return

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - the names http.server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server gives it
        """Tests read ``requests``, not a log on stderr."""


def _head(reply: Reply) -> bytes:
    headers = {**reply.headers, "content-length": str(len(reply.body))}
    lines = (f"HTTP/1.1 {reply.status} Dripping", *(f"{name}: {value}" for name, value in headers.items()))
    return "\r\n".join((*lines, "", "")).encode()
