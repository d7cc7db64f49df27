"""Gunicorn, in this process: a listening socket and an application in, answered requests out."""

from __future__ import annotations

import contextlib
import gc
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped] # gunicorn has no types
from gunicorn.errors import HaltServer  # type: ignore[import-untyped] # the same
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped] # the same

from app.errors import Misconfigured

THREADS = 4
TIMEOUT_SECONDS = 15
"""GitHub itself waits ten seconds for an answer."""

_GRACE_SECONDS = 10
_GOODBYE_SECONDS = 1.0
_MANY_BYTES = 65_536
_BACKLOG = 2_048


class PunctualWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Threads that give nobody more than ``TIMEOUT_SECONDS`` to send a request.

    Gunicorn's own timeout watches the process, not the request: four clients that send a byte now and then would keep
    four threads for good. And it waits up to two seconds for a client to close its end in the one loop that serves all
    others; here that is waited for in the thread.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._until: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> Any:
        """Serve one request, and note until when; called in a thread."""
        self._until[conn] = time.monotonic() + self.cfg.timeout
        try:
            more = super().handle(conn)
            if not more:
                _say_goodbye(conn.sock)
            return more
        finally:
            del self._until[conn]

    def murder_pending(self) -> None:
        """End what is late; called by the main loop at least once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in tuple(self._until.items()):
            if now > until:
                # The thread reads an end of the request, answers if it can, and is free.
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)


def _say_goodbye(connection: socket.socket) -> None:
    """Leave nothing that could be waited for when the connection is closed.

    What is still on its way is read (RFC 9112, section 9.6), or the client would lose the end of its answer.
    """
    until = time.monotonic() + _GOODBYE_SECONDS
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(_GOODBYE_SECONDS)
        while time.monotonic() < until and connection.recv(_MANY_BYTES):
            pass
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    def __init__(self, build: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._build = build
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._build()


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that takes connections.

    Args:
        host: A name or an address.
        port: 0 takes any that is free.

    Raises:
        Misconfigured: The address cannot be listened at.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
    except OSError as error:
        raise Misconfigured(f"{host[:200]} is no address of this machine; try --host 127.0.0.1") from error
    with contextlib.closing(listener):
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except (OSError, OverflowError) as error:
            reason = (getattr(error, "strerror", None) or "no such port").lower()
            msg = f"port {port} of {host[:200]} cannot be used ({reason}); choose another --port"
            raise Misconfigured(msg) from error
        yield listener


def address_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds it.

    >>> with listening("127.0.0.1", 0) as listener:
    ...     address_of(listener).startswith("http://127.0.0.1:")
    True
    """
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what was listened at, told in words
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(build: Callable[[], Flask], listener: socket.socket, *, processes: int, ready: Callable[[], None]) -> int:
    """Answer until the process is told to stop.

    Args:
        build: Makes the application; called in each process after it was forked, so that no two of them share a
            connection. What it imports should be imported before, so that they share the memory.
        listener: What is listened at; it is given away.
        processes: How many answer.
        ready: Called once, when the first of them is about to be started.

    Returns:
        The exit status.
    """
    _log_to_stderr()
    options = {
        # Gunicorn closes it, in each process when that ends.
        "bind": f"fd://{listener.detach()}",
        "workers": processes,
        "worker_class": PunctualWorker,
        "threads": THREADS,
        "timeout": TIMEOUT_SECONDS,
        "graceful_timeout": _GRACE_SECONDS,
        "control_socket_disable": True,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "quartet web",
        "when_ready": lambda _: ready(),
    }
    # What is there before the fork is never collected, so that the collector does not copy it into each process.
    gc.collect()
    gc.freeze()
    try:
        _Server(build, options).run()
    except SystemExit as stopped:
        # Gunicorn ends the process by itself; its caller may have something to put away.
        return stopped.code if isinstance(stopped.code, int) else 0
    except HaltServer as halted:
        return int(halted.exit_status)
    return 0


def _log_to_stderr() -> None:
    """One line for each delivery, and for each fault."""
    log = logging.getLogger("app.web")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
