from __future__ import annotations

import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewers.base_texts import base_text, with_base_texts
from reviewers.diff import Diff, FileDiff, FileStatus
from reviewers.diff_parser import parse_diff
from reviewers.review import Target
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, file_diff, hunk

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "d\r", "e\x0cf"]), max_size=12).flatmap(
    lambda lines: st.sampled_from(["\n".join(lines), "".join(f"{line}\n" for line in lines)])
)


def difference(before: str, after: str, context: int) -> FileDiff | None:
    """What git says between two versions of ``a.txt``."""
    with tempfile.TemporaryDirectory() as folder:
        for side, text in (("a", before), ("b", after)):
            Path(folder, side).mkdir()
            Path(folder, side, "a.txt").write_bytes(text.encode())
        printed = subprocess.run(
            ["git", "diff", "--no-index", "--no-prefix", f"-U{context}", "a/a.txt", "b/a.txt"],
            cwd=folder,
            capture_output=True,
            check=False,
        ).stdout.decode()
    return parse_diff(printed).files[0] if printed else None


@settings(max_examples=60, deadline=None)
@given(before=TEXTS, after=TEXTS, context=st.integers(0, 3))
def test_undoing_what_git_says_gives_the_text_that_was(before: str, after: str, context: int) -> None:
    file = difference(before, after, context)

    if file is not None:
        assert base_text(replace(file, path="a.txt", old_path=None), after) == before


CHANGE = file_diff("a.txt", hunk(" one", "-two", "+zwei", " three"))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param(added_file("a.txt", "one\n"), "one\n", id="a new file"),
        pytest.param(replace(CHANGE, unseen_lines=3), "one\nzwei\nthree\n", id="a diff with parts missing"),
        pytest.param(replace(CHANGE, binary=True), "one\nzwei\nthree\n", id="a binary"),
        pytest.param(CHANGE, None, id="a file known by its hunks"),
        pytest.param(CHANGE, "one\ntwo\nthree\n", id="another version"),
        pytest.param(CHANGE, "one\n", id="a shorter version"),
        pytest.param(
            file_diff("a.txt", hunk(" one", old_start=4, new_start=1)), "one\n", id="hunks that do not fit each other"
        ),
        pytest.param(file_diff("a.txt", *CHANGE.hunks, *CHANGE.hunks), "one\nzwei\nthree\n", id="hunks out of order"),
    ],
)
def test_where_the_text_cannot_be_told_none_is_made_up(file: FileDiff, text: str | None) -> None:
    assert base_text(file, text) is None


def test_a_work_tree_with_line_ends_of_its_machine_is_the_same_version() -> None:
    assert base_text(CHANGE, "one\r\nzwei\r\nthree\r\n") == "one\r\ntwo\nthree\r\n"


def test_a_snapshot_knows_what_renamed_and_removed_files_were() -> None:
    renamed = file_diff("b.txt", *CHANGE.hunks, old_path="a.txt", status=FileStatus.RENAMED)
    removed = file_diff("c.txt", hunk("-gone"), status=FileStatus.DELETED)
    contents = {"b.txt": "one\nzwei\nthree\n"}

    snapshot = with_base_texts(snapshot_of(renamed, removed, contents=contents))

    assert snapshot.before == {"a.txt": "one\ntwo\nthree\n", "c.txt": "gone\n"}


def test_a_path_that_comes_twice_has_no_one_base() -> None:
    snapshot = snapshot_of(CHANGE, CHANGE, contents={"a.txt": "one\nzwei\nthree\n"})

    assert with_base_texts(snapshot).before == {}


def test_what_is_known_of_the_base_already_stands() -> None:
    snapshot = snapshot_of(CHANGE, contents={"a.txt": "one\nzwei\nthree\n"})

    assert with_base_texts(replace(snapshot, before={"a.txt": "read"})).before == {"a.txt": "read"}


def snapshot_of(*files: FileDiff, contents: dict[str, str]) -> PullRequestSnapshot:
    return PullRequestSnapshot(target=Target(kind="diff", name="a.diff"), diff=Diff(files), contents=contents)
