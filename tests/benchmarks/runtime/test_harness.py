from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from tests.benchmarks.runtime.competitors import COMPETITORS
from tests.benchmarks.runtime.crew import ROOT, WorkerFailed
from tests.benchmarks.runtime.harness import Run, Topology, measure
from tests.benchmarks.runtime.shapes import SHAPES

QUICK = Run(calls=30, minute=0.3, latency=(0.0, 0.0))


def test_calls_of_several_processes_all_arrive_once() -> None:
    seen = measure(COMPETITORS["sdk"], SHAPES["sliding"], Topology(2, 2), QUICK)

    assert (seen.lost, seen.rejected) == (0, 0)


def test_a_client_that_does_not_start_is_skipped_with_its_own_words() -> None:
    broken = replace(COMPETITORS["sdk"], module="tests.benchmarks.runtime.clients.nobody")

    with pytest.raises(WorkerFailed, match=r"No module named .*nobody"):
        measure(broken, SHAPES["sliding"], Topology(1, 1), QUICK)


def test_the_worker_needs_nothing_but_python() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tests.benchmarks.runtime.worker"

    done = subprocess.run([sys.executable, "-S", "-I", "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr == ""
