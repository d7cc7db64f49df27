"""Every broken diff is refused with one line that names the place."""

from __future__ import annotations

import pytest

from reviewers.diff_parser import parse_diff
from reviewers.errors import DiffError

HUNK = "@@ -1 +1 @@\n-one\n+two\n"
GIT = "diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n"
MERGE = (
    "diff --cc f.py\nindex 1,2..3\n--- a/f.py\n+++ b/f.py\n@@@ -1,4 -1,4 +1,4 @@@ def f():\n"
    "  same\n- ours\n -theirs\n--both\n++merged\n +from ours\n+ from theirs\n"
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("hello\nworld\n", 1, "not a unified diff: no line names a file", id="prose"),
        pytest.param("*** a\n--- b\n***************\n*** 1 ****\n", 1, "context diff", id="context diff"),
        pytest.param("\x1b[1mdiff --git a/x b/x\x1b[m\n", 1, "--no-color", id="coloured"),
        pytest.param("1c1\n< a\n---\n> b\n", 1, "not a unified diff", id="plain diff"),
        pytest.param("diff --git\n", 1, "not a unified diff", id="a header without names"),
        pytest.param("diff --git x y z\n", 1, "not a unified diff", id="names that cannot be told apart"),
        pytest.param(HUNK, 1, "a hunk without the name of its file", id="no file"),
        pytest.param(GIT + "@@ -1,7 +1,9 @@\n a\n+b\n c", 8, "promises 7 old and 9 new lines, the text ends after 3"),
        pytest.param(GIT + "@@ -1,7 +1,9 @@\n a\ndiff --git a/y b/y\n", 7, "something else follows after 1"),
        pytest.param(GIT + "@@ -1 +1 @@\n+a\n+b\n", 7, "something else follows after 1", id="too many added"),
        pytest.param(GIT + "@@ -1 +1 @@\n-a\n-b\n", 7, "something else follows after 1", id="too many removed"),
        pytest.param(GIT + HUNK + "+more\n", 8, "more follow", id="a line too many"),
        pytest.param(GIT + HUNK + " context\n-more\n", 9, "more follow", id="a line too many after unchanged ones"),
        pytest.param(GIT + "@@ -1,-1 +1 @@\n", 5, "not a hunk header", id="negative"),
        pytest.param(GIT + "@@ .. @@\n", 5, "not a hunk header", id="elided"),
        pytest.param(GIT + "@@ -1 +1 @@@\n", 5, "not a hunk header", id="unequal marks"),
        pytest.param(GIT + "@@@ -1 +1 @@@\n", 5, "3 '@' and 1 old ranges", id="too few parents"),
        pytest.param(GIT + "@@ -0,1 +1 @@\n", 5, "counts lines from 0", id="line 0"),
        pytest.param(GIT + f"@@ -{'9' * 20},1 +1 @@\n", 5, "number that no file", id="absurd start"),
        pytest.param(GIT + f"@@ -1 +1,{'9' * 5000} @@\n", 5, "number that no file", id="absurd count"),
        pytest.param(GIT + f"@@ -{2**31 - 1} +1 @@\n", 5, "number that no file", id="just too large"),
        pytest.param(MERGE.replace("--both\n", "-+both\n"), 9, "something else follows", id="merge: both marks"),
        pytest.param(
            MERGE.replace("--both\n", "  same\n  same\n  same\n"),
            11,
            "something else follows",
            id="merge: old side full",
        ),
        pytest.param(MERGE.replace("+1,4", "+1,2"), 11, "something else follows", id="merge: new side full"),
        pytest.param(MERGE[:-15], 11, "promises 4 old and 4 old and 4 new lines", id="merge: cut"),
    ],
)
def test_a_broken_diff_is_refused_with_the_line(text: str, line: int, words: str) -> None:
    with pytest.raises(DiffError) as caught:
        parse_diff(text)

    assert words in str(caught.value)
    assert (caught.value.line, str(caught.value).count("\n")) == (line, 0)
