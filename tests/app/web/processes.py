"""``quartet web`` in processes of its own, and a client that sends exactly the bytes it is given."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from tests.app.web.signing import SECRET

ROOT = Path(__file__).parents[3]
SECONDS = 30.0
_PROGRAM = "from app.cli.main import entry_point; entry_point()"


class WebProcesses:
    """The group of processes, and what they said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self._news = threading.Condition()
        assert process.stderr is not None
        self._reader = threading.Thread(target=self._read, args=(process.stderr,), daemon=True)
        self._reader.start()

    @property
    def url(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.wait_for("http://127.0.0.1:"))
        assert found
        return found[0]

    def wait_for(self, words: str, *, times: int = 1) -> str:
        """The first line with these words, once so many lines have them."""
        with self._news:
            if not self._news.wait_for(lambda: self._count(words) >= times or not self._reader.is_alive(), SECONDS):
                raise TimeoutError("\n".join(self.said))
        lines = [line for line in self.said if words in line]
        assert len(lines) >= times, "\n".join(self.said)
        return lines[0]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to stop; its exit status."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        status = self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        return status

    def _count(self, words: str) -> int:
        return sum(words in line for line in self.said)

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                with self._news:
                    self.said.append(line.rstrip("\n"))
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()


@contextmanager
def web_processes(*options: str, before: str = "", **environment: str) -> Iterator[WebProcesses]:
    """``quartet web`` on a free port, until the block ends; ``before`` is Python that runs first."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"{before}{_PROGRAM}", "web", "--port", "0", *options],
        cwd=ROOT,
        env={
            **os.environ,
            "GITHUB_WEBHOOK_SECRET": SECRET,
            **environment,
        },
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    web = WebProcesses(process)
    try:
        yield web
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        web.wait()


class RawClient:
    """A connection that says what it is told to, and nothing more."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=SECONDS)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def post(self, path: str, headers: Mapping[str, str]) -> None:
        lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
        self.send("\r\n".join((*lines, "", "")).encode("latin-1"))

    def status(self) -> int:
        """The status of the next answer; 0 where the connection ends without one."""
        with self._socket.makefile("rb") as answers:
            line = answers.readline()
        return int(line.split()[1]) if line else 0

    def end(self) -> None:
        """Say that nothing more comes, and go on listening."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.close()


def raw(url: str) -> closing[RawClient]:
    """A raw client that is closed when the block ends."""
    return closing(RawClient(url))
