"""Calls a client from many threads until no ticket is left; runs in any interpreter and needs nothing but Python.

It says ``ready``, waits for a line, and prints one JSON object in the end.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.runtime.protocol import Called, ClientSettings, WorkerResult, WorkerSettings

TICKET_BYTES = 6
"""A ticket is a number in so many digits; reads of a pipe that are shorter than what it holds are atomic."""


def run(settings: WorkerSettings, ready: Callable[[], None]) -> WorkerResult:
    """Call until the tickets are used up.

    Args:
        settings: Whom to call and how.
        ready: Returns when all workers may begin.
    """
    prompts: list[tuple[str, int]] = json.loads(Path(settings.prompts).read_text(encoding="utf-8"))
    client: Any = importlib.import_module(settings.client).Client(ClientSettings(**settings.settings))
    called: list[Called] = []

    def work() -> None:
        while ticket := os.read(settings.tickets, TICKET_BYTES):
            called.append(_call(client, int(ticket), *prompts[int(ticket)]))

    threads = [threading.Thread(target=work) for _ in range(settings.threads)]
    ready()
    before = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.process_time() - before
    client.close()
    return WorkerResult(calls=[asdict(call) for call in called], cpu_seconds=spent)


def _call(client: Any, number: int, prompt: str, tokens: int) -> Called:
    started = time.monotonic()
    error = None
    try:
        client.call(prompt, tokens)
    except Exception as lost:  # noqa: BLE001 - whatever a client gives up with, the call is lost, and counted as such
        error = f"{type(lost).__name__}: {lost}"[:300]
    return Called(number=number, started=started, ended=time.monotonic(), error=error)


if __name__ == "__main__":
    # Libraries that print must not mix with the result.
    out, sys.stdout = sys.stdout, sys.stderr

    def wait_for_all() -> None:
        print("ready", file=out, flush=True)
        sys.stdin.readline()

    print(run(WorkerSettings.from_json(sys.argv[1]), wait_for_all).to_json(), file=out, flush=True)
