"""Every diff of the shared collection: real pull requests of many projects, and real git output on awkward ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from reviewers.diff_parser import decode_diff, parse_diff
from reviewers.selection import select

ROOT = Path(__file__).resolve().parents[2]
DIFFS = Path(os.environ.get("QUARTET_SHARED", ROOT.parent / "shared")) / "diffs"

pytestmark = pytest.mark.skipif(not (DIFFS / "index.json").exists(), reason=f"no collection of diffs in {DIFFS}")


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((DIFFS / "index.json").read_text())
    return listed


@pytest.fixture(scope="module")
def texts(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {entry["file"]: decode_diff((DIFFS / entry["file"]).read_bytes()) for entry in entries}


def test_files_are_as_many_as_the_index_says(entries: list[dict[str, Any]], texts: dict[str, str]) -> None:
    found = {entry["file"]: len(parse_diff(texts[entry["file"]]).files) for entry in entries}

    assert found == {entry["file"]: entry["files"] for entry in entries}


def test_added_and_removed_lines_are_as_many_as_the_index_says(
    entries: list[dict[str, Any]], texts: dict[str, str]
) -> None:
    # The index counts the signature line of every mail in a series as a removed line.
    counted = [entry for entry in entries if "format-patch" not in entry["form"]]
    diffs = {entry["file"]: parse_diff(texts[entry["file"]]).files for entry in counted}

    found = {
        name: (sum(file.additions for file in files), sum(file.deletions for file in files))
        for name, files in diffs.items()
    }

    assert found == {entry["file"]: (entry["additions"], entry["deletions"]) for entry in counted}


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_added_and_removed_lines_of_each_file_are_as_many_as_git_counts(
    entries: list[dict[str, Any]], texts: dict[str, str], tmp_path: Path
) -> None:
    """``git apply`` reads no combined diffs and no empty ones."""
    for entry in entries:
        if "combined" in entry["traits"] or not entry["paths"]:
            continue
        strip = "-p0" if "noprefix" in entry["traits"] else "-p1"
        printed = subprocess.run(
            ["git", "apply", "--numstat", "-z", strip, str(DIFFS / entry["file"])],
            cwd=tmp_path,
            capture_output=True,
            check=True,
        ).stdout

        files = parse_diff(texts[entry["file"]]).files

        rows = [row.decode("utf-8", "replace").split("\t", 2) for row in printed.split(b"\0")[:-1]]
        assert [(file.path, file.additions, file.deletions) for file in files] == [
            (path, int(added.strip("-") or 0), int(removed.strip("-") or 0)) for added, removed, path in rows
        ], entry["file"]


def test_every_file_is_selected_or_skipped_and_the_lines_add_up(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        diff = parse_diff(text)

        selection = select(diff)

        assert len(selection.files) + len(selection.skipped) == len(diff.files), name
        lines = sum(file.changed_lines for file in selection.files) + sum(skip.lines for skip in selection.skipped)
        assert lines == diff.changed_lines, name


def test_the_largest_is_read_in_well_under_a_second(texts: dict[str, str]) -> None:
    largest = max(texts.values(), key=len)
    start = time.process_time()

    parse_diff(largest)

    assert time.process_time() - start < 0.5
