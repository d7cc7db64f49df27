from __future__ import annotations

from pathlib import Path

import pytest

from app.bench.suites import read_case, read_suite
from app.errors import Misconfigured
from reviewers.bench.case import Spot
from reviewers.diff import Side
from reviewers.findings import Severity

BEFORE = "def total(prices):\n    return sum(prices)\n"
AFTER = "def total(prices):\n    print(prices)\n    return sum(prices) + 1\n"
CASE = """\
id: totals
languages: [python]
perspective: bugs
clean: false
title: Print prices
goldens:
  - path: shop.py
    start_line: 3
    reviewer: bugs
    rule: off-by-one
    text: One is added to every total.
    severity: high
    alternatives:
      - quote: return sum(prices)
        side: old
      - reviewer: architecture
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def test_a_case_is_a_snapshot_with_goldens(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "case.yml": CASE,
            "base/shop.py": BEFORE,
            "head/shop.py": AFTER,
            "base/other.py": "x = 1\n",
            "head/other.py": "x = 1\n",
        },
    )

    case = read_case(folder)

    assert case.snapshot.contents == {"shop.py": AFTER}
    assert case.snapshot.before == {"shop.py": BEFORE}
    assert case.snapshot.neighbours == {"other.py": "x = 1\n"}
    (golden,) = case.goldens
    assert golden.severity is Severity.HIGH
    assert golden.spots == (
        Spot(path="shop.py", start_line=3, end_line=3, reviewer="bugs", rule="off-by-one"),
        Spot(path="shop.py", start_line=2, end_line=2, side=Side.LEFT, reviewer="bugs", rule="off-by-one"),
        Spot(path="shop.py", start_line=3, end_line=3, reviewer="architecture", rule=None),
    )


def test_a_diff_of_its_own_needs_no_trees(tmp_path: Path) -> None:
    diff = "--- a/shop.py\n+++ b/shop.py\n@@ -1,2 +1,3 @@\n def total(prices):\n-    return sum(prices)\n"
    diff += "+    print(prices)\n+    return sum(prices) + 1\n"
    folder = write(tmp_path, {"case.yml": CASE, "change.diff": diff})

    assert [line.text for line in read_case(folder).snapshot.diff.files[0].lines if line.added] == [
        "    print(prices)",
        "    return sum(prices) + 1",
    ]


def test_files_without_a_line_feed_at_the_end_new_ones_and_deleted_ones_become_a_diff(tmp_path: Path) -> None:
    case = CASE.replace("start_line: 3", "start_line: 1").split("    alternatives")[0]
    folder = write(tmp_path, {"case.yml": case, "head/shop.py": "x = 1", "base/gone.py": "y = 1\n"})

    gone, new = read_case(folder).snapshot.diff.files

    assert (gone.path, gone.status.value) == ("gone.py", "deleted")
    assert (new.path, new.status.value, new.additions) == ("shop.py", "added", 1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("id: totals", "id: Tot als", "id: String should match pattern", id="an id with a space"),
        pytest.param("title: Print prices\n", "", "title: Field required", id="no title"),
        pytest.param(
            "severity: high", "severity: bad", "goldens.0.severity: Input should be 'critical'", id="severity"
        ),
        pytest.param("clean: false", "clean: true", "a clean case has no goldens", id="clean with goldens"),
        pytest.param("start_line: 3", "start_line: 90", "goldens.0.start_line: line 90 of shop.py is not", id="line"),
        pytest.param("path: shop.py", "path: shop.go", "goldens.0.path: 'shop.go' has no line", id="another file"),
        pytest.param("quote: return sum(prices)", "quote: nope", "quote: 'nope' stands 0 times", id="a quote"),
        pytest.param("    start_line: 3\n", "", "goldens.0: give start_line or quote", id="no place"),
        pytest.param("    reviewer: bugs\n", "", "rule needs the reviewer", id="a rule of nobody"),
        pytest.param("title:", "titel:", "title: Field required", id="a field nobody knows"),
        pytest.param("languages: [python]", "languages: [python", "line 3: this is no YAML", id="no YAML"),
    ],
)
def test_a_fault_is_one_line_that_names_file_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in CASE
    written = {"case.yml": CASE.replace(old, new, 1), "base/shop.py": BEFORE, "head/shop.py": AFTER}
    folder = write(tmp_path, written)

    with pytest.raises(Misconfigured) as caught:
        read_case(folder)

    assert str(folder / "case.yml") in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_cases_may_not_have_one_id(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, {"case.yml": CASE, "base/shop.py": BEFORE, "head/shop.py": AFTER})

    with pytest.raises(Misconfigured, match="'totals' is taken"):
        read_suite(tmp_path)


def test_a_diff_that_does_not_lead_to_the_head_is_refused(tmp_path: Path) -> None:
    diff = "--- a/shop.py\n+++ b/shop.py\n@@ -1 +1,2 @@\n def total(prices):\n+    other()\n"
    folder = write(tmp_path, {"case.yml": CASE, "change.diff": diff, "head/shop.py": AFTER})

    with pytest.raises(Misconfigured, match=r"line 2 of head/shop\.py is another one"):
        read_case(folder)


@pytest.mark.parametrize("folder", ["nothing", "."])
def test_a_folder_without_cases_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(Misconfigured, match=r"is no folder|holds no case\.yml"):
        read_suite(tmp_path / folder)


def test_every_case_of_the_repository_can_be_read() -> None:
    cases = read_suite(Path(__file__).parents[3] / "bench" / "suites" / "seeded")

    assert all(case.clean or case.goldens for case in cases)
