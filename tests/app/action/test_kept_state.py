from __future__ import annotations

from pathlib import Path

import pytest

from app.action.kept_state import lay_damaged_aside
from tests.app.action.conftest import Runner


@pytest.mark.parametrize("name", ["quartet.db", "limits.db"])
@pytest.mark.parametrize("bytes_left", [0, 4096], ids=["other bytes", "half of it"])
def test_a_damaged_file_of_the_cache_is_laid_aside_said_and_keeps_no_run_from_its_work(
    runner: Runner, name: str, bytes_left: int
) -> None:
    runner.opened()
    path = runner.folder / "state" / name
    path.write_bytes(path.read_bytes()[:bytes_left] or b"no database" * 500)

    ended = runner.opened(full="true")

    assert (ended.status, ended.outputs["verdict"]) == (0, "success"), ended.log
    assert f"{name} of the kept state is damaged" in ended.log
    assert len(runner.repository.reviews) == 1
    assert path.with_name(f"{name}.damaged").is_file()
    assert "damaged" not in runner.opened().log


def test_what_is_whole_or_not_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "quartet.db").touch()
    said: list[str] = []

    lay_damaged_aside(tmp_path, say=said.append)
    lay_damaged_aside(tmp_path / "none", say=said.append)

    assert said == []
    assert [path.name for path in tmp_path.iterdir()] == ["quartet.db"]


def test_the_journals_of_a_damaged_file_are_not_taken_for_those_of_the_next(tmp_path: Path) -> None:
    for name in ("quartet.db", "quartet.db-wal", "quartet.db-shm"):
        (tmp_path / name).write_bytes(b"no database" * 500)

    lay_damaged_aside(tmp_path, say=lambda _: None)

    assert [path.name for path in tmp_path.iterdir()] == ["quartet.db.damaged"]
