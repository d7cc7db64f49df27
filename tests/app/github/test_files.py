from __future__ import annotations

import time
from typing import Any

import pytest

from app.github.files import ListedFile, compared, file_diff, listed, whole_text
from reviewers.diff import FileStatus
from tests.fakes.github_repository import Change

PATCH = "@@ -1,2 +1,2 @@\n-a\n+b\n c"


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "sha": "0" * 40,
        "filename": "a.py",
        "status": "modified",
        "additions": 1,
        "deletions": 1,
        "changes": 2,
        "patch": PATCH,
        **changes,
    }


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("added", FileStatus.ADDED),
        ("removed", FileStatus.DELETED),
        ("modified", FileStatus.MODIFIED),
        ("renamed", FileStatus.RENAMED),
        ("copied", FileStatus.COPIED),
        ("changed", FileStatus.MODIFIED),
        ("unchanged", FileStatus.MODIFIED),
    ],
)
def test_every_status_of_github_has_its_counterpart(status: str, expected: FileStatus) -> None:
    assert file_diff(listed(entry(status=status))).status is expected


def test_a_patch_becomes_hunks_under_the_old_and_the_new_path() -> None:
    file = file_diff(listed(entry(status="renamed", previous_filename="old.py")))

    assert (file.path, file.old_path, file.additions, file.deletions) == ("a.py", "old.py", 1, 1)
    assert file.unseen_lines == 0


def test_an_entry_that_counts_nothing_is_counted_by_its_patch() -> None:
    file = file_diff(listed({"filename": "a.py", "patch": PATCH}))

    assert (file.status, file.additions, file.deletions, file.unseen_lines) == (FileStatus.MODIFIED, 1, 1, 0)


@pytest.mark.parametrize(
    ("changes", "unseen"),
    [
        pytest.param({"patch": None, "additions": 4000}, 4001, id="left out"),
        pytest.param({"patch": "no hunks at all"}, 2, id="not a patch"),
        pytest.param({"patch": "@@ -1,9 +1,9 @@\n-a"}, 2, id="broken off"),
        pytest.param({"additions": 5}, 4, id="shows less than is counted"),
    ],
)
def test_lines_that_github_does_not_show_are_unseen(changes: dict[str, Any], unseen: int) -> None:
    assert file_diff(listed(entry(**changes))).unseen_lines == unseen


@pytest.mark.parametrize(
    ("changes", "binary"),
    [
        pytest.param({}, True, id="binary"),
        pytest.param({"status": "renamed", "previous_filename": "b"}, False, id="a pure rename"),
        pytest.param({"status": "added", "sha": "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"}, False, id="an empty file"),
    ],
)
def test_a_file_without_patch_and_changes_is_binary_unless_it_is_something_else(
    changes: dict[str, Any], binary: bool
) -> None:
    file = file_diff(listed(entry(patch=None, additions=0, deletions=0, **changes)))

    assert file.binary is binary


def test_a_submodule_is_known_by_its_patch() -> None:
    patch = f"@@ -1 +1 @@\n-Subproject commit {'1' * 40}\n+Subproject commit {'2' * 40}"

    assert file_diff(listed(entry(patch=patch))).submodule


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("a\nb\nc\n", "a\nB\nc\n", id="one line"),
        pytest.param("", "a\nb", id="a new file without a last line feed"),
        pytest.param("a\nb", "", id="all removed"),
        pytest.param("a", "a\n", id="only the last line feed"),
        pytest.param("-- \n++ \nx\n", "y\n", id="lines that look like headers"),
        pytest.param("a\u2028b\x0c\r\n" * 9, "a\u2028b\x0c\n" * 9, id="other separators"),
    ],
)
def test_a_computed_patch_is_what_github_would_have_shown(old: str, new: str) -> None:
    change = Change(path="a.py", old_path="a.py", old=old, new=new)
    bare = listed({**change.entry(""), "patch": None})

    file = file_diff(compared(bare, old, new))

    assert file == file_diff(listed(change.entry("")))
    assert file.hunks


def test_contents_that_would_take_too_long_are_not_compared() -> None:
    bare = ListedFile(path="a", additions=1)

    assert compared(bare, "a\n" * 20_001, "b\n") is bare


def test_the_longest_comparison_takes_seconds() -> None:
    lines = [f"line {number}" if number % 5 else "" for number in range(20_000)]
    start = time.perf_counter()

    compared(ListedFile(path="a"), "\n".join(lines), "\n".join(lines[::-1]))

    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\n\nb\n", "a\n\nb\n", id="with a last line feed"),
        pytest.param("a\r\nb", "a\r\nb", id="without"),
    ],
)
def test_a_new_file_is_whole_in_its_patch(text: str, expected: str) -> None:
    change = Change(path="a.py", old_path="a.py", old=None, new=text)

    assert whole_text(file_diff(listed(change.entry("")))) == expected


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(listed(entry()), id="a modified file"),
        pytest.param(listed(entry(status="added", patch=None)), id="a new file without a patch"),
        pytest.param(listed(entry(status="added", patch="@@ -0,0 +1 @@\n+a", additions=2)), id="a patch cut short"),
    ],
)
def test_other_files_are_not(file: ListedFile) -> None:
    assert whole_text(file_diff(file)) is None
