"""The whole Action, from its first step to its last, beside a GitHub and a model of the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.initial.files import WORKFLOW, initial_files
from app.initial.repository import Surroundings
from tests.action.expressions import evaluate, truth
from tests.action.place import KEY, Place


def test_the_second_run_installs_nothing_and_tells_nothing_twice(place: Place) -> None:
    first = place.opened()
    installed = (place.runner.temp / "quartet-venv" / "installed").read_text()
    asked = len(place.vendor.asked)
    again = place.opened()

    assert not first.failed, first["Review"].said
    assert first["Install"].outputs == {"fresh": "true"}
    assert first.outputs["findings"] == first.outputs["high"] == "1"
    assert "An empty list divides by zero" in first["Review"].summary
    assert json.loads((place.runner.artifacts["quartet-review"] / "review.json").read_text())["findings"]
    assert Path(first.outputs["report-sarif"]).parent == place.runner.temp / "quartet"

    assert not again.failed, again["Review"].said
    assert again["Restore the installation"].outputs == {"cache-hit": "true"}
    assert again["Install"].outputs == {"fresh": "false"}
    assert (place.runner.temp / "quartet-venv" / "installed").read_text() == installed
    assert again["Keep the installation"].outcome == "skipped"
    assert again["Restore what was spent and found"].outputs == {"cache-hit": "false"}
    assert len(place.vendor.asked) == asked
    assert len(place.repository.reviews) == 1
    assert again.outputs["findings"] == "1"
    assert KEY not in str(first) + str(again)


def test_a_command_finds_the_installation_and_leaves_the_cache_alone(place: Place) -> None:
    place.run("push", {}, install_only="true")
    kept = dict(place.runner.caches)
    place.runner.read_only_cache = True

    job = place.comments("/help")

    assert not job.failed, job["Review"].said
    assert job["Install"].outputs == {"fresh": "false"}
    assert place.runner.caches == kept
    assert place.runner.warnings == []
    assert any("/review" in each["body"] for each in place.repository.issue_comments if each["user"]["login"] != "mona")


def test_filling_the_cache_reviews_nothing(place: Place) -> None:
    job = place.run("push", {}, install_only="true")

    assert job["Install"].outputs == {"fresh": "true"}
    assert {name for name, step in job.steps.items() if step.outcome == "skipped"} >= {
        "Restore what was spent and found",
        "Review",
        "Keep what was spent and found",
        "Upload the reports",
    }
    assert [key[:15] for key in place.runner.caches] == ["quartet-venv-1-"]
    assert place.vendor.asked == []


def test_where_no_python_is_found_one_is_set_up(place: Place) -> None:
    place.runner.sets_up = place.python

    job = place.run("push", {}, install_only="true", python="")

    assert not job.failed, job["Install"].said
    assert job["Find Python"].outputs == {"python": ""}
    assert job["Set up Python"].outcome == "success"
    assert job["Install"].outputs == {"fresh": "true"}


def test_a_finding_that_fails_the_step_is_kept_and_uploaded_all_the_same(place: Place) -> None:
    job = place.opened(fail_on="high")

    assert (job["Review"].outcome, job["Review"].status) == ("failure", 1)
    assert job["Keep what was spent and found"].outcome == "success"
    assert "quartet-review" in place.runner.artifacts
    assert job.outputs["verdict"] == "failure"


def test_nothing_is_kept_where_nothing_is_to_be_kept(place: Place) -> None:
    place.runner.takes_artifacts = False
    job = place.run("deployment", {}, cache="false")

    assert not job.failed, job["Review"].said
    assert job.outputs["verdict"] == "skipped"
    assert job["Upload the reports"].outcome == "failure"
    assert place.runner.caches == {}


def test_a_wrong_input_is_one_line_and_uploads_nothing(place: Place) -> None:
    job = place.opened(max_cost="a lot")

    assert job["Review"].status == 2
    assert len(job["Review"].errors) == 1
    assert "the input max-cost cannot be used" in job["Review"].errors[0]
    assert place.runner.artifacts == {}


def _wanted(event_name: str, event: dict[str, Any], *, fork_safe: bool = False) -> bool:
    """Whether the workflow that ``quartet init`` writes starts the job that reviews."""
    files = initial_files(Surroundings(Path("/r"), "main", None), fork_safe=fork_safe)
    (text,) = [file.text for file in files if file.path == WORKFLOW]
    contexts = {"github": {"event_name": event_name, "event": event}}
    return truth(evaluate(yaml.safe_load(text)["jobs"]["review"]["if"], contexts))


def _comment(body: str, *, user: str = "User", pull: bool = True) -> dict[str, Any]:
    return {
        "issue": {"number": 7, **({"pull_request": {"url": "x"}} if pull else {})},
        "comment": {"body": body, "user": {"type": user}},
    }


def _reply(*, body: str, replies: bool, fork: bool) -> dict[str, Any]:
    return {
        "comment": {"body": body, "user": {"type": "User"}, **({"in_reply_to_id": 3} if replies else {})},
        "pull_request": {"head": {"repo": {"id": 9 if fork else 1}}},
        "repository": {"id": 1},
    }


@pytest.mark.parametrize("fork_safe", [False, True])
@pytest.mark.parametrize(
    ("name", "event", "wanted"),
    [
        pytest.param("issue_comment", _comment("/review"), True, id="a command"),
        pytest.param("issue_comment", _comment("Please:\r\n/review security\r\n"), True, id="a command further down"),
        pytest.param("issue_comment", _comment("@Quartet why?"), True, id="a mention"),
        pytest.param("issue_comment", _comment("see https://example.com/a and src/b.py"), False, id="slashes"),
        pytest.param("issue_comment", _comment("Looks good to me"), False, id="no command"),
        pytest.param("issue_comment", _comment("/review", pull=False), False, id="an issue"),
        pytest.param("issue_comment", _comment("/review", user="Bot"), False, id="a bot"),
        pytest.param("pull_request_review_comment", _reply(body="no", replies=True, fork=False), True, id="a reply"),
        pytest.param("pull_request_review_comment", _reply(body="no", replies=False, fork=False), False, id="a remark"),
        pytest.param("pull_request_review_comment", _reply(body="/ask x", replies=False, fork=False), True, id="asked"),
        pytest.param(
            "pull_request_review_comment", _reply(body="/ask", replies=True, fork=True), False, id="in a fork"
        ),
        pytest.param("push", {}, False, id="a push"),
    ],
)
def test_the_job_starts_for_commands_alone(name: str, event: dict[str, Any], wanted: bool, fork_safe: bool) -> None:
    assert _wanted(name, event, fork_safe=fork_safe) is wanted


def test_the_job_starts_for_pull_requests_and_for_what_was_collected() -> None:
    collected = {"workflow_run": {"event": "pull_request", "conclusion": "success"}}
    cancelled = {"workflow_run": {"event": "pull_request", "conclusion": "cancelled"}}

    assert _wanted("pull_request", {})
    assert _wanted("workflow_run", collected, fork_safe=True)
    assert not _wanted("workflow_run", cancelled, fork_safe=True)
    assert not _wanted("workflow_run", {"workflow_run": {"event": "push", "conclusion": "success"}}, fork_safe=True)
