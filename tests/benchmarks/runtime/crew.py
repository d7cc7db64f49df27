"""The processes that call: all begin at the same moment and share one pipe of tickets."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.runtime.protocol import WorkerResult, WorkerSettings
from tests.benchmarks.runtime.worker import TICKET_BYTES

ROOT = Path(__file__).parents[3]
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")


class WorkerFailed(Exception):
    """A client's process ended before its time; the message is the last line that it wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A number of processes of one interpreter.

    Attributes:
        python: The interpreter; it needs to have what the client imports.
        processes: How many.
        threads: Calls that each makes at once.
        calls: Calls of all together.
        patience: Seconds after which all are ended.
    """

    python: Path
    processes: int
    threads: int
    calls: int
    patience: float

    def run(self, client: str, settings: dict[str, object], prompts: Path) -> list[WorkerResult]:
        """Let them call until the tickets are used up.

        Args:
            client: Module that has the ``Client``.
            settings: Fields of its ``ClientSettings``.
            prompts: File with the questions; what the processes write to stderr is kept beside it.

        Raises:
            WorkerFailed: One of them ended without a result, or all took longer than the patience.
        """
        with ExitStack() as stack:
            tickets = _tickets(self.calls)
            stack.callback(os.close, tickets)
            told = WorkerSettings(
                client=client, settings=settings, threads=self.threads, tickets=tickets, prompts=str(prompts)
            )
            logs = [prompts.with_name(f"worker-{number}.log") for number in range(self.processes)]
            workers = [self._start(stack, told, log) for log in logs]
            with ThreadPoolExecutor(self.processes) as pool:
                # Each has imported what it needs, and opened its connections, before any of them begins.
                for worker, line, log in zip(workers, pool.map(_first_line, workers), logs, strict=True):
                    if line != "ready\n":
                        raise WorkerFailed(_last_line(log) or f"ended with status {worker.wait()}")
                try:
                    outputs: Sequence[str] = list(pool.map(self._finish, workers))
                except subprocess.TimeoutExpired:
                    for worker in workers:
                        worker.kill()
                    raise WorkerFailed(f"not done within {self.patience:.0f} s") from None
            for worker, log in zip(workers, logs, strict=True):
                if worker.returncode:
                    raise WorkerFailed(_last_line(log) or f"ended with status {worker.returncode}")
            return [WorkerResult.from_json(output) for output in outputs]

    def _start(self, stack: ExitStack, told: WorkerSettings, log: Path) -> subprocess.Popen[str]:
        process = stack.enter_context(
            subprocess.Popen(
                [self.python, "-m", "tests.benchmarks.runtime.worker", told.to_json()],
                cwd=ROOT,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"NO_PROXY": "127.0.0.1"},
                pass_fds=[told.tickets],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stack.enter_context(log.open("w", encoding="utf-8")),
                text=True,
            )
        )
        stack.callback(process.kill)
        return process

    def _finish(self, worker: subprocess.Popen[str]) -> str:
        return worker.communicate("go\n", timeout=self.patience)[0]


def _tickets(calls: int) -> int:
    """A pipe's end from which each read takes the number of a call, until there is none."""
    tickets, hand_out = os.pipe()
    try:
        os.set_blocking(hand_out, False)
        os.write(hand_out, b"".join(b"%0*d" % (TICKET_BYTES, number) for number in range(calls)))
    finally:
        os.close(hand_out)
    return tickets


def _first_line(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline()


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8").strip().splitlines()
    return lines[-1] if lines else ""
