"""Lines, merges and per-file patches: what stands between the headers, numbered as it is in the files."""

from __future__ import annotations

import pytest

from reviewers.diff import FileDiff, FileStatus
from reviewers.diff_parser import decode_diff, parse_diff, parse_patch
from reviewers.errors import DiffError

HUNK = "@@ -1 +1 @@\n-one\n+two\n"
GIT = "diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n"


def only(text: str) -> FileDiff:
    (file,) = parse_diff(text).files
    return file


def rows(file: FileDiff) -> list[tuple[int | None, int | None, str]]:
    return [(line.old, line.new, line.text) for line in file.lines]


def test_lines_are_numbered_on_both_sides() -> None:
    file = only(GIT + "@@ -10,3 +20,4 @@ def f():\n same\n-gone\n+new\n+newer\n tail\n")

    (hunk,) = file.hunks
    assert hunk.section == "def f():"
    assert (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count) == (10, 3, 20, 4)
    assert rows(file) == [
        (10, 20, "same"),
        (11, None, "gone"),
        (None, 21, "new"),
        (None, 22, "newer"),
        (12, 23, "tail"),
    ]


def test_content_that_looks_like_headers_stays_content() -> None:
    content = ["--- a/x", "-+++ b/x", "-@@ -1 +1 @@", "-diff --git a/x b/x", "++++ b/x", "+\\ No newline"]

    file = only(GIT + "@@ -1,4 +1,2 @@\n" + "\n".join(content) + "\n")

    assert [line.text for line in file.lines] == [text[1:] for text in content]


def test_lines_end_at_line_feeds_only() -> None:
    text = "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i\rj\x00k\r"

    file = only(GIT + f"@@ -0,0 +1 @@\n+{text}\n")

    assert rows(file) == [(None, 1, text)]


def test_a_missing_line_feed_belongs_to_the_line_before_its_remark() -> None:
    file = only(GIT + "@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+two\n\\ Kein Zeilenumbruch\n")

    assert [(line.text, line.ends_file) for line in file.lines] == [("one", False), ("two", True), ("two", True)]


def test_a_remark_before_any_line_is_passed_over() -> None:
    assert rows(only(GIT + "@@ -1 +1 @@\n\\ No newline\n-a\n+b\n")) == [(1, None, "a"), (None, 1, "b")]


def test_an_empty_line_in_a_hunk_is_an_empty_unchanged_line() -> None:
    assert rows(only(GIT + "@@ -1,2 +1,3 @@\n\n+x\n \n")) == [(1, 1, ""), (None, 2, "x"), (2, 3, "")]


def test_the_content_of_a_file_keeps_its_own_carriage_returns() -> None:
    assert rows(only(GIT + "@@ -1 +1 @@\n-a\r\n+b\r\n")) == [(1, None, "a\r"), (None, 1, "b\r")]


def test_a_hunk_without_lines_is_a_hunk() -> None:
    assert only(GIT + "@@ -0,0 +0,0 @@\n").hunks[0].lines == ()


def test_text_around_the_diffs_is_passed_over() -> None:
    mail = (
        "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
        "From: A <a@example.org>\nSubject: [PATCH 1/2] Explain @@\n\n@@ -1 +1 @@ is a header, --- too\n--- x\n---\n"
        " x.py | 2 +-\n 1 file changed\n\n" + GIT + HUNK + "-- \n2.39.5\n\n"
    )

    diff = parse_diff(mail + mail)

    assert [(file.path, file.additions, file.deletions) for file in diff.files] == [("x.py", 1, 1)] * 2


def test_a_file_of_another_tool_may_follow_git_s() -> None:
    diff = parse_diff(GIT + HUNK + "--- y.py\n+++ y.py\n" + HUNK + "Only in new: z\ndiff -u p q\n--- p\n+++ q\n" + HUNK)

    assert [file.path for file in diff.files] == ["x.py", "y.py", "q"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("\n", id="an empty line"),
        pytest.param("Submodule lib/x 1111111...2222222 (commits not present)\n", id="git diff --submodule=log"),
        pytest.param("Submodule lib/x 1111111..2222222:\n  > Fix it\n", id="submodule with its log"),
        pytest.param("commit 0123456789012345678901234567890123456789\nAuthor: A\n\n    Merge\n", id="a merge"),
        pytest.param("* Unmerged path x.py\n", id="a conflict"),
        pytest.param("Only in new: x.py\n", id="diff -r without -N"),
        pytest.param("\ufeff", id="a byte order mark"),
    ],
)
def test_a_change_without_text_has_no_files(text: str) -> None:
    assert parse_diff(text).files == ()


def test_a_submodule_told_as_a_diff_is_read() -> None:
    text = "Submodule lib/x 1111111..2222222:\ndiff --git a/lib/x/f b/lib/x/f\n--- a/lib/x/f\n+++ b/lib/x/f\n" + HUNK

    assert only(text).path == "lib/x/f"


MERGE = (
    "diff --cc f.py\nindex 1,2..3\n--- a/f.py\n+++ b/f.py\n@@@ -1,4 -1,4 +1,4 @@@ def f():\n"
    "  same\n- ours\n -theirs\n--both\n++merged\n +from ours\n+ from theirs\n"
)


def test_a_merge_is_told_as_its_first_parent_sees_it() -> None:
    file = only(MERGE)

    assert (file.path, file.hunks[0].section) == ("f.py", "def f():")
    assert (file.hunks[0].old_start, file.hunks[0].old_count, file.hunks[0].new_count) == (1, 4, 4)
    assert rows(file) == [
        (1, 1, "same"),
        (2, None, "ours"),
        (3, None, "both"),
        (None, 2, "merged"),
        (4, 3, "from ours"),
        (None, 4, "from theirs"),
    ]


def test_a_line_that_a_merge_took_from_the_first_parent_is_unchanged() -> None:
    text = "diff --cc f\n--- a/f\n+++ b/f\n@@@ -1,2 -1,2 +1,3 @@@\n  same\n -theirs\n +ours\n++new\n"

    assert rows(only(text)) == [(1, 1, "same"), (2, 2, "ours"), (None, 3, "new")]


@pytest.mark.parametrize(
    ("header", "path", "status", "modes"),
    [
        pytest.param('diff --cc "\\303\\274"\nindex 1,2..3\n', "ü", "modified", (None, None), id="quoted"),
        pytest.param(
            "diff --combined f\nmode 100644,100644..100755\n", "f", "modified", ("100644", "100755"), id="mode"
        ),
        pytest.param("diff --cc f\ndeleted file mode 100644,100755\n", "f", "deleted", ("100644", None), id="deleted"),
        pytest.param("diff --cc f\nBinary files differ\n", "f", "modified", (None, None), id="binary"),
        pytest.param(
            "diff --cc f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n@@@ -0,0 -0,0 +1,1 @@@\n++x\n",
            "f",
            "added",
            (None, "100644"),
            id="new",
        ),
        pytest.param(
            "diff --cc f\n--- a/e\n--- a/f\n+++ b/f\n@@@ -0,0 -0,0 +1,1 @@@\n++x\n",
            "f",
            "modified",
            (None, None),
            id="--combined-all-paths",
        ),
    ],
)
def test_headers_of_a_merge_are_read(header: str, path: str, status: str, modes: tuple[str | None, str | None]) -> None:
    file = only(header)

    assert (file.path, file.status.value, (file.old_mode, file.new_mode)) == (path, status, modes)


def test_a_patch_of_github_has_hunks_only() -> None:
    file = parse_patch(
        "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n@@ -9,0 +9 @@ f\n+c",
        path="new.py",
        old_path="old.py",
        status=FileStatus.RENAMED,
        unseen_lines=2,
    )

    assert rows(file) == [(1, None, "a"), (None, 1, "b"), (None, 9, "c")]
    assert (file.path, file.old_path, file.status, file.unseen_lines) == ("new.py", "old.py", FileStatus.RENAMED, 2)


def test_a_patch_of_gitlab_has_names_before_its_hunks() -> None:
    assert parse_patch("--- a/x.py\n+++ b/x.py\n" + HUNK, path="x.py").additions == 1


def test_an_empty_patch_has_no_hunks() -> None:
    assert parse_patch("", path="x.py").hunks == ()


@pytest.mark.parametrize("patch", ["hello", "@@ -1,2 +1 @@\n-a"])
def test_a_patch_that_is_none_is_refused(patch: str) -> None:
    with pytest.raises(DiffError):
        parse_patch(patch, path="x.py")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param("ü\n".encode(), "ü\n", id="UTF-8"),
        pytest.param(b"\xef\xbb\xbfx\n", "x\n", id="UTF-8 with a mark"),
        pytest.param("xü\n".encode("utf-16"), "xü\n", id="UTF-16 with a mark"),
        pytest.param(b"\xfe\xff" + "xü\n".encode("utf-16-be"), "xü\n", id="UTF-16, big end first"),
        pytest.param("diff --git a/ü".encode("utf-16-le"), "diff --git a/ü", id="UTF-16 without a mark"),
        pytest.param("diff --git a/ü".encode("utf-16-be"), "diff --git a/ü", id="the other UTF-16"),
        pytest.param(b"caf\xe9\n", "caf\ufffd\n", id="Latin-1"),
        pytest.param(b"+\x00\x00\x00\n", "+\x00\x00\x00\n", id="zeros that are content"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_bytes_become_text(data: bytes, text: str) -> None:
    assert decode_diff(data) == text
