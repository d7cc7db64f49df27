from __future__ import annotations

from typing import Any

import pytest

from tests.app.action.conftest import Runner, Start
from tests.fakes import github_payloads
from tests.repositories import Repository


def dispatch(runner: Runner, **inputs: str) -> dict[str, Any]:
    opened = runner.payload(github_payloads.pull_request(runner.repository, "opened"))
    rest = {name: opened[name] for name in ("repository", "sender")}
    return {"ref": "refs/heads/change", "inputs": inputs or None, **rest}


def push(runner: Runner, before: str, after: str, *, branch: str = "change", **rest: Any) -> dict[str, Any]:
    opened = runner.payload(github_payloads.pull_request(runner.repository, "opened"))
    there = {name: opened[name] for name in ("repository", "sender")}
    return {"ref": f"refs/heads/{branch}", "before": before, "after": after, "deleted": False, **there, **rest}


def test_pull_request_target_is_reviewed_through_the_api_alone(runner: Runner) -> None:
    payload = runner.payload(github_payloads.pull_request(runner.repository, "opened"))

    ended = runner.run("pull_request_target", payload)

    assert (ended.status, ended.outputs["findings"]) == (0, "1"), ended.log


@pytest.mark.parametrize("inputs", [{"pull-request": "7"}, {}], ids=["by number", "by its branch"])
def test_a_run_that_somebody_starts_reviews_the_pull_request(runner: Runner, inputs: dict[str, str]) -> None:
    ended = runner.run("workflow_dispatch", dispatch(runner, **inputs))

    assert (ended.status, ended.outputs["pull-request"], ended.outputs["findings"]) == (0, "7", "1"), ended.log


def test_a_branch_without_a_pull_request_is_said(runner: Runner) -> None:
    ended = runner.run("workflow_dispatch", {**dispatch(runner), "ref": "refs/heads/other"})

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped")
    assert "other has no open pull request" in ended.log


def test_a_number_that_is_none_ends_with_2(runner: Runner) -> None:
    ended = runner.run("workflow_dispatch", dispatch(runner, **{"pull-request": "$(id)"}))

    assert ended.status == 2
    assert "pull-request is no number" in ended.log


def test_a_merge_queue_gets_its_check_and_nobody_is_asked(runner: Runner) -> None:
    head = runner.repository.pulls[7].head_sha

    ended = runner.run("merge_group", runner.payload(github_payloads.merge_group(runner.repository, head)))

    assert (ended.status, ended.outputs["verdict"]) == (0, "neutral"), ended.log
    assert [check["conclusion"] for check in runner.repository.checks] == ["neutral"]
    assert runner.vendor.asked == []


def test_a_push_to_the_branch_of_a_pull_request_reviews_that(runner: Runner) -> None:
    pull = runner.repository.pulls[7]

    ended = runner.run("push", push(runner, pull.base_sha, pull.head_sha))

    assert (ended.status, ended.outputs["pull-request"], ended.outputs["findings"]) == (0, "7", "1"), ended.log


@pytest.fixture
def checkout(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> Repository:
    repository = Repository.create(runner.folder / "checkout")
    runner.variables["GITHUB_WORKSPACE"] = str(repository.root)
    return repository


def test_a_push_without_a_pull_request_is_reviewed_in_the_checkout_and_told_in_the_run(
    runner: Runner, checkout: Repository
) -> None:
    before = checkout.commit({"shop.py": "def total(rows):\n    return 0\n"})
    after = checkout.commit({"shop.py": "def total(rows):\n    return sum(rows) / len(rows)\n"})

    ended = runner.run("push", push(runner, before, after, branch="main"), fail_on="high")

    assert (ended.status, ended.outputs["findings"], ended.outputs["pull-request"]) == (1, "1", ""), ended.log
    assert "::error file=shop.py,line=2" in ended.log
    assert "An empty list divides by zero" in ended.summary
    assert runner.github.writes == []


def test_a_new_branch_is_compared_with_the_default_branch(runner: Runner, checkout: Repository) -> None:
    checkout.commit({"shop.py": "def total(rows):\n    return 0\n"})
    checkout.git("checkout", "--quiet", "-b", "topic")
    after = checkout.commit({"shop.py": "def total(rows):\n    return sum(rows) / len(rows)\n"})

    ended = runner.run("push", push(runner, "0" * 40, after, branch="topic"))

    assert (ended.status, ended.outputs["findings"]) == (0, "1"), ended.log


def test_a_push_that_is_not_checked_out_is_skipped_with_the_cure(runner: Runner, checkout: Repository) -> None:
    checkout.commit({"shop.py": "x = 1\n"})

    ended = runner.run("push", push(runner, "1" * 40, "2" * 40, branch="main"))

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped")
    assert "fetch-depth: 0" in ended.summary


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"after": "0" * 40, "deleted": True}, "the branch was deleted", id="deleted"),
        pytest.param({"ref": "refs/tags/v1"}, "a tag was pushed", id="a tag"),
    ],
)
def test_a_push_that_brings_no_commit_is_left_alone(runner: Runner, changes: dict[str, Any], says: str) -> None:
    ended = runner.run("push", {**push(runner, "1" * 40, "2" * 40), **changes})

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped")
    assert says in ended.log


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        pytest.param("pull_request", "{", id="no JSON"),
        pytest.param("pull_request", {"action": "opened", "pull_request": {}}, id="no pull request"),
        pytest.param("push", {"ref": "refs/heads/x"}, id="no commits"),
        pytest.param("workflow_run", [], id="a list"),
    ],
)
def test_an_event_that_cannot_be_read_is_one_line(runner: Runner, event: str, payload: object) -> None:
    ended = runner.run(event, payload)

    assert (ended.status, ended.outputs["verdict"]) == (2, "failed")
    assert f"the payload of the event {event} cannot be read" in ended.summary
    assert "Traceback" not in ended.log


def test_two_models_families_are_named_over_the_configuration_s(start_runner: Start) -> None:
    runner = start_runner(config="models:\n  default: anthropic/claude-opus-5-5\n")

    runner.opened(models="bugs=anthropic/claude-haiku-5-5", reviewers="bugs")

    assert {asked.model for asked in runner.vendor.asked} == {"claude-haiku-5-5"}


def test_a_push_obeys_the_configuration_before_it_wherever_the_workflow_says_that_lies(
    runner: Runner, checkout: Repository
) -> None:
    rule = "check:\n  fail_on: high\n"
    before = checkout.commit({"shop.py": "def total(rows):\n    return 0\n", "ci/quartet.yml": rule})
    after = checkout.commit({"shop.py": "def total(rows):\n    return sum(rows) / len(rows)\n", "ci/quartet.yml": ""})

    ended = runner.run("push", push(runner, before, after, branch="main"), config="ci/quartet.yml")

    assert (ended.status, ended.outputs["verdict"]) == (1, "failure"), ended.log


def test_a_push_that_changes_no_file_is_left_alone(runner: Runner, checkout: Repository) -> None:
    before = checkout.commit({"shop.py": "x = 1\n"})
    checkout.git("commit", "--quiet", "--allow-empty", "-m", "nothing")
    after = checkout.git("rev-parse", "HEAD").strip()

    ended = runner.run("push", push(runner, before, after, branch="main"))

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped"), ended.log
    assert "changes no file" in ended.log
