"""Jobs for tests, called by their dotted paths in processes of their own."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from app.settings import Settings
from app.turns import Turns
from llm_runtime.errors import Cancelled
from tests.app.turn_takers import NUMBER, REPOSITORY


def warm_up(_settings: Settings) -> None:
    pass


def prune() -> None:
    pass


def succeed(**_arguments: Any) -> None:
    pass


def fail(**_arguments: Any) -> None:
    raise RuntimeError("the work failed")


def knock(port: int, says: str = "") -> None:
    """Say who works, then work until the other side answers or hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(f"{os.getpid()} {os.getppid()} {says}\n".encode())
        line.settimeout(60)
        line.recv(1)


def handle(delivery: str, event: Mapping[str, Any]) -> None:
    knock(event["number"], delivery)


def review(installation: int, owner: str, repo: str, number: int) -> None:
    raise RuntimeError("not meant to be run")


def hold_turn(url: str, prefix: str, port: int) -> None:
    """Take the turn that is wanted, and hand it back as soon as there is a reason; say which."""
    with (
        closing(Turns(url, prefix=prefix)) as turns,
        socket.create_connection(("127.0.0.1", port), timeout=60) as line,
    ):
        turn = turns.take(REPOSITORY, NUMBER)
        assert turn is not None
        with turn:
            line.sendall(f"{os.getpid()} {os.getppid()}\n".encode())
            with contextlib.suppress(Cancelled), turn.cancellation.waking(stopped := threading.Event()):
                stopped.wait(60)
            line.sendall(turn.reason_to_stop.encode())
            turn.hand_back()
