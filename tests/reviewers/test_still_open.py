"""Findings of earlier runs on later pushes: which are open, and which are fixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from llm_runtime.errors import RateLimited
from reviewers.diff import Diff, FileDiff, FileStatus, Hunk
from reviewers.findings import Fact
from reviewers.reviewer import Reviewer
from tests.builders import added_file, fact, file_diff, hunk, skipped
from tests.llm_runtime.doubles import Step
from tests.reviewers.pushes import BUGS, Pushes, remark, says

FAULT = hunk(" def f(name):", "+    run(name)", "     return 1", new_start=10, old_start=10)
GUARDED = hunk(" def f(name):", "+    check(name)", "+    run(name)", "     return 1", new_start=10, old_start=10)
REPLACED = hunk(" def f(name):", "+    run_safely(name)", "     return 1", new_start=10, old_start=10)
SAID = says(remark("    run(name)"))


def _diff(*files: FileDiff) -> Diff:
    return Diff(files)


def _file(*hunks: Hunk, path: str = "a.py", old_path: str | None = None, unseen_lines: int = 0) -> FileDiff:
    return file_diff(path, *hunks, old_path=old_path, unseen_lines=unseen_lines)


def _at(line: int) -> Hunk:
    """The fault, somewhere else."""
    return hunk(" def f(name):", "+    run(name)", "     return 1", new_start=line, old_start=line)


def _looked() -> Pushes:
    """A pull request on which the fault was found."""
    pushes = Pushes()
    pushes.look(_diff(_file(FAULT)), SAID)
    return pushes


def test_a_finding_whose_code_is_gone_is_fixed() -> None:
    pushes = _looked()

    after = pushes.look(_diff(_file(REPLACED)), says())

    assert after.findings == ()
    assert [item.anchor for item in after.fixed] == ["    run(name)"]


def test_a_finding_whose_file_has_left_the_change_is_fixed() -> None:
    pushes = _looked()

    after = pushes.look(_diff(added_file("b.py", "x = 1\n")), says())

    assert [item.path for item in after.fixed] == ["a.py"]


def test_a_changed_hunk_is_shown_with_what_was_said_of_it_before() -> None:
    pushes = _looked()

    pushes.look(_diff(_file(GUARDED)), says())

    (asked,) = pushes.asked
    assert "E1: a.py:12 earlier-look logic-error: Fault in run(name). It breaks." in " ".join(asked.split(" " * 4))
    assert "drop the id with the reason" in asked


@pytest.mark.parametrize(
    ("answer", "open_titles", "fixed"),
    [
        pytest.param(says(dropped={"E1": "the name is checked now"}), [], 1, id="its reviewer holds it to be cured"),
        pytest.param(says(), ["Fault in     run(name)"], 0, id="its reviewer says nothing of it"),
        pytest.param(RateLimited("no"), ["Fault in     run(name)"], 0, id="its reviewer has no answer"),
        pytest.param(SAID, ["Fault in     run(name)"], 0, id="its reviewer says it again"),
        pytest.param(
            says(remark("    check(name)", title="Still", evidence=["E1"])),
            ["Still"],
            0,
            id="its reviewer says it again of another line",
        ),
    ],
)
def test_of_a_changed_hunk_with_the_same_code_its_reviewer_decides(
    answer: Step, open_titles: list[str], fixed: int
) -> None:
    pushes = _looked()

    after = pushes.look(_diff(_file(GUARDED)), answer)

    assert [item.title for item in after.findings] == open_titles
    assert len(after.fixed) == fixed
    assert after.dropped == ()


def test_a_finding_that_is_said_again_in_other_words_answers_to_its_old_name() -> None:
    pushes = _looked()
    old = pushes.reviewed.findings[0].fingerprint

    after = pushes.look(_diff(_file(GUARDED)), says(remark("    check(name)", evidence=["E1"])))
    again = pushes.look(_diff(_file(GUARDED)))

    assert after.findings[0].aliases == again.findings[0].aliases == (old,)
    assert len(again.findings) == 1


def test_what_is_said_in_other_words_is_asked_again_in_these_alone() -> None:
    pushes = _looked()
    pushes.look(_diff(_file(GUARDED)), says(remark("    check(name)", title="In other words", evidence=["E1"])))
    longer = hunk(" def f(name):", "+    check(name)", "+    run(name)", "+    more()", new_start=10, old_start=10)

    pushes.look(_diff(_file(longer)), says())

    (task,) = pushes.plan.tasks
    assert [each.finding.title for each in task.earlier.values()] == ["In other words"]


def test_what_was_held_to_be_cured_stays_so_until_its_hunk_changes_back() -> None:
    pushes = _looked()
    pushes.look(_diff(_file(GUARDED)), says(dropped={"E1": "checked"}))

    same = pushes.look(_diff(_file(GUARDED)))
    back = pushes.look(_diff(_file(FAULT)))

    assert (len(same.findings), len(same.fixed)) == (0, 1)
    assert (len(back.findings), len(back.fixed)) == (1, 0)
    assert pushes.plan.tasks == ()


def test_an_earlier_finding_is_no_evidence_and_no_false_alarm_of_a_tool() -> None:
    pushes = _looked()

    again = pushes.look(_diff(_file(GUARDED)), says(remark("    run(name)", evidence=["E1"])))

    assert again.findings[0].evidence == ()


def test_an_id_that_is_named_far_from_its_finding_confirms_nothing() -> None:
    pushes = _looked()
    far = hunk("+elsewhere()", new_start=200, old_start=200)

    after = pushes.look(_diff(_file(GUARDED, far)), says(remark("elsewhere()", evidence=["E1"])))

    assert len(after.findings) == 2


def test_a_finding_in_a_file_that_may_be_among_the_unlisted_is_open() -> None:
    pushes = _looked()

    after = pushes.look(_diff(added_file("b.py", "x = 1\n")), says(), unlisted=(skipped("", "3,000 files", 7),))

    assert (len(after.findings), after.fixed) == (1, ())


def test_a_remark_of_a_tool_alone_is_fixed_when_the_tool_says_so_no_more() -> None:
    reported = fact(path="a.py", start_line=11, reviewer="bugs", rule="logic-error")
    pushes = Pushes()
    before = pushes.look(_diff(_file(FAULT)), says(), facts=[reported])

    after = pushes.look(_diff(_file(FAULT)))

    assert pushes.plan.tasks == ()
    assert (len(before.findings), after.findings) == (1, ())
    assert [item.fingerprint for item in after.fixed] == [before.findings[0].fingerprint]


@pytest.mark.parametrize(
    ("facts", "failed", "reviewers"),
    [
        pytest.param(
            [fact(path="a.py", start_line=11, reviewer="bugs", rule="logic-error")], [], [BUGS], id="says it still"
        ),
        pytest.param([], ["ruff"], [BUGS], id="failed this time"),
        pytest.param([], [], [replace(BUGS, name="other")], id="speaks to a reviewer who was not asked"),
    ],
)
def test_a_remark_of_a_tool_stands_where_the_tool(
    facts: list[Fact], failed: list[str], reviewers: list[Reviewer]
) -> None:
    reported = fact(path="a.py", start_line=11, reviewer="bugs", rule="logic-error")
    pushes = Pushes()
    before = pushes.look(_diff(_file(FAULT)), says(), facts=[reported])

    after = pushes.look(
        _diff(_file(FAULT)),
        says(),
        facts=facts,
        failed=failed,
        reviewers=reviewers,
    )

    assert [item.fingerprint for item in after.findings] == [before.findings[0].fingerprint]
    assert after.fixed == ()


def test_evidence_moves_with_its_finding() -> None:
    reported = fact(path="a.py", start_line=11, reviewer="bugs", rule="logic-error")
    pushes = Pushes()
    pushes.look(_diff(_file(FAULT)), says(remark("    run(name)", evidence=["E1"])), facts=[reported])
    moved = _diff(_file(_at(30)))

    after = pushes.look(moved, facts=[replace(reported, start_line=31, end_line=31)])

    (told,) = after.findings
    assert [item.start_line for item in told.evidence] == [31]
    assert pushes.plan.tasks == ()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda: _diff(_file(FAULT)), id="nothing changed"),
        pytest.param(lambda: _diff(_file(FAULT), added_file("b.py", "x = 1\n")), id="another file came"),
        pytest.param(lambda: _diff(_file(_at(70))), id="it moved"),
    ],
)
def test_a_carried_finding_is_as_good_as_a_fresh_one(change: Callable[[], Diff]) -> None:
    carried = _looked().look(change(), says())
    fresh = Pushes().look(change(), SAID)

    assert carried.findings == fresh.findings


def test_a_deleted_file_does_not_hold_what_was_found_in_it() -> None:
    pushes = _looked()
    deleted = file_diff("a.py", hunk("-def f(name):", "-    return 1"), status=FileStatus.DELETED)

    after = pushes.look(_diff(deleted), says())

    assert len(after.fixed) == 1
