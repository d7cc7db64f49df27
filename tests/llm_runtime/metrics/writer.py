"""A process that records calls in several threads, for the tests of several processes.

``python -m tests.llm_runtime.metrics.writer CALLS [end|fork|hang|lose|read]`` records events, and then ends; ``fork``
lets a child record the same again, ``hang`` waits to be killed, ``lose`` takes the directory away first, ``read`` shows
what all processes recorded.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from llm_runtime.events import BreakerOpened
from llm_runtime.metrics.prometheus import PrometheusMetrics
from tests.llm_runtime.doubles import FakeClock
from tests.llm_runtime.metrics.happenings import EVENTS

THREADS = 4


def record(metrics: PrometheusMetrics, calls: int) -> None:
    def some() -> None:
        for _ in range(calls // THREADS):
            for event in EVENTS.values():
                metrics.record(event)

    with ThreadPoolExecutor(THREADS) as pool:
        for writer in [pool.submit(some) for _ in range(THREADS)]:
            writer.result()


def main(calls: int, then: str) -> None:
    # Each process thinks it is another time: the later moment is true, whichever process was the last to write.
    clock = FakeClock(datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC))
    metrics = PrometheusMetrics(registry=CollectorRegistry(), clock=clock)
    if then == "lose":
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    record(metrics, calls)
    # Another registry in the same process, as of a second chain that was built; they take turns.
    PrometheusMetrics(registry=CollectorRegistry(), clock=clock).record(EVENTS["an answered call"])
    metrics.record(EVENTS["an answered call"])
    if then == "fork":
        if (child := os.fork()) == 0:
            clock.advance(-600)
            metrics.record(BreakerOpened(provider="openai", model="gpt-6.1-sol", error="QuotaExhausted", seconds=1.0))
            record(metrics, calls)
            os._exit(0)
        os.waitpid(child, 0)
    if then == "read":
        sys.stdout.write(metrics.exposition().decode())
    sys.stdout.write("recorded\n")
    sys.stdout.flush()
    if then == "hang":
        signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
