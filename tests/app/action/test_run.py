from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from tests.app.action.conftest import Runner, Start
from tests.app.action.runners import finding, found
from tests.fakes import github_payloads
from tests.fakes.models import Answer, Asked, Fails


def test_a_pull_request_that_was_opened_is_reviewed_posted_and_told_to_later_steps(runner: Runner) -> None:
    made = github_payloads.pull_request(runner.repository, "opened")
    environment = runner.environment("pull_request", runner.payload(made))

    ended = runner.ended(runner.start(environment), environment)

    (review,) = runner.repository.reviews
    assert ended.status == 0, ended.log
    assert [comment["line"] for comment in review["comments"]] == [2]
    assert [check["conclusion"] for check in runner.repository.checks] == ["success"]
    told = {name: ended.outputs[name] for name in ("verdict", "findings", "high", "coverage", "pull-request", "gaps")}
    assert told == {
        "verdict": "success",
        "findings": "1",
        "high": "1",
        "coverage": "100",
        "pull-request": "7",
        "gaps": "0",
    }
    assert json.loads((ended.out / "review.json").read_text())["findings"][0]["path"] == "shop.py"
    assert "An empty list divides by zero" in ended.summary
    assert float(ended.outputs["cost-usd"]) > 0
    assert "::error" not in ended.log


def test_a_second_run_asks_about_what_is_new_and_tells_nothing_twice(runner: Runner) -> None:
    runner.opened()
    asked = len(runner.vendor.asked)

    again = runner.run("pull_request", runner.payload(github_payloads.pull_request(runner.repository, "synchronize")))

    assert again.status == 0, again.log
    assert len(runner.vendor.asked) == asked
    assert len(runner.repository.reviews) == 1
    assert again.outputs["findings"] == "1"


def test_the_state_that_is_left_is_whole_files(runner: Runner) -> None:
    runner.opened()

    state = runner.folder / "state"
    assert sorted(path.name for path in state.iterdir()) == ["limits.db", "quartet.db"]
    for name in ("limits.db", "quartet.db"):
        with closing(sqlite3.connect(state / name)) as database:
            assert database.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_finding_at_the_threshold_fails_the_step_with_status_1(runner: Runner) -> None:
    ended = runner.opened(fail_on="high")

    assert (ended.status, ended.outputs["verdict"]) == (1, "failure")
    assert len(runner.repository.reviews) == 1


def test_an_input_counts_over_the_configuration(start_runner: Start) -> None:
    runner = start_runner(config="check:\n  fail_on: high\n")

    assert runner.opened(fail_on="never").status == 0


def test_a_draft_is_left_alone_and_the_run_says_why(start_runner: Start) -> None:
    runner = start_runner(draft=True)

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped")
    assert "draft" in ended.summary
    assert runner.vendor.asked == []


def test_an_event_that_nothing_is_done_for_ends_well_in_a_line(runner: Runner) -> None:
    ended = runner.run("fork", {"repository": {}})

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped")
    assert "nothing is done for the event fork" in ended.log


def test_nothing_is_posted_where_the_workflow_does_not_want_it(runner: Runner) -> None:
    ended = runner.opened(post="false")

    assert ended.status == 0, ended.log
    assert runner.github.writes == []
    assert "An empty list divides by zero" in ended.summary
    assert "::error file=shop.py,line=2,endLine=2,title=An empty list divides by zero::" in ended.log
    assert "permission" not in ended.summary


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        pytest.param({"pull_requests": "read"}, "pull-requests: write", id="no reviews"),
        pytest.param({"checks": "read"}, "checks: write", id="no checks"),
    ],
)
def test_a_permission_that_is_missing_is_named_once_and_the_review_is_told_all_the_same(
    runner: Runner, left_out: dict[str, str], says: str
) -> None:
    runner.permissions = {**runner.permissions, **left_out}

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (0, "success"), ended.log
    assert ended.log.count("::warning title=Quartet lacks a permission::") == 1
    assert f"refuses this token {says}" in ended.summary
    assert "An empty list divides by zero" in ended.summary


def test_the_token_of_a_fork_that_may_only_read_still_gets_a_whole_review_in_the_run(runner: Runner) -> None:
    runner.permissions = {"contents": "read", "pull_requests": "read", "checks": "read", "metadata": "read"}

    ended = runner.opened(fail_on="high")

    assert ended.status == 1, ended.log
    assert (runner.repository.reviews, runner.repository.checks) == ([], [])
    assert ended.outputs["findings"] == "1"
    assert "::error file=shop.py" in ended.log


def test_a_token_that_may_not_read_the_code_is_one_line(runner: Runner) -> None:
    runner.permissions = {"pull_requests": "write", "checks": "write", "metadata": "read"}

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (2, "failed")
    assert "contents=read" in ended.log
    assert "Traceback" not in ended.log


def test_an_input_that_cannot_be_used_ends_with_2_and_its_name(runner: Runner) -> None:
    ended = runner.opened(reviewers="secrity")

    assert (ended.status, ended.outputs["verdict"]) == (2, "failed")
    assert "the input reviewers cannot be used" in ended.summary
    assert "security" in ended.log


def test_a_configuration_that_cannot_be_used_ends_with_2_and_its_line(start_runner: Start) -> None:
    runner = start_runner(config="reviewrs: [bugs]\n")

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (2, "neutral")
    assert ".quartet.yml line 1" in ended.log
    assert "reviewrs" in ended.summary


def test_another_configuration_of_the_base_is_read_where_the_workflow_names_one(start_runner: Start) -> None:
    runner = start_runner(config="check:\n  fail_on: high\n")
    files = {"shop.py": "def total(rows):\n    return 0\n", "ci/quartet.yml": "check:\n  fail_on: never\n"}
    pull = runner.repository.pulls[7]
    pull.base_files = {**pull.base_files, **files}
    pull.head_files = {**pull.head_files, "ci/quartet.yml": files["ci/quartet.yml"]}
    runner.repository.files = pull.base_files

    assert runner.opened(config="ci/quartet.yml").status == 0


def test_a_question_without_an_answer_is_a_warning_or_a_failure_as_the_workflow_says(start_runner: Start) -> None:
    def answers(asked: Asked) -> Answer:
        return Fails(400) if "Your speciality now: Security" in asked.prompt else found(finding())(asked)

    runner = start_runner(answers=answers)

    told, failed = runner.opened(), runner.opened(fail_on_incomplete="true", full="true")

    assert (told.status, told.outputs["verdict"]) == (0, "neutral"), told.log
    assert "::warning title=Quartet::" in told.log
    assert failed.status == 3
