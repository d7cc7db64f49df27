"""Programs of the tests as processes that are read line by line, and never outlive their test."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 50.0


@dataclass(frozen=True, slots=True)
class Running:
    """A process and what it says."""

    process: subprocess.Popen[str]
    heard: list[str] = field(default_factory=list)

    def hear(self, words: str) -> str:
        """Its next line that holds some words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.heard.append(line)
            if words in line:
                return line
        raise AssertionError(f"it never said {words!r}, but: {''.join(self.heard)}")

    def rest(self) -> str:
        """What else it says until everything that speaks for it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.read()

    def end(self, *signals: signal.Signals) -> int:
        """Its exit status, after some signals."""
        for what in signals:
            self.process.send_signal(what)
        return self.process.wait(SECONDS)


@contextlib.contextmanager
def running(*command: str, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """``python COMMAND`` until the block ends."""
    with subprocess.Popen(
        (sys.executable, *command),
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


@dataclass(frozen=True, slots=True)
class Caller:
    """A job that has begun and waits to be answered."""

    line: socket.socket
    horse: int
    worker: int
    says: str

    def answer(self) -> None:
        """Let it end."""
        self.line.sendall(b".")

    def wait_for_the_end(self) -> None:
        """Until the process of the job is gone."""
        assert self.line.recv(1) == b""


@contextlib.contextmanager
def door() -> Iterator[socket.socket]:
    """Where jobs knock."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        yield listener


@contextlib.contextmanager
def knocked(listener: socket.socket) -> Iterator[Caller]:
    """The next job that begins."""
    line, _ = listener.accept()
    with line:
        line.settimeout(SECONDS)
        horse, worker, *says = line.recv(1000).decode().split()
        yield Caller(line, int(horse), int(worker), " ".join(says))


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def is_running(pid: int) -> bool:
    """Whether a process is there and does something; one that nobody has buried does nothing."""
    return _state(pid) not in ("", "Z")


def pause(pid: int) -> None:
    """Stop a process until SIGCONT; other signals that come before it has stopped would be heard first."""
    os.kill(pid, signal.SIGSTOP)
    while _state(pid) not in ("T", "Z", ""):
        os.sched_yield()


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""
