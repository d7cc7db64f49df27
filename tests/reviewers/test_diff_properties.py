"""What holds for every diff: nothing but ``DiffError`` is raised, and every line is found where it stands."""

from __future__ import annotations

import difflib
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewers.diff import FileDiff
from reviewers.diff_parser import parse_diff, parse_patch
from reviewers.errors import DiffError

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

SAMPLE = """\
From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
Subject: [PATCH] Change
---
diff --git "a/\\303\\274 b/x" "b/\\303\\274 b/y"
old mode 100644
new mode 100755
similarity index 90%
rename from "\\303\\274 b/x"
rename to "\\303\\274 b/y"
index 1111111..2222222
--- "a/\\303\\274 b/x"\t
+++ "b/\\303\\274 b/y"\t
@@ -1,3 +1,3 @@ section
 same
--- a
\\ No newline at end of file
+++ b
 tail
diff --git a/bin b/bin
Binary files a/bin and b/bin differ
diff --cc merged
index 1,2..3
--- a/merged
+++ b/merged
@@@ -1,2 -1,1 +1,2 @@@
  one
- two
++three
Index: svn
===================================================================
--- svn\t(revision 1)
+++ svn\t(working copy)
@@ -0,0 +1 @@
+x
-- \n2.39.5
"""

# Lines that look like something, and characters at which something else than git would end a line.
FRAGMENTS = st.sampled_from(
    [
        *("a", "b", "é", "日", "😀", "return x", "}", "", " ", "\t", "\r", "\x00"),
        *("-", "+", "\\", "-- ", "--- a/x", "+++ b/x", "@@ -1 +1 @@", "diff --git a/x b/x"),
        *("\u2028", "\x0b", "\x0c", "\x1c", "\x85"),
    ]
)
CONTENT_LINES = st.lists(st.lists(FRAGMENTS, max_size=3).map("".join), max_size=12)
CONTENT = st.tuples(CONTENT_LINES, st.booleans()).map(
    lambda parts: "\n".join(parts[0]) + ("\n" if parts[0] and parts[1] else "")
)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refuse(text)


@given(st.lists(FRAGMENTS | st.text(max_size=5) | st.sampled_from(SAMPLE.split("\n")), max_size=40).map("\n".join))
def test_any_mixture_of_headers_is_read_or_refused(text: str) -> None:
    _read_or_refuse(text)


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_diff_is_read_or_refused(data: st.DataObject) -> None:
    lines = SAMPLE.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "shorten", "spoil", "move"])):
            case "drop" if len(lines) > 1:
                del lines[index]
            case "double":
                lines.insert(index, lines[index])
            case "shorten":
                lines[index] = lines[index][: data.draw(st.integers(0, len(lines[index])))]
            case "spoil":
                at = data.draw(st.integers(0, len(lines[index])))
                lines[index] = lines[index][:at] + data.draw(st.text(max_size=3)) + lines[index][at + 1 :]
            case _:
                lines.insert(data.draw(st.integers(0, len(lines))), lines.pop(index))

    _read_or_refuse("\n".join(lines))


@pytest.mark.parametrize("cut", range(1, SAMPLE.count("\n")))
def test_a_diff_that_breaks_off_is_read_up_to_there_or_refused(cut: int) -> None:
    _read_or_refuse("\n".join(SAMPLE.split("\n")[:cut]) + "\n")


def test_the_sample_is_whole() -> None:
    files = parse_diff(SAMPLE).files

    assert [(file.path, file.additions, file.deletions) for file in files] == [
        ("ü b/y", 1, 1),
        ("bin", 0, 0),
        ("merged", 1, 1),
        ("svn", 1, 0),
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(CONTENT, CONTENT, st.sampled_from(["-U0", "-U1", "-U3", "-W"]))
def test_every_line_of_git_s_diff_stands_where_it_stands_in_its_file(
    tmp_path: Path, old: str, new: str, context: str
) -> None:
    (tmp_path / "old").write_bytes(old.encode())
    (tmp_path / "new").write_bytes(new.encode())
    command = ["git", "diff", "--no-index", "--text", context, "old", "new"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout

    files = parse_diff(printed.decode()).files

    _assert_placed(files, old, new)


@given(CONTENT_LINES, CONTENT_LINES, st.integers(0, 4))
def test_every_line_of_difflib_s_diff_stands_where_it_stands_in_its_file(
    old: list[str], new: list[str], context: int
) -> None:
    printed = difflib.unified_diff(old, new, "a/x", "b/x", n=context, lineterm="")

    files = parse_diff("\n".join(printed)).files

    _assert_placed(files, "\n".join(old), "\n".join(new))


@given(CONTENT_LINES, CONTENT_LINES)
def test_a_patch_without_its_header_has_the_same_hunks(old: list[str], new: list[str]) -> None:
    printed = list(difflib.unified_diff(old, new, "a/x", "b/x", lineterm=""))
    whole = parse_diff("\n".join(printed)).files

    file = parse_patch("\n".join(printed[2:]), path="x")

    assert file.hunks == (whole[0].hunks if whole else ())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("--- a\n" * 100_000, id="names without end"),
        pytest.param("diff --git " + "a " * 200_000, id="a header of spaces"),
        pytest.param("Binary files " + " and " * 100_000 + " differ", id="a binary of many names"),
        pytest.param('diff --git "' + "\\" * 200_000, id="a quote that never ends"),
        pytest.param("--- a" + " " * 200_000 + "\n+++ b\n@@ -1 +1 @@\n-a\n+b\n", id="spaces before a date"),
        pytest.param("--- a\n+++ b\n@@" + " -1" * 100_000 + " +1 @@\n", id="a merge of many parents"),
        pytest.param("--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n" + " \n" * 200_000, id="blanks after a hunk"),
        pytest.param("--- a\n+++ b\n@@ -1 +1 @@\n-a\n+" + "x" * 1_000_000 + "\n", id="a line of a megabyte"),
        pytest.param("diff --git a/x b/x\n" * 50_000, id="files without content"),
    ],
)
def test_a_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    start = time.process_time()

    _read_or_refuse(text)

    assert time.process_time() - start < 3


def _read_or_refuse(text: str) -> None:
    refused: DiffError | None = None
    try:
        parse_diff(text)
    except DiffError as error:
        refused = error
    assert refused is None or (1 <= refused.line <= text.count("\n") + 1 and "\n" not in str(refused))


def _assert_placed(files: tuple[FileDiff, ...], old: str, new: str) -> None:
    """Every line is where it says, and what no line speaks of is the same in both files."""
    old_lines, new_lines = old.split("\n"), new.split("\n")
    lines = [line for file in files for line in file.lines]
    assert all(line.old is None or old_lines[line.old - 1] == line.text for line in lines)
    assert all(line.new is None or new_lines[line.new - 1] == line.text for line in lines)
    removed = {line.old for line in lines if line.removed}
    added = {line.new for line in lines if line.added}
    kept = [text for number, text in enumerate(old_lines, start=1) if number not in removed]
    assert [text for text in kept if text] == [
        text for number, text in enumerate(new_lines, start=1) if number not in added and text
    ]
