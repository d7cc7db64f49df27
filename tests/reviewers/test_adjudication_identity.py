"""What a change has beside a finding leaves the finding's identity alone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewers.adjudication import Answered, adjudicate, remarks_of
from reviewers.answers import parse_answer
from reviewers.diff import Diff, FileDiff
from reviewers.findings import Finding
from reviewers.perspectives import REVIEWERS
from reviewers.plan import make_plan
from reviewers.selection import select
from reviewers.snapshot import PullRequestSnapshot
from reviewers.verification.values import Standing, Verification, Vote
from tests.builders import file_diff, finding, hunk, second_look, target
from tests.llm_runtime.doubles import spec

LINES = ("rows = load(name)", "total = sum(rows)", "save(total)")
FAULTS = file_diff("shop/orders.py", hunk(" import db", *(f"+{line}" for line in LINES), new_start=40, old_start=40))
MODELS = {reviewer.name: spec() for reviewer in REVIEWERS}
RULES = {
    "bugs": "logic-error",
    "security": "injection",
    "performance": "repeated-work",
    "architecture": "leaky-abstraction",
}


def findings_in(files: Sequence[FileDiff]) -> tuple[Finding, ...]:
    """Each reviewer finds a fault in each of the lines, whatever else is in the change."""
    diff = Diff(tuple(files))
    snapshot = PullRequestSnapshot(target=target(), diff=diff)
    plan = make_plan(snapshot, select(diff), REVIEWERS, models=MODELS, facts=(), fence="fence", price=lambda *_: None)
    tasks = {task.reviewer.name: task for task in plan.tasks if "shop/orders.py" in task.chunk.paths}
    answers = [
        Answered(task=task, answer=parse_answer(_said(name), task.reviewer), model="openai/gpt-6.1-sol")
        for name, task in tasks.items()
    ]
    return adjudicate(each for answered in answers for each in remarks_of(answered, diff, {}))


def _said(reviewer: str) -> str:
    remarks = [
        {
            "path": "shop/orders.py",
            "quote": line,
            "rule": RULES[reviewer],
            "severity": "high",
            "confidence": 0.8,
            "title": f"{reviewer} {number} fault",
            "message": f"{reviewer} says that line {number} fails.",
        }
        for number, line in enumerate(LINES)
    ]
    return json.dumps({"findings": remarks, "dropped_evidence": []})


CODE = st.lists(
    st.sampled_from(["+x = 1", "+", "-y = 2", " z = 3", "+print(x)", "+total += 1"]), min_size=1, max_size=8
)
UNRELATED = st.tuples(st.sampled_from(["shop/orders.py", "a.py", "docs/z.md"]), CODE, st.booleans())


@settings(deadline=None, max_examples=25)
@given(UNRELATED)
def test_an_unrelated_hunk_changes_no_identity(unrelated: tuple[str, list[str], bool]) -> None:
    path, rows, before = unrelated
    start = 1 if before else 400
    more = hunk(*rows, old_start=start, new_start=start)
    if path == FAULTS.path:
        hunks = (more, *FAULTS.hunks) if before else (*FAULTS.hunks, more)
        files = [file_diff(path, *hunks)]
    else:
        files = [file_diff(path, more), FAULTS] if before else [FAULTS, file_diff(path, more)]

    assert {each.fingerprint for each in findings_in(files)} == {each.fingerprint for each in findings_in([FAULTS])}


def test_there_are_findings_to_tell_apart() -> None:
    assert len({each.fingerprint for each in findings_in([FAULTS])}) >= len(LINES)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        pytest.param(second_look(), None, Standing.CONFIRMED, id="what was confirmed is said again"),
        pytest.param(second_look(Standing.UNSURE), None, Standing.UNSURE, id="so is what nobody could decide"),
        pytest.param(second_look(Standing.REFUTED), None, None, id="what was refuted is looked at anew"),
        pytest.param(second_look(Standing.REFUTED), second_look(), Standing.CONFIRMED, id="the better of two"),
    ],
)
def test_a_verdict_of_an_earlier_run_is_kept(
    old: Verification, new: Verification | None, kept: Standing | None
) -> None:
    (one,) = adjudicate([finding(verification=old), finding(confidence=0.95, verification=new)])

    assert (one.verification.standing if one.verification else None) is kept


def test_who_voted_how_is_remembered() -> None:
    votes = [
        Vote(reviewer=name, model=model, severity="high", confidence=0.9)
        for name, model in (("security", "openai/gpt-6.1-sol"), ("bugs", "anthropic/claude-opus-5-5"))
    ]
    both = [finding(reviewer=vote.reviewer, models=[vote.model], votes=[vote]) for vote in votes]

    (one,) = adjudicate(both)

    assert set(one.votes) == set(votes)
