"""Processes that fork in the midst of their work: what their children find."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.contracts.rate_ledgers import LEDGERS, SHARED
from tests.llm_runtime.forker import PARTS


def outcome(*part: str) -> tuple[int, str]:
    # From Python 3.12 on a fork beside threads warns; here it is what is tried.
    ignoring = ["-W", "ignore::DeprecationWarning"]
    done = subprocess.run(
        [sys.executable, *ignoring, "-m", "tests.llm_runtime.forker", *part],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("part", list(PARTS))
def test_a_child_can_use_what_a_thread_of_its_parent_had_locked(part: str) -> None:
    assert outcome(part) == (0, "")


def test_a_child_is_woken_though_a_thread_of_its_parent_slept_before_it() -> None:
    assert outcome("a sleeper") == (0, "")


def test_a_child_goes_on_with_the_account_that_nobody_was_changing() -> None:
    assert outcome("an account") == (0, "")


@pytest.mark.parametrize("engine", SHARED)
def test_children_and_the_threads_of_their_parent_share_a_ledger(engine: str, tmp_path: Path) -> None:
    with LEDGERS[engine](tmp_path) as opening:
        assert isinstance(opening, partial)

        assert outcome(engine, *opening.args) == (0, "")
