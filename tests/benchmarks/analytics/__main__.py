"""How long questions to a million calls take, and how long it takes to note a call: ``make bench-analytics``.

    python -m tests.benchmarks.analytics [--calls 1000000] [--engines sqlite postgres] [--notes 2000]

Both engines run on this machine: SQLite on a file, PostgreSQL from a wheel with its own settings. Each question is
asked five times of the last 30 of 90 days, and of all 90; printed are medians in seconds, in the way that the command
asks, without the time that it takes to start; behind the slash the processor time of the process that does the work
(of PostgreSQL's, for that engine), which tells what a machine that has other work to do would take without it. A call
is noted by ``Books.write`` in a transaction of its own, as the thread of a process does that has one call to note;
batches take less for each.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import psutil  # type: ignore[import-untyped] # comes with the wheel of PostgreSQL, without types
from sqlalchemy import Connection, func, select

from app.store.versions import FAULTS
from llm_runtime.analytics.answer import Answer
from llm_runtime.analytics.books import Books, open_books
from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.metrics import agent_metrics, llm_metrics, prompt_metrics
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.metrics.totals import totals
from llm_runtime.analytics.performance_analyzer import analyze
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.records import Generation, Source, Trace
from llm_runtime.analytics.tables import llm_generations
from llm_runtime.messages import PromptVariant, Usage
from tests.benchmarks.analytics.filling import fill
from tests.benchmarks.analytics.history import BEGAN, DAYS

LIMITS = {"sqlite": 2.0, "postgres": 1.0}
NOTE_LIMIT_MS = 2.0
_RUNS = 5
_UNTIL = BEGAN + timedelta(days=DAYS)
PERIODS = {"30 days": Period(_UNTIL - timedelta(days=30), _UNTIL), "90 days": Period(BEGAN, _UNTIL)}

Question = Callable[[Connection, Period], Answer]


def questions() -> Iterator[tuple[str, Question]]:
    """Every question by its name; those that can be divided, in several ways."""
    for question in (llm_metrics.costs, llm_metrics.latency):
        for by in By:
            yield f"{question.__name__} by {by}", _divided(question, by)
    # They read what the costs read.
    for question in (llm_metrics.rates, llm_metrics.fallbacks, llm_metrics.caches):
        for by in (By.MODEL, By.PROMPT):
            yield f"{question.__name__} by {by}", _divided(question, by)
    yield "totals, and of the period before", totals
    for whole in (llm_metrics.cost_by_day, llm_metrics.cost_by_day_and_model, llm_metrics.errors, llm_metrics.events):
        yield whole.__name__, whole
    for other in (prompt_metrics.prompts, agent_metrics.value, agent_metrics.reviewers, agent_metrics.pull_requests):
        yield other.__name__, other


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 where something takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--notes", type=int, default=2_000)
    parser.add_argument("--engines", nargs="+", choices=list(LIMITS), default=list(LIMITS))
    options = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    missed = 0
    with tempfile.TemporaryDirectory(prefix="quartet-analytics-") as folder:
        for engine in options.engines:
            missed += _measure(engine, Path(folder), options.calls, options.notes)
    return 1 if missed else 0


def _measure(engine: str, folder: Path, calls: int, notes: int) -> int:
    if engine == "sqlite":
        url = f"sqlite:///{folder / 'quartet.db'}"
    else:
        # Started where it is wanted.
        from tests.fakes.postgres_server import postgres  # noqa: PLC0415

        url = postgres().schema()
    began = time.perf_counter()
    fill(url, calls)
    with closing(open_books(url, FAULTS)) as books:
        with books.database.reading() as connection:
            (filled,) = connection.scalars(select(func.count()).select_from(llm_generations))
        print(f"\n{engine}: {filled:,} calls, filled in {time.perf_counter() - began:.0f} s")
        return _ask(books, LIMITS[engine]) + _note(books, notes)


def _ask(books: Books, limit: float) -> int:
    missed = 0
    print(f"{'question':36}" + "".join(f"{name:>14}" for name in PERIODS))
    for name, question in questions():
        medians = [_median(books, question, period) for period in PERIODS.values()]
        late = [wall for wall, _ in medians if wall >= limit]
        told = "".join(f"{f'{wall:.2f} / {cpu:.2f}':>14}" for wall, cpu in medians)
        print(f"{name:36}{told}{' TOO LONG' if late else ''}")
        missed += len(late)
    wall, cpu = _median(books, analyze, PERIODS["30 days"])
    print(f"{'all of a report':36}{f'{wall:.2f} / {cpu:.2f}':>14}")
    return missed


def _median(books: Books, question: Callable[[Connection, Period], object], period: Period) -> tuple[float, float]:
    """Seconds of the clock, and of the processor in the process that does the work."""
    walls, cpus = [], []
    for _ in range(_RUNS):
        with books.database.reading() as connection:
            worker = _worker(connection)
            began = time.perf_counter(), _busy(worker)
            question(connection, period)
            walls.append(time.perf_counter() - began[0])
            cpus.append(_busy(worker) - began[1])
    return statistics.median(walls), statistics.median(cpus)


def _worker(connection: Connection) -> psutil.Process:
    if connection.dialect.name == "sqlite":
        return psutil.Process()
    return psutil.Process(connection.execute(select(func.pg_backend_pid())).scalar_one())


def _busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _note(books: Books, notes: int) -> int:
    trace = Trace(
        id=trace_id("bench"), name="review", source=Source.APP, repository="octo/app", number=7, started_at=_UNTIL
    )
    books.write([trace])
    call = Generation(
        trace=trace.id,
        id="",
        asker="security",
        question="q" * 64,
        provider="anthropic",
        model="claude-sonnet-5-5",
        served="claude-sonnet-5-5",
        usage=Usage(input_tokens=9_000, output_tokens=400),
        cost_usd=Decimal("0.033"),
        started_at=_UNTIL,
        latency_ms=6_000,
        variant=PromptVariant(name="security", version="0123456789ab"),
    )
    with books.database.reading() as connection:
        workers = {psutil.Process(), _worker(connection)}
    busy = sum(map(_busy, workers))
    taken = []
    for number in range(notes):
        # A review has some twenty calls of a reviewer, not two thousand.
        one = replace(call, id=f"{number:016x}", asker=f"security {number // 20}")
        began = time.perf_counter()
        books.write([one])
        taken.append(1_000 * (time.perf_counter() - began))
    busy = 1_000 * (sum(map(_busy, workers)) - busy) / notes
    p50, p99 = statistics.median(taken), statistics.quantiles(taken, n=100)[98]
    late = p50 >= NOTE_LIMIT_MS
    told = f"p50 {p50:.2f} ms, p99 {p99:.2f} ms, of the processor {busy:.2f} ms"
    print(f"noting a call: {told}{' TOO LONG' if late else ''}")
    return int(late)


def _divided(question: Callable[..., Answer], by: By) -> Question:
    return lambda connection, period: question(connection, period, by=(by,), limit=20)


if __name__ == "__main__":
    sys.exit(main())
