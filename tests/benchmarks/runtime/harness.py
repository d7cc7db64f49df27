"""One run: a server with one shape, a client in one topology, so many calls; figures come out."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.benchmarks.runtime.competitors import Competitor
from tests.benchmarks.runtime.crew import ROOT, Crew
from tests.benchmarks.runtime.measures import Figures, figures
from tests.benchmarks.runtime.prompts import prompt
from tests.benchmarks.runtime.protocol import (
    Called,
    ClientSettings,
    ServerSettings,
    Stats,
)
from tests.benchmarks.runtime.shapes import Shape
from tests.benchmarks.runtime.stores import store

REAL_MINUTE = 60.0
_PATIENCE = 60
"""A run that lasts so many times longer than its calls would at the limit is given up."""


@dataclass(frozen=True, slots=True)
class Topology:
    """How many processes with how many threads each call at once."""

    processes: int
    threads: int

    def __str__(self) -> str:
        return f"{self.processes}x{self.threads}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Conditions that all clients share.

    Attributes:
        calls: How many in all.
        minute: Seconds that the server's minute lasts; those who cannot be told of it have a real one.
        seed: What the sizes and the latencies are drawn from.
        retry_after: Whether a 429 says how long to wait.
        headers: Whether answers carry ``x-ratelimit-*``.
        latency: Seconds of the quickest and of the slowest answer, in a minute of 60 s.
    """

    calls: int = 300
    minute: float = 6.0
    seed: int = 1
    retry_after: bool = True
    headers: bool = False
    latency: tuple[float, float] = (0.5, 3.0)


def measure(competitor: Competitor, shape: Shape, topology: Topology, run: Run) -> Figures:
    """Run a client against a shape.

    Raises:
        NotInstallable: Its environment cannot be made.
        WorkerFailed: One of its processes broke down.
        ValueError: None of its calls reached the server.
    """
    python = competitor.environment.python()
    if competitor.real_minute:
        run = replace(run, minute=REAL_MINUTE)
    sizes = shape.sizes(run.calls, run.seed)
    scale = run.minute / REAL_MINUTE
    serving = ServerSettings(
        shape=shape.name,
        minute=run.minute,
        retry_after=run.retry_after,
        headers=run.headers,
        fastest=run.latency[0] * scale,
        slowest=run.latency[1] * scale,
        seed=run.seed,
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prompts = folder / "prompts.json"
        questions = [(prompt(number, size, run.seed), size) for number, size in enumerate(sizes)]
        prompts.write_text(json.dumps(questions), encoding="utf-8")
        (folder / "store").mkdir()
        ledger_url = stack.enter_context(store(competitor.ledger, folder / "store"))
        url = stack.enter_context(server(serving))
        client = ClientSettings(
            base_url=f"{url}/v1",
            rpm=shape.believed_rpm,
            tpm=shape.believed_tpm,
            minute=run.minute,
            burst=shape.burst,
            processes=topology.processes,
            calls=run.calls,
            ledger=competitor.ledger,
            ledger_url=ledger_url,
        )
        crew = Crew(
            python=python,
            processes=topology.processes,
            threads=topology.threads,
            calls=run.calls,
            patience=_PATIENCE * run.minute * run.calls / shape.calls_a_minute,
        )
        results = crew.run(competitor.module, asdict(client), prompts)
        stats = Stats.from_json(_get(f"{url}/stats"))
    return figures(
        stats,
        [Called(**call) for result in results for call in result.calls],
        limit=shape.limit,
        minute=run.minute,
        weighed=shape.believed_tpm is not None,
        ideal_seconds=shape.ideal_seconds(sizes, run.minute),
        cpu_seconds=sum(result.cpu_seconds for result in results),
    )


@contextmanager
def server(settings: ServerSettings) -> Iterator[str]:
    """A server in a process of its own until the block ends; its address without a path."""
    command = [sys.executable, "-m", "tests.benchmarks.runtime.server", settings.to_json()]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError("the server did not start; what it says is on stderr")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        content: bytes = answer.read()
        return content
