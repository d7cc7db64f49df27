from __future__ import annotations

from reviewers.calibration import Tally
from reviewers.memory.learnings import Learning
from reviewers.memory.record import record_of
from tests.builders import fact, finding


def test_every_model_that_made_a_finding_is_judged_by_it() -> None:
    said = finding(models=("openai/a", "anthropic/b"))

    record = record_of([(said, True), (said, False), (finding(models=("openai/a",)), True)])

    assert record.tallies == {
        ("security", "injection", "openai/a"): Tally(accepted=2, dismissed=1),
        ("security", "injection", "anthropic/b"): Tally(accepted=1, dismissed=1),
    }


def test_what_tools_alone_reported_judges_the_first_tool() -> None:
    record = record_of([(finding(models=(), evidence=[fact(source="ruff"), fact(source="bandit")]), False)])

    assert record.tallies == {("security", "injection", "ruff"): Tally(dismissed=1)}


def test_learnings_count_where_they_say_what_the_finding_was() -> None:
    learnings = [
        Learning(kind="accepted", reason="x", finding="0" * 16, about="bugs/race", model="openai/a"),
        Learning(reason="x", finding="1" * 16),
        Learning(reason="x", rule="bugs/race"),
    ]

    assert record_of(learnings=learnings).tallies == {("bugs", "race", "openai/a"): Tally(accepted=1)}


def test_dismissals_lower_what_is_expected_and_acceptances_raise_it() -> None:
    said = finding(models=("openai/a",))
    key = ("security", "injection", "openai/a")

    precisions = [record_of([(said, was)] * 5).precision(*key) for was in (False, True)]

    assert precisions[0] < record_of().precision(*key) < precisions[1]
