from __future__ import annotations

import pytest

from reviewers.diff import Diff, FileDiff
from reviewers.diff_parser import parse_diff
from reviewers.evidence.lizard import LIZARD, MOST_PATHS
from reviewers.evidence_source import Evidence
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import gathered


def _function(branches: int, name: str = "f") -> str:
    return f"int {name}(int a) {{\n" + "  if (a) g(a);\n" * branches + "  return a;\n}\n"


def _changed(before: str, after: str) -> FileDiff:
    """The whole file as one hunk: what both have at the start and the end is context."""
    old, new = before.removesuffix("\n").split("\n"), after.removesuffix("\n").split("\n")
    same = next(
        (n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    rows = [f" {row}" for row in old[:same]] + [f"-{row}" for row in old[same:]] + [f"+{row}" for row in new[same:]]
    return file_diff("a.c", hunk(*rows))


def _read(change: FileDiff, after: str) -> Evidence:
    return gathered(change, contents={"a.c": after}, sources=[LIZARD])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param(_function(5), _function(25), ["f has 26 paths through it, 6 before this change"], id="raised"),
        pytest.param(_function(25), _function(24), [], id="lowered"),
        pytest.param(
            _function(25), _function(25).replace("return a", "return b"), [], id="as tangled before, and changed"
        ),
        pytest.param(_function(3), _function(MOST_PATHS - 2), [], id="raised, and still simple"),
        pytest.param(
            _function(3), _function(3) + _function(30, "h"), ["h has 31 paths through it"], id="a function is new"
        ),
    ],
)
def test_only_what_the_change_tangled_is_told(before: str, after: str, told: list[str]) -> None:
    assert [fact.message for fact in _read(_changed(before, after), after).facts] == told


def test_a_file_whose_earlier_text_is_not_known_is_left_alone() -> None:
    change = file_diff("a.c", hunk("+  if (a) g(a);", old_start=3, new_start=3))

    evidence = gathered(change, sources=[LIZARD])

    assert (evidence.facts, evidence.note) == ((), "")


@pytest.mark.parametrize("path", ["a.py", "a.ts", "a.go", "A.java", "tests/a.c", "a.txt"])
def test_what_others_count_and_what_tests_hold_is_not_counted(path: str) -> None:
    assert gathered(added_file(path, _function(30)), sources=[LIZARD]).facts == ()


def test_a_file_that_moved_is_compared_with_what_it_was() -> None:
    text = _function(25)
    moved = parse_diff(
        "diff --git a/a.c b/b.c\nsimilarity index 90%\nrename from a.c\nrename to b.c\n"
        "--- a/a.c\n+++ b/b.c\n@@ -27,2 +27,2 @@\n-  return a;\n+  return 2;\n }\n"
    )
    assert isinstance(moved, Diff)

    evidence = gathered(*moved.files, contents={"b.c": text.replace("return a", "return 2")}, sources=[LIZARD])

    assert evidence.facts == ()
