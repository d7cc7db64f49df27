from __future__ import annotations

import signal
import sqlite3
from contextlib import closing

import pytest

from tests.app.action.conftest import Runner, Start
from tests.app.action.runners import KEY, finding, found
from tests.fakes import github_payloads
from tests.fakes.models import Hangs, WrongKey
from tests.fakes.server import json_reply


def test_a_folder_for_reports_that_cannot_be_written_keeps_no_review_from_being_posted(runner: Runner) -> None:
    (runner.folder / "taken").touch()
    runner.variables = {"QUARTET_ACTION_OUT": str(runner.folder / "taken" / "reports")}

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (3, "success"), ended.log
    assert "QUARTET_ACTION_OUT" in ended.log
    assert len(runner.repository.reviews) == 1
    assert "An empty list divides by zero" in ended.summary


def test_without_the_embedded_redis_it_says_on_what_runner_there_is_one(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.embedded.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", "")

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (2, "failed")
    assert "runs-on: ubuntu-latest" in ended.summary


def test_a_review_that_nobody_answered_at_all_ends_with_3_and_the_reason(start_runner: Start) -> None:
    runner = start_runner(answers=WrongKey())

    ended = runner.opened()

    assert (ended.status, ended.outputs["reviewed-lines"]) == (3, "0"), ended.log
    assert "key" in ended.summary


def test_the_books_say_that_it_was_made_in_a_workflow(runner: Runner) -> None:
    runner.opened()

    with closing(sqlite3.connect(runner.folder / "state" / "quartet.db")) as database:
        assert database.execute("select distinct source from llm_traces").fetchall() == [("action",)]


@pytest.fixture
def _without_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.github.sending._BACKOFF_SECONDS", (0.0,))
    monkeypatch.setattr("app.action.turn_taking._PAUSES", (0.0, 0.0))


BROKEN = {"reply": json_reply({"message": "Oops"}, status=502)}


@pytest.mark.usefixtures("_without_rests")
def test_a_github_that_breaks_down_for_good_ends_with_3_and_a_line(runner: Runner) -> None:
    runner.github.fault("GET", r"/pulls/7/files", **BROKEN, times=1000)

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (3, "failed"), ended.log
    assert "GitHub failed with 502" in ended.summary
    assert [check["conclusion"] for check in runner.repository.checks] == ["neutral"]
    assert "attempt 2 failed" in ended.log


@pytest.mark.usefixtures("_without_rests")
def test_a_github_that_breaks_down_for_a_while_costs_an_attempt_and_no_review(runner: Runner) -> None:
    runner.github.fault("GET", r"/pulls/7/files", **BROKEN, times=3)

    ended = runner.opened()

    assert (ended.status, ended.outputs["findings"]) == (0, "1"), ended.log
    assert "attempt 1 failed" in ended.log
    assert len(runner.repository.reviews) == 1


def test_a_run_that_is_cancelled_ends_soon_posts_nothing_and_says_so(start_runner: Start) -> None:
    runner = start_runner(answers=Hangs())
    made = github_payloads.pull_request(runner.repository, "opened")
    environment = runner.environment("pull_request", runner.payload(made))
    process = runner.start(environment)
    runner.vendor.until(lambda: bool(runner.vendor.requests), "a question")

    ended = runner.ended(process, environment, signal.SIGINT)

    assert (ended.status, ended.outputs["verdict"]) == (3, "cancelled"), ended.log
    assert runner.repository.reviews == []
    assert "stopped by the runner" in ended.summary
    assert [check["conclusion"] for check in runner.repository.checks] == ["cancelled"]


def test_keys_are_masked_and_stand_nowhere_else(runner: Runner) -> None:
    ended = runner.opened()

    lines = [line for line in ended.log.splitlines() if KEY in line]
    assert lines == [f"::add-mask::{KEY}"]
    assert KEY not in ended.summary


@pytest.mark.parametrize("where", ["/dev/full", "/"])
def test_outputs_that_cannot_be_written_cost_nobody_the_summary(runner: Runner, where: str) -> None:
    runner.variables = {"GITHUB_OUTPUT": where}

    ended = runner.opened()

    assert ended.status == 3
    assert ended.log.count("cannot be written to GITHUB_OUTPUT") == 1, ended.log
    assert "An empty list divides by zero" in ended.summary


def test_a_word_that_is_no_truth_is_named_with_its_variable(runner: Runner) -> None:
    runner.variables = {"GITHUB_ACTIONS": "maybe"}

    ended = runner.opened()

    assert (ended.status, ended.outputs["verdict"]) == (2, "failed"), ended.log
    assert "GITHUB_ACTIONS cannot be used" in ended.summary


def test_an_annotation_shows_nothing_that_hides(start_runner: Start) -> None:
    runner = start_runner(
        answers=found(finding(title="a\u202eb", message="c\ud800d\x1b[31m\u200be\r\n::error::gotcha"))
    )

    ended = runner.opened(post="false")

    (line,) = [line for line in ended.log.splitlines() if "file=shop.py" in line]
    assert "title=ab::" in line
    assert not {"\u202e", "\u200b", "\x1b", "\ud800"} & set(line)
    assert line.endswith("%0A::error::gotcha")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("database_url", "mysql://bot:hunter2@db/app", id="no database that is known"),
        pytest.param("database_url", "postgresql://bot:hunter2@127.0.0.1:1/app", id="no database that answers"),
        pytest.param("redis_url", "hunter2", id="no address"),
        pytest.param("github_token", "hunter2 hunter2", id="no token"),
        pytest.param("github_token", "hunter2", id="a token that is not accepted"),
        pytest.param("anthropic_base_url", "ftp://bot:hunter2@models", id="no address of a vendor"),
    ],
)
def test_an_input_that_does_not_work_is_named_as_the_workflow_does_and_its_value_is_not_told(
    runner: Runner, name: str, value: str
) -> None:
    ended = runner.opened(**{name: value})

    log = "\n".join(line for line in ended.log.splitlines() if not line.startswith("::add-mask::"))
    assert ended.status in {2, 3}, ended.log
    assert f"the input {name.replace('_', '-')}" in ended.summary
    assert "hunter2" not in log + ended.summary


def test_the_run_after_one_that_was_killed_ends_the_check_that_was_begun(start_runner: Start) -> None:
    finds, hangs = found(finding()), [Hangs()]
    runner = start_runner(answers=lambda asked: hangs[0] if hangs else finds(asked))
    runner.repository.viewer = "github-actions[bot]"
    made = github_payloads.pull_request(runner.repository, "opened")
    environment = runner.environment("pull_request", runner.payload(made))
    process = runner.start(environment)
    runner.vendor.until(lambda: bool(runner.vendor.requests), "a question")
    killed = runner.ended(process, environment, signal.SIGKILL)
    hangs.clear()

    ended = runner.opened()

    assert (killed.status, killed.outputs) == (-signal.SIGKILL, {})
    assert (ended.status, ended.outputs["findings"]) == (0, "1"), ended.log
    assert [check["conclusion"] for check in runner.repository.checks] == ["success"]
    assert len(runner.repository.reviews) == 1
