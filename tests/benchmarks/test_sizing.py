"""The table of sizes is the one that the program makes of what was measured, and its arithmetic is right."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.sizing.reckoning import Assumed, Known, needed, shares
from tests.benchmarks.sizing.tables import tables

ROOT = Path(__file__).parents[2]
MEASURED: dict[str, Any] = json.loads((ROOT / "tests" / "benchmarks" / "sizing" / "measured.json").read_text())
EASY: dict[str, Any] = {
    "per_review": {
        "worker_cpu_seconds": 1.0,
        "redis_cpu_seconds": 0.01,
        "database_written_bytes": 100_000.0,
        "model_calls": 4.0,
        "model_input_tokens": 30_000.0,
        "github_requests": 10.0,
        "github_content": 2.0,
    },
    "bytes": {"quartet_reviews": 1_000.0, "quartet_answered_hunks": 2_000.0},
    "redis": {"turn": {"bytes": 200.0, "days": 35.0}, "delivery": {"bytes": 100.0, "days": 8.0}},
}
ASSUMED = Assumed(reviews_per_pull=2.0, deliveries_per_pull=10.0, busiest_hour=0.1, model_seconds=89.5, busy=0.5)


def test_the_page_shows_what_the_program_prints() -> None:
    page = (ROOT / "docs" / "deploy" / "sizing.md").read_text()
    shown = page.partition("<!-- sizing -->\n")[2].partition("<!-- /sizing -->")[0]

    printed = subprocess.run(
        (sys.executable, "-m", "tests.benchmarks.sizing"), cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert shown.strip() == printed.strip()
    assert printed == tables(MEASURED, Assumed(), Known())


def test_a_thousand_a_day_need_what_is_reckoned_by_hand() -> None:
    need = needed(1_000, EASY, ASSUMED, Known())

    # 1,000 × 2 reviews a day, a tenth of them in an hour.
    assert need.reviews == 200
    assert need.deliveries == pytest.approx(1_000 / 3_600)
    # 200 × 90 s are 5 workers all the time, 10 half of it, and one beside.
    assert need.workers == 11
    assert need.worker_cores == pytest.approx(200 / 3_600)
    # 200 bytes of each for 35 days, and of ten deliveries 100 for eight.
    assert need.redis_mb == pytest.approx(7 + 8)
    # A review for 400 days, a hunk as long as the answer about it: 180.
    assert need.database_gb == pytest.approx(2_000 * (1_000 * 400 + 2_000 * 180) / 1e9)
    assert need.calls == pytest.approx(200 * 4 / 60)
    assert need.content == 400


def test_models_that_take_twice_as_long_need_more_workers_and_nothing_else() -> None:
    slow = needed(1_000, EASY, replace(ASSUMED, model_seconds=179.5), Known())

    usual = needed(1_000, EASY, ASSUMED, Known())
    assert slow.workers == 21
    assert replace(slow, workers=usual.workers, worker_gb=usual.worker_gb) == usual


def test_a_share_above_one_is_more_than_one_can_do() -> None:
    share = dict(shares(needed(1_000, EASY, ASSUMED, Known()), Known()))

    assert share["an installation's writes"] == pytest.approx(0.8)
    # 200 × 30,000 tokens an hour are 100,000 a minute, of 500,000.
    assert share["a vendor's tier1"] == pytest.approx(0.2)


def test_a_table_that_no_rule_names_counts_as_kept_the_longest() -> None:
    new = {**EASY, "bytes": {"a_table_of_tomorrow": 1_000.0}}

    assert needed(1_000, new, ASSUMED, Known()).database_gb == pytest.approx(2_000 * 1_000 * 800 / 1e9)
