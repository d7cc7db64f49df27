"""Later pushes: what is asked again, what is not, and what a review says of lines that nobody was asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_runtime.errors import RateLimited
from reviewers.coverage import coverage
from reviewers.diff import Diff
from reviewers.house_rules import HouseRules, PathRule
from reviewers.incremental import Memory, Reviewed, hunk_ids, reviewer_key
from reviewers.perspectives import REVIEWERS
from reviewers.plan import Task
from tests.builders import added_file, fact, file_diff, hunk
from tests.reviewers.pushes import BUGS, SECURITY, Pushes, flags_faults, says


def test_nothing_new_costs_nothing_and_is_covered_in_full() -> None:
    pushes, diff = Pushes(), Diff((added_file("a.py", "a = FAULT\n"), added_file("b.py", "b = 1\n")))
    first = pushes.look(diff)

    again = pushes.look(diff)

    assert (pushes.plan.tasks, pushes.plan.chunks) == ((), ())
    assert pushes.plan.cost_usd == 0
    assert again.findings == first.findings
    assert again.coverage == first.coverage


def test_of_a_chunk_with_several_files_only_changed_hunks_are_asked_again() -> None:
    pushes = Pushes()
    one, two = hunk("+one = 1", new_start=1), hunk("+two = 2", new_start=40)
    pushes.look(Diff((file_diff("a.py", one, two), file_diff("b.py", hunk("+three = 3")))))

    pushes.look(Diff((file_diff("a.py", one, hunk("+two = 22", new_start=40)), file_diff("b.py", hunk("+three = 3")))))

    (asked,) = pushes.asked
    assert "two = 22" in asked
    assert "one = 1" not in asked
    assert "three = 3" not in asked


def test_of_a_hunk_that_was_cut_only_the_part_without_an_answer_is_asked_again() -> None:
    pushes, refused = Pushes(), []
    diff = Diff((added_file("a.py", "".join(f"value_{number} = {number}\n" for number in range(900))),))

    def answer_all_but_one(request: object) -> object:
        refused.append(request)
        if len(refused) == 2:
            raise RateLimited("no")
        return says()

    first = pushes.look(diff, answer_all_but_one, window=6_000)  # type: ignore[arg-type]
    chunks = len(pushes.plan.chunks)
    missing = first.coverage.changed_lines - first.coverage.reviewed_lines
    second = pushes.look(diff, says(), window=6_000)

    assert chunks > 2
    assert 0 < missing < 900
    assert sum(chunk.changed_lines for chunk in pushes.plan.chunks) == missing
    assert second.coverage.reviewed_lines == 900
    pushes.look(diff, says(), window=6_000)
    assert pushes.plan.tasks == ()


def test_nobody_is_asked_about_the_rest_of_a_hunk_that_did_not_change() -> None:
    file = file_diff("a.py", hunk("+a = 1", " b = 1", " c = 1"))
    (known,) = hunk_ids(file)
    pushes = Pushes(reviewed=Reviewed(by={reviewer_key(BUGS): frozenset({f"{known}/0-1"})}))

    said = pushes.look(Diff((file,)))

    assert pushes.plan.tasks == ()
    assert (said.coverage.reviewed_lines, said.unchanged) == (1, 1)


def test_a_reviewer_without_an_answer_is_asked_again_and_the_others_are_not() -> None:
    pushes, diff = Pushes(), Diff((added_file("a.py", "a = FAULT\n"),))
    pushes.look(diff, reviewers=(SECURITY, BUGS), answers={"security": RateLimited("no")})

    again = pushes.look(diff, says(), reviewers=(SECURITY, BUGS))

    assert [task.reviewer.name for task in pushes.plan.tasks] == ["security"]
    assert [item.reviewer for item in again.findings] == ["bugs"]
    assert again.unchanged == 0


def test_a_reviewer_that_looks_for_something_else_now_looks_again() -> None:
    pushes, diff = Pushes(), Diff((added_file("a.py", "a = 1\n"),))
    pushes.look(diff)

    pushes.look(diff, reviewers=[replace(BUGS, instructions="Report everything.")])

    assert len(pushes.plan.tasks) == 1


def test_a_house_that_asks_for_something_else_is_heard_and_a_floor_asks_nothing() -> None:
    pushes, diff = Pushes(), Diff((added_file("a.py", "a = 1\n"),))
    pushes.look(diff, house_rules=HouseRules(paths=(PathRule(paths=("*",), instructions="Be strict."),)))
    asked = [
        reviewer_key(BUGS, house_rules) for house_rules in (HouseRules(), HouseRules(paths=(PathRule(paths=("*",)),)))
    ]

    pushes.look(diff)

    assert len(pushes.plan.tasks) == 1
    assert asked[0] == asked[1]
    assert reviewer_key(BUGS, HouseRules(language="German")) not in asked


def test_who_reads_some_paths_only_is_asked_about_these() -> None:
    pushes = Pushes()
    diff = Diff((added_file("api/a.py", "a = 1\n"), added_file("b.py", "b = 1\n")))

    said = pushes.look(diff, reviewers=[replace(BUGS, only=("api/",))])

    assert [chunk.paths for chunk in pushes.plan.chunks] == [("api/a.py",)]
    assert [item.path for item in said.coverage.skipped] == ["b.py"]


def test_a_reviewer_that_is_asked_alone_leaves_the_findings_of_the_others_open() -> None:
    pushes, diff = Pushes(), Diff((added_file("a.py", "a = FAULT\n"),))
    pushes.look(diff)

    alone = pushes.look(diff, says(), reviewers=[SECURITY])

    assert [item.reviewer for item in alone.findings] == ["bugs"]
    assert alone.fixed == ()


@pytest.mark.parametrize(
    ("ids", "left"),
    [
        pytest.param((), ((0, 10),), id="nothing was answered"),
        pytest.param(("h",), (), id="all of it was"),
        pytest.param(("h/0-4", "h/4-10"), (), id="all of its parts were"),
        pytest.param(("h/2-4",), ((0, 2), (4, 10)), id="a part in the middle was"),
        pytest.param(("h/6-10", "h/0-3", "h/2-5"), ((5, 6),), id="parts overlap"),
        pytest.param(("g", "g/0-10", "h.2"), ((0, 10),), id="other hunks were"),
        pytest.param(("h/", "h/x-y", "h/-1-20", "h/5", "fact:h/0-10"), ((0, 10),), id="rubbish"),
        pytest.param(("h/0-99",), (), id="a part that is longer than the hunk"),
    ],
)
def test_what_is_left_of_a_hunk(ids: tuple[str, ...], left: tuple[tuple[int, int], ...]) -> None:
    assert Memory(ids).left("h", 10) == left


ROWS = st.lists(st.sampled_from(["+a = FAULT", "+b = 1", "-c = 1", " d = 1", "+", "+" + "y" * 2_001]), min_size=1)
FILES = st.builds(
    lambda path, hunks: file_diff(path, *(hunk(*rows, new_start=20 * n + 1) for n, rows in enumerate(hunks))),
    st.sampled_from(["a.py", "tests/test_b.py", "docs/c.md"]),
    st.lists(ROWS, max_size=3),
)
DIFFS = st.lists(FILES, max_size=3, unique_by=lambda file: file.path).map(lambda files: Diff(tuple(files)))


@settings(max_examples=50, deadline=None)  # each plans and runs three reviews
@given(data=st.data(), first=DIFFS, second=DIFFS, window=st.sampled_from([400, 200_000]))
def test_every_changed_line_is_told_over_pushes_and_nobody_is_asked_about_a_hunk_twice(
    data: st.DataObject, first: Diff, second: Diff, window: int
) -> None:
    pushes = Pushes()
    asked: set[tuple[str, str]] = set()
    for diff in (first, second, first):
        looking = data.draw(st.lists(st.sampled_from(REVIEWERS), min_size=1, unique_by=lambda each: each.name))

        said = pushes.look(diff, flags_faults, reviewers=looking, window=window).coverage

        now = {(task.reviewer.name, span.id) for task in pushes.plan.tasks for span in task.chunk.spans}
        assert not now & asked
        asked |= now
        assert said.reviewed_lines + sum(item.lines for item in said.skipped) == said.changed_lines
        some: list[Task] = [task for task in pushes.plan.tasks if data.draw(st.booleans())]
        part = coverage(pushes.plan, some)
        assert part.reviewed_lines + sum(item.lines for item in part.skipped) == part.changed_lines


def test_a_dropped_tool_report_stays_dropped_where_its_hunk_is_not_asked_about_again() -> None:
    pushes = Pushes()
    before = Diff((file_diff("a.py", hunk("+a = 1", new_start=5)),))
    after = Diff((file_diff("a.py", hunk("+a = 1", new_start=9)), added_file("b.py", "b = 1\n")))
    reported = fact(path="a.py", start_line=5, reviewer="bugs", rule="logic-error")
    pushes.look(before, says(dropped={"E1": "checked above"}), facts=[reported])

    again = pushes.look(after, says(), facts=[replace(reported, start_line=9, end_line=9)])

    assert (again.findings, again.dropped) == ((), ())


def test_a_tool_report_that_is_new_on_an_answered_hunk_is_told() -> None:
    pushes, diff = Pushes(), Diff((file_diff("a.py", hunk("+import os", new_start=5)),))
    pushes.look(diff, says())

    again = pushes.look(diff, facts=[fact(path="a.py", start_line=5, reviewer="bugs", rule="logic-error")])

    assert pushes.plan.tasks == ()
    assert [item.path for item in again.findings] == ["a.py"]
