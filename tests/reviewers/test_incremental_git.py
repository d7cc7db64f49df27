"""Later pushes to a real branch: rebased, merged, reverted, renamed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.reviewers.pushes import Pushes, Repository, says

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git")

LONG = "".join(f"line_{number} = {number}\n" for number in range(1, 61))


def _branch(folder: Path) -> Repository:
    """Three files of which each has one changed line."""
    repository = Repository(folder, dict.fromkeys(("a.py", "b.py", "c.py"), LONG))
    changed = {path: LONG.replace("line_30 = 30", f"{path[0]} = FAULT") for path in ("a.py", "b.py", "c.py")}
    repository.commit(changed)
    return repository


def test_a_rebase_of_the_same_change_asks_nothing_and_keeps_all_findings(tmp_path: Path) -> None:
    branch, pushes = _branch(tmp_path), Pushes()
    before = pushes.look(branch.diff())
    branch.commit({"a.py": "import os\n" * 7 + LONG, "d.py": "new\n"}, branch="main")
    branch.git("checkout", "-q", "change")
    branch.git("rebase", "-q", "main")

    after = pushes.look(branch.diff())

    assert (pushes.plan.tasks, after.calls) == ((), ())
    assert (after.coverage.changed_lines, after.coverage.reviewed_lines, after.coverage.skipped) == (6, 6, ())
    assert [item.fingerprint for item in after.findings] == [item.fingerprint for item in before.findings]
    assert after.fixed == ()
    assert after.unchanged == 3
    shifted = next(item.location for item in after.findings if item.path == "a.py")
    assert shifted is not None
    assert shifted.start_line == 37


def test_merging_the_base_asks_nothing(tmp_path: Path) -> None:
    branch, pushes = _branch(tmp_path), Pushes()
    pushes.look(branch.diff())
    branch.commit({"b.py": LONG + "more\n"}, branch="main")
    branch.git("checkout", "-q", "change")
    branch.git("merge", "-q", "--no-edit", "main")

    pushes.look(branch.diff())

    assert pushes.plan.tasks == ()


def test_a_push_to_one_of_three_files_asks_about_its_hunks_alone(tmp_path: Path) -> None:
    branch, pushes = _branch(tmp_path), Pushes()
    pushes.look(branch.diff())
    text = (tmp_path / "b.py").read_text()
    branch.commit({"b.py": text.replace("line_2 = 2", "line_2 = FAULT")})

    after = pushes.look(branch.diff())

    (asked,) = pushes.asked
    assert "line_2 = FAULT" in asked
    assert "b = FAULT" not in asked
    assert "FILE a.py" not in asked
    assert [item.anchor for item in after.findings] == ["a = FAULT", "line_2 = FAULT", "b = FAULT", "c = FAULT"]
    assert (after.coverage.reviewed_lines, after.unchanged) == (after.coverage.changed_lines, 3)


def test_code_that_is_taken_back_is_fixed_and_code_that_comes_back_is_open_without_a_question(tmp_path: Path) -> None:
    branch, pushes = _branch(tmp_path), Pushes()
    pushes.look(branch.diff())
    text = (tmp_path / "c.py").read_text()
    branch.commit({"c.py": text.replace("c = FAULT", "c = 1")})
    gone = pushes.look(branch.diff())
    branch.git("revert", "--no-edit", "HEAD")

    back = pushes.look(branch.diff())

    assert [item.anchor for item in gone.fixed] == ["c = FAULT"]
    assert pushes.plan.tasks == ()
    assert [item.anchor for item in back.findings] == ["a = FAULT", "b = FAULT", "c = FAULT"]
    assert back.fixed == ()


def test_a_renamed_file_is_asked_about_again_and_its_findings_keep_their_names(tmp_path: Path) -> None:
    branch, pushes = _branch(tmp_path), Pushes()
    before = pushes.look(branch.diff())
    branch.git("mv", "c.py", "d.py")
    branch.git("commit", "-q", "-m", "x")

    after = pushes.look(branch.diff(), says())

    assert len(pushes.asked) == 1
    moved = next(item for item in after.findings if item.path == "d.py")
    assert moved.aliases == (next(item for item in before.findings if item.path == "c.py").fingerprint,)
    assert after.fixed == ()


def test_a_file_that_the_change_adds_and_then_renames_keeps_its_findings(tmp_path: Path) -> None:
    repository, pushes = Repository(tmp_path, {"x": "x\n"}), Pushes()
    repository.commit({"new.py": "a = FAULT\n"})
    before = pushes.look(repository.diff())
    repository.git("mv", "new.py", "newer.py")
    repository.git("commit", "-q", "-m", "x")

    after = pushes.look(repository.diff(), says())

    (told,) = after.findings
    assert (told.path, told.aliases) == ("newer.py", (before.findings[0].fingerprint,))
