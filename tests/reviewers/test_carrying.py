"""Where findings of earlier runs stand on a later push."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewers.anchoring import place, places_of
from reviewers.carrying import carry
from reviewers.diff import Diff, FileDiff, Hunk
from reviewers.findings import Finding
from reviewers.incremental import Reviewed, hunk_ids
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import added_file, file_diff, finding, hunk, location, target

FAULT = hunk(" def f(name):", "+    run(name)", "     return 1", new_start=10, old_start=10)
REPLACED = hunk(" def f(name):", "+    run_safely(name)", "     return 1", new_start=10, old_start=10)


def _diff(*files: FileDiff) -> Diff:
    return Diff(files)


def _file(*hunks: Hunk, path: str = "a.py", old_path: str | None = None, unseen_lines: int = 0) -> FileDiff:
    return file_diff(path, *hunks, old_path=old_path, unseen_lines=unseen_lines)


def _carried(found: Finding, diff: Diff, *, by: dict[str, frozenset[str]] | None = None) -> tuple[list[Finding], int]:
    """What stands, and how much is gone."""
    snapshot = PullRequestSnapshot(target=target(), diff=diff)
    carried = carry(Reviewed(by=by or {}, findings=(found,)), snapshot)
    return [each.finding for each in carried.standing], len(carried.gone)


@pytest.mark.parametrize(
    ("diff", "lines"),
    [
        pytest.param(_diff(_file(hunk("+x", "+a()", new_start=40))), [41], id="further down"),
        pytest.param(_diff(_file(hunk("+a()", new_start=2), hunk("+a()", new_start=90))), [2], id="the nearest of two"),
        pytest.param(_diff(_file(hunk("+   a()", new_start=7))), [7], id="with other indentation"),
        pytest.param(_diff(_file(hunk("+a()\r", new_start=7))), [7], id="with other line ends"),
        pytest.param(_diff(_file(hunk(" a()", "+b()", new_start=7))), [7], id="unchanged by now"),
        pytest.param(_diff(_file(hunk("-a()", new_start=7))), [], id="removed by now"),
        pytest.param(_diff(_file(hunk("+a(1)"))), [], id="in part"),
        pytest.param(_diff(_file(hunk("+a()"), path="b.py", old_path="a.py")), [1], id="in a renamed file"),
        pytest.param(_diff(_file(hunk("+a()"), path="b.py")), [], id="in a file that was there before"),
        pytest.param(_diff(added_file("b.py", "a()\n")), [1], id="in the one new file"),
        pytest.param(_diff(added_file("b.py", "a()\n"), added_file("c.py", "a()\n")), [], id="in several new files"),
        pytest.param(_diff(), [], id="nowhere"),
    ],
)
def test_where_a_finding_stands_now(diff: Diff, lines: list[int]) -> None:
    found = finding(path="a.py", at=location("a.py", 3), anchor="a()")

    standing, gone = _carried(found, diff)

    assert [item.location and item.location.start_line for item in standing] == lines
    assert gone == (not lines)


def test_findings_of_equal_code_keep_a_place_each() -> None:
    first, second = (
        finding(path="a.py", at=location("a.py", line), anchor="a()", title=f"{line}") for line in (10, 50)
    )
    snapshot = PullRequestSnapshot(
        target=target(), diff=_diff(_file(hunk("+a()", new_start=50), hunk("+a()", new_start=90)))
    )

    carried = carry(Reviewed(findings=(first, second)), snapshot)

    assert [(each.finding.title, each.finding.location) for each in carried.standing] == [
        ("10", location("a.py", 50)),
        ("50", location("a.py", 90)),
    ]


def test_a_remark_that_was_made_over_several_pushes_stands_once_in_its_last_words() -> None:
    once, again = (finding(path="a.py", at=location("a.py", line), anchor="a()", title=f"{line}") for line in (3, 5))
    snapshot = PullRequestSnapshot(target=target(), diff=_diff(_file(hunk("+a()", new_start=5))))

    carried = carry(Reviewed(findings=(once, again)), snapshot)

    assert [each.finding.title for each in carried.standing] == ["5"]
    assert carried.gone == ()


@pytest.mark.parametrize(
    ("diff", "open_still"),
    [
        pytest.param(_diff(_file(unseen_lines=90)), True, id="GitHub leaves the patch out"),
        pytest.param(_diff(_file(hunk("+b()"), unseen_lines=90)), True, id="GitHub leaves a part of the patch out"),
        pytest.param(_diff(_file(hunk("+b()"))), False, id="the patch is whole"),
    ],
)
def test_a_finding_that_cannot_be_looked_up_is_open(diff: Diff, open_still: bool) -> None:
    standing, _ = _carried(finding(path="a.py", at=location("a.py", 3), anchor="a()"), diff)

    assert [item.location for item in standing] == ([None] if open_still else [])


@pytest.mark.parametrize("path", ["a.py", ""])
def test_a_finding_without_a_place_stands_while_a_hunk_is_left_that_its_reviewer_has_answered(path: str) -> None:
    found = finding(reviewer="bugs", path=path, placed=False, anchor="not in the diff")
    (kept,) = hunk_ids(_file(FAULT))
    by = {"bugs:key": frozenset({kept}), "security:key": frozenset(hunk_ids(_file(REPLACED)))}

    still, _ = _carried(found, _diff(_file(FAULT), _file(hunk("+x"), path="b.py")), by=by)
    gone, _ = _carried(found, _diff(_file(REPLACED)), by=by)

    assert (len(still), len(gone)) == (1, 0)


LINES = st.lists(st.sampled_from(["+a()", "+b(1)", " a()", "-a()", "+", " }", "-c(2)", "+  a()"]), min_size=1)


@given(rows=st.lists(LINES, min_size=1, max_size=3), start=st.integers(0, 9), length=st.integers(1, 4))
def test_what_could_be_placed_is_found_again_at_its_place(rows: list[list[str]], start: int, length: int) -> None:
    hunks = [hunk(*lines, new_start=100 * number + 1, old_start=100 * number + 1) for number, lines in enumerate(rows)]
    diff = _diff(_file(*hunks))
    lines = [row[1:] for row in rows[0]]
    placement = place(diff, path="a.py", quote="\n".join(lines[start : start + length]))
    if placement is None:
        return

    found = places_of(diff.of("a.py"), placement.anchor, placement.location.side)

    assert placement.location in [each.location for each in found]
