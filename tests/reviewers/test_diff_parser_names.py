"""Which file each tool's header names, and what it says happened to it."""

from __future__ import annotations

import pytest

from reviewers.diff import FileDiff, FileStatus
from reviewers.diff_parser import parse_diff

HUNK = "@@ -1 +1 @@\n-one\n+two\n"
GIT = "diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n"


def only(text: str) -> FileDiff:
    (file,) = parse_diff(text).files
    return file


def rows(file: FileDiff) -> list[tuple[int | None, int | None, str]]:
    return [(line.old, line.new, line.text) for line in file.lines]


@pytest.mark.parametrize(
    ("header", "path", "old_path", "status"),
    [
        pytest.param("--- a/x.py\n+++ b/x.py\n", "x.py", None, "modified", id="prefixes of git without its header"),
        pytest.param("--- x.py\n+++ x.py\n", "x.py", None, "modified", id="no prefixes"),
        pytest.param("--- a/x.py\n+++ a/x.py\n", "a/x.py", None, "modified", id="no prefixes in a folder named a"),
        pytest.param("--- b/x.py\n+++ a/x.py\n", "x.py", None, "modified", id="reversed prefixes"),
        pytest.param(
            "diff --git i/x.py w/x.py\n--- i/x.py\n+++ w/x.py\n", "x.py", None, "modified", id="mnemonic prefixes"
        ),
        pytest.param(
            "diff --git b/x.py b/x.py\nnew file mode 100644\n--- /dev/null\n+++ b/x.py\n",
            "b/x.py",
            None,
            "added",
            id="new file in a folder named b, no prefixes",
        ),
        pytest.param(
            "diff --git from/s/x.py to/s/x.py\n--- from/s/x.py\n+++ to/s/x.py\n",
            "s/x.py",
            None,
            "modified",
            id="prefixes of one's own",
        ),
        pytest.param(
            "diff --git one.py two.py\nsimilarity index 90%\nrename from one.py\nrename to two.py\n"
            "--- one.py\n+++ two.py\n",
            "two.py",
            "one.py",
            "renamed",
            id="rename without prefixes",
        ),
        pytest.param(
            "diff --git a/one.py b/two.py\nsimilarity index 90%\ncopy from one.py\ncopy to two.py\n"
            "--- a/one.py\n+++ b/two.py\n",
            "two.py",
            "one.py",
            "copied",
            id="copy",
        ),
        pytest.param(
            "diff --git a/one.py b/two.py\n--- a/one.py\n+++ b/two.py\n",
            "two.py",
            "one.py",
            "renamed",
            id="two files compared by name",
        ),
        pytest.param("--- /dev/null\n+++ b/x.py\n", "x.py", None, "added", id="added, without git's header"),
        pytest.param("--- a/x.py\n+++ /dev/null\n", "x.py", None, "deleted", id="deleted, without git's header"),
        pytest.param(
            "--- old/s/x.py\t2024-01-02 03:04:05.000000000 +0100\n"
            "+++ new/s/x.py\t2024-01-02 03:04:05.000000000 +0100\n",
            "s/x.py",
            None,
            "modified",
            id="diff -ru of two folders",
        ),
        pytest.param("--- x.py.orig\t2024-01-02\n+++ x.py\t2024\n", "x.py", None, "modified", id="diff -u of a backup"),
        pytest.param(
            "--- a/my file.py 2005-04-04 23:00:00 -0700\n+++ b/my file.py 2005-04-04 23:00:01 -0700\n",
            "my file.py",
            None,
            "modified",
            id="time stamps behind spaces",
        ),
        pytest.param(
            "Index: trunk/x.py\n" + "=" * 67 + "\n--- trunk/x.py\t(revision 7)\n+++ trunk/x.py\t(working copy)\n",
            "trunk/x.py",
            None,
            "modified",
            id="svn",
        ),
        pytest.param(
            "Index: x.py\n" + "=" * 67 + "\n--- x.py\t(.../branches/one)\t(revision 7)\n"
            "+++ x.py\t(.../trunk)\t(revision 9)\n",
            "x.py",
            None,
            "modified",
            id="svn between branches",
        ),
        pytest.param(
            "Index: x.py\n" + "=" * 67 + "\ndiff --git a/trunk/x.py b/trunk/x.py\n"
            "--- a/trunk/x.py\t(revision 7)\n+++ b/trunk/x.py\t(working copy)\n",
            "trunk/x.py",
            None,
            "modified",
            id="svn diff --git",
        ),
        pytest.param(
            "Index: x.c\n" + "=" * 67 + "\nRCS file: /cvs/x.c,v\nretrieving revision 1.1\ndiff -u -r1.1 x.c\n"
            "--- x.c\t1 Jan 2004 00:00:00 -0000\t1.1\n+++ x.c\t2 Jan 2004 00:00:00 -0000\n",
            "x.c",
            None,
            "modified",
            id="CVS",
        ),
        pytest.param(
            "diff -r 0123456789ab -r 123456789abc x.py\n--- a/x.py\tMon Jan 02 00:00:00 2024 +0000\n"
            "+++ b/x.py\tMon Jan 02 00:00:00 2024 +0000\n",
            "x.py",
            None,
            "modified",
            id="hg",
        ),
        pytest.param(
            '--- "a/t\\tab.py"\t2024-01-02\n+++ "b/t\\tab.py"\t2024-01-02\n',
            "t\tab.py",
            None,
            "modified",
            id="quoted by diff, with a date",
        ),
        pytest.param(
            'diff --git a/x.py "b/\\303\\274.py"\nrename from x.py\nrename to "\\303\\274.py"\n'
            '--- a/x.py\n+++ "b/\\303\\274.py"\n',
            "ü.py",
            "x.py",
            "renamed",
            id="one name quoted",
        ),
        pytest.param(
            "diff --git a/x.py b/x.py\r\nindex 1..2 100644\r\n--- a/x.py\r\n+++ b/x.py\r\n",
            "x.py",
            None,
            "modified",
            id="carried with CRLF",
        ),
    ],
)
def test_every_tool_names_its_files_in_its_own_way(header: str, path: str, old_path: str | None, status: str) -> None:
    crlf = header.endswith("\r\n")

    file = only(header + (HUNK.replace("\n", "\r\n") if crlf else HUNK))

    assert (file.path, file.old_path, file.status.value) == (path, old_path, status)
    assert rows(file) == [(1, None, "one"), (None, 1, "two")]


@pytest.mark.parametrize(
    ("text", "path", "status"),
    [
        pytest.param("diff --git a/x b/y.sh b/x b/y.sh\nold mode 100644\nnew mode 100755\n", "x b/y.sh", "modified"),
        pytest.param("diff --git a/a b/a b\nnew file mode 100644\nindex 0..1\n", "a b", "added"),
        pytest.param('diff --git "a/\\"q\\"" "b/\\"q\\""\ndeleted file mode 100644\nindex 1..0\n', '"q"', "deleted"),
        pytest.param('diff --git a/q "b/\\001"\nold mode 100644\nnew mode 100755\n', "\x01", "modified"),
        pytest.param("diff --git from/s/f to/s/f\nold mode 100644\nnew mode 100755\n", "s/f", "modified"),
        pytest.param("diff --git a/old/x b/new/x\nBinary files a/old/x and b/new/x differ\n", "new/x", "renamed"),
        pytest.param("diff --git a/x b/x\n", "x", "modified"),
        pytest.param(f"Index: e.txt\n{'=' * 67}\n", "e.txt", "modified"),
    ],
)
def test_a_file_without_hunks_is_named_by_its_first_line(text: str, path: str, status: str) -> None:
    file = only(text)

    assert (file.path, file.status.value, file.hunks) == (path, status, ())


def test_modes_are_read() -> None:
    files = parse_diff(
        "diff --git a/s b/s\nold mode 100644\nnew mode 100755\n"
        "diff --git a/l b/l\nnew file mode 120000\nindex 0..1\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+t\n"
        "diff --git a/m b/m\nindex 1..2 160000\n--- a/m\n+++ b/m\n" + HUNK
    ).files

    assert [(file.old_mode, file.new_mode) for file in files] == [
        ("100644", "100755"),
        (None, "120000"),
        ("160000", "160000"),
    ]
    assert [file.submodule for file in files] == [False, False, True]
    assert [file.symlink for file in files] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "path", "status"),
    [
        pytest.param("diff --git a/x b/x\nindex 1..2 100644\nBinary files a/x and b/x differ\n", "x", "modified"),
        pytest.param(
            "diff --git a/x b/x\nnew file mode 100644\nindex 0..2\nBinary files /dev/null and b/x differ\n",
            "x",
            "added",
        ),
        pytest.param(
            "diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZ\n\nliteral 0\nHcmV\n\n",
            "x",
            "modified",
        ),
        pytest.param("Binary files old/the file and new/the file differ\n", "the file", "modified"),
        pytest.param("Binary files one and two differ\n", "two", "modified"),
        pytest.param("Binary files /dev/null and b/x differ\n", "x", "added"),
        pytest.param("diff -r 0123456789ab x.png\nBinary file x.png has changed\n", "x.png", "modified"),
        pytest.param(
            f"Index: x.png\n{'=' * 67}\nCannot display: file marked as a binary type.\n"
            "svn:mime-type = application/octet-stream\n",
            "x.png",
            "modified",
        ),
        pytest.param("Index: x\n=====\n--- x\n+++ x\n" + HUNK + "Binary files a/y and b/y differ\n", "y", "modified"),
    ],
)
def test_a_binary_file_is_known_as_one(text: str, path: str, status: str) -> None:
    file = parse_diff(text).files[-1]

    assert (file.path, file.status.value, file.binary, file.hunks) == (path, status, True, ())


def test_a_line_about_binaries_that_is_cut_names_no_file() -> None:
    assert parse_diff(GIT + HUNK + "Binary file\nBinary files x differ\n").files[0].path == "x.py"


@pytest.mark.parametrize(
    ("old", "new", "ranges", "status"),
    [
        pytest.param("x\t1970-01-01 01:00:00.0 +0100", "x\t2024-01-01", "-0,0 +1", "added", id="diff -N"),
        pytest.param("x\t2024-01-01", "x\t1970-01-01 00:00:00.0 +0000", "-1 +0,0", "deleted", id="diff -N, gone"),
        pytest.param("a/x\tThu Jan 01 00:00:00 1970 +0000", "b/x\tMon", "-0,0 +1", "added", id="hg"),
        pytest.param("a/x", "b/x", "-0,0 +1", "added", id="an empty old side"),
        pytest.param("a/x", "b/x", "-1 +0,0", "modified", id="emptied, for all that is known"),
    ],
)
def test_a_tool_without_a_word_for_it_shows_a_new_file_by_an_empty_side(
    old: str, new: str, ranges: str, status: str
) -> None:
    line = "+line" if ranges.endswith("+1") else "-line"

    file = only(f"--- {old}\n+++ {new}\n@@ {ranges} @@\n{line}\n")

    assert (file.path, file.status.value) == ("x", status)


def test_svn_says_in_words_that_a_side_does_not_exist() -> None:
    line = "=" * 67
    files = parse_diff(
        f"Index: new\n{line}\n--- new\t(nonexistent)\n+++ new\t(working copy)\n@@ -0,0 +1 @@\n+a\n"
        f"Index: filled\n{line}\n--- filled\t(revision 3)\n+++ filled\t(working copy)\n@@ -0,0 +1 @@\n+a\n"
        f"Index: gone\n{line}\n--- gone\t(revision 3)\n+++ gone\t(nonexistent)\n@@ -1 +0,0 @@\n-a\n"
        "\nProperty changes on: gone\n____\nAdded: svn:executable\n## -0,0 +1 ##\n+*\n"
    ).files

    assert [file.status for file in files] == [FileStatus.ADDED, FileStatus.MODIFIED, FileStatus.DELETED]
