"""``quartet bench mine`` as a user gives it, over real git."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bench.suites import read_suite
from tests.app.bench.histories import FAULTY, FIXED, TOTAL, faulty_shop
from tests.app.cli.conftest import Ended
from tests.repositories import Repository


@pytest.fixture
def history(tmp_path: Path) -> Repository:
    return faulty_shop(tmp_path / "history")


def test_the_command_writes_a_suite_that_can_be_run(
    history: Repository, quartet: Callable[..., Ended], tmp_path: Path
) -> None:
    history.commit({"shop.py": FIXED}, "Fix mean of nothing")
    suite = tmp_path / "suite"

    ended = quartet("bench", "mine", str(history.root), "--output", str(suite))
    ran = quartet("bench", "run", str(suite), "--no-llm", "--format", "json")

    assert (ended.status, ran.status) == (0, 0), ended.err + ran.err
    (case,) = read_suite(suite)
    assert (case.snapshot.title, case.complete, case.languages) == ("Add mean", False, ("python",))
    assert case.snapshot.contents == {"shop.py": FAULTY}
    assert case.snapshot.before == {"shop.py": TOTAL}
    (golden,) = case.goldens
    assert golden.text.startswith("Fix mean of nothing (fixed by ")
    assert golden.spots[0].start_line == 7
    assert ran.json["figures"]["misses"] == 1


def test_a_history_without_fixes_makes_no_suite(
    history: Repository, quartet: Callable[..., Ended], tmp_path: Path
) -> None:
    ended = quartet("bench", "mine", str(history.root), "--output", str(tmp_path / "suite"))

    assert ended.status == 3
    assert "no fix in" in ended.err
    assert not (tmp_path / "suite").exists()


def test_a_suite_is_not_mixed_with_another(history: Repository, quartet: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    ended = quartet("bench", "mine", str(history.root), "--output", str(tmp_path))

    assert ended.status == 2
    assert "is there already" in ended.err
