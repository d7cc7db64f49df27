"""Real processes write to one directory, some of them die, and the sum is right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from llm_runtime.metrics.prometheus import UNTIL_RESTART_SHOWN_SECONDS
from tests.llm_runtime.metrics.exposed import series, value

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC).timestamp()


def start(folder: Path, calls: int, then: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.llm_runtime.metrics.writer", str(calls), then],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def merged(folder: Path) -> bytes:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call] # as it comes
    return generate_latest(registry)


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    out, err = process.communicate(timeout=50)
    assert process.returncode == 0, err
    return out, err


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three processes at once: one ends well, one forks, one is killed at once after its last call."""
    folder = tmp_path_factory.mktemp("figures")
    ends, forks, hangs = start(folder, 40, "end"), start(folder, 40, "fork"), start(folder, 40, "hang")
    with hangs:
        assert hangs.stdout is not None
        assert hangs.stdout.readline() == "recorded\n"
        hangs.send_signal(signal.SIGKILL)
    finish(ends)
    finish(forks)
    return folder


def test_no_call_of_any_process_is_lost_or_counted_twice(folder: Path) -> None:
    text = merged(folder)

    # Four processes, the forked one among them, recorded 40 answered and 40 failed calls each; three of them two more.
    assert value(text, "quartet_llm_calls_total") == 4 * 80 + 3 * 2
    assert value(text, "quartet_llm_errors_total", error="TimedOut") == 4 * 40
    assert value(text, "quartet_llm_call_duration_seconds_count", outcome="answered") == 4 * 40 + 3 * 2
    assert value(text, "quartet_llm_call_duration_seconds_bucket", outcome="answered", le="4.0") == 4 * 40 + 3 * 2
    assert value(text, "quartet_llm_tokens_total") == (4 * 40 + 3 * 2) * 1_200
    assert value(text, "quartet_llm_cost_usd_total") == pytest.approx((4 * 40 + 3 * 2) * 0.0123)
    assert value(text, "quartet_llm_unpriced_calls_total") == 4 * 40


def test_a_moment_is_the_latest_of_all_processes_and_has_no_process_in_its_labels(folder: Path) -> None:
    gauges = {one.name: (one.labels, one.value) for one in series(merged(folder)) if one.type == "gauge"}

    assert gauges == {
        "quartet_llm_breaker_open_until_timestamp_seconds": (
            {"provider": "openai", "model": "gpt-6.1-sol"},
            NOON + UNTIL_RESTART_SHOWN_SECONDS,
        ),
        "quartet_llm_ledger_lost_timestamp_seconds": ({}, NOON),
        "quartet_llm_ledger_found_timestamp_seconds": ({}, NOON),
    }


def test_a_process_that_is_marked_as_dead_takes_nothing_with_it(folder: Path) -> None:
    before = merged(folder)

    for file in list(folder.iterdir()):
        mark_process_dead(int(file.stem.rpartition("_")[2]), path=str(folder))  # type: ignore[no-untyped-call] # as it comes

    assert merged(folder) == before


def test_every_process_exposes_the_figures_of_all_each_once(tmp_path: Path) -> None:
    finish(start(tmp_path, 40, "end"))

    shown, _ = finish(start(tmp_path, 0, "read"))

    text = shown.removesuffix("recorded\n").encode()
    assert value(text, "quartet_llm_calls_total") == 80 + 2 + 2
    assert len({(one.name, tuple(sorted(one.labels.items()))) for one in series(text)}) == len(series(text))


def test_a_directory_that_is_gone_costs_figures_and_no_call(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()

    out, err = finish(start(folder, 4, "lose"))

    assert out == "recorded\n"
    assert "figures of PrometheusMetrics are lost (No such file or directory)" in err
