from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.action.collected import FILE_NAME, Collected, read_collected
from app.cli.action import _FILE
from app.cli.main import main
from app.errors import NotCollected
from tests.app.action.conftest import Runner, Start
from tests.app.action.runners import Ended
from tests.fakes import github_payloads
from tests.fakes.server import json_reply

GOOD = {"version": 1, "pull_request": 7, "repository": 1}


@pytest.fixture
def runner(start_runner: Start) -> Runner:
    return start_runner(fork="stranger/app")


def workflow_run(runner: Runner, **changes: Any) -> dict[str, Any]:
    opened = runner.payload(github_payloads.pull_request(runner.repository, "opened"))
    run = {
        "event": "pull_request",
        "conclusion": "success",
        "head_sha": runner.repository.pulls[7].head_sha,
        "head_repository": {"id": opened["pull_request"]["head"]["repo"]["id"], "full_name": "stranger/app"},
        "pull_requests": [],
    }
    rest = {name: opened[name] for name in ("repository", "sender")}
    return {"action": "completed", "workflow_run": run | changes, **rest}


def review(runner: Runner, artifact: object, **changes: Any) -> Ended:
    path = runner.folder / "collected.json"
    path.write_text(artifact if isinstance(artifact, str) else json.dumps(artifact))
    runner.variables["QUARTET_COLLECTED"] = str(path)
    return runner.run("workflow_run", workflow_run(runner, **changes))


def test_what_the_one_workflow_writes_the_other_one_reviews(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    event = runner.folder / "event.json"
    event.write_text(json.dumps(runner.payload(github_payloads.pull_request(runner.repository, "opened"))))
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    file = runner.folder / "collected.json"
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    collected = main(["action", "collect", "--output", str(file)])
    text = file.read_text()
    asked = len(runner.github.requests)

    ended = review(runner, text)

    assert (collected, asked, json.loads(text)) == (0, 0, GOOD)
    assert (ended.status, ended.outputs["findings"]) == (0, "1"), ended.log
    assert len(runner.repository.reviews) == 1


@pytest.mark.parametrize(
    "artifact",
    [
        pytest.param("not JSON", id="no JSON"),
        pytest.param("x" * 2_000_000, id="huge"),
        pytest.param('{"version": 1, ' * 300, id="nested deep, and too large"),
        pytest.param(GOOD | {"pull_request": "7"}, id="a text for a number"),
        pytest.param(GOOD | {"title": "::error::"}, id="a text besides"),
        pytest.param(GOOD | {"pull_request": -7}, id="below zero"),
        pytest.param(GOOD | {"pull_request": 7.0}, id="a fraction"),
        pytest.param(GOOD | {"pull_request": True}, id="a truth"),
        pytest.param(GOOD | {"version": 2}, id="another version"),
        pytest.param({"version": 1}, id="without the numbers"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_one_line(tmp_path: Path, artifact: object) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(artifact if isinstance(artifact, str) else json.dumps(artifact))

    with pytest.raises(NotCollected) as error:
        read_collected(path)

    assert "is not used" in str(error.value)
    assert "::" not in str(error.value)
    assert len(str(error.value)) < 250


def _link(path: Path) -> None:
    target = path.with_name("target.json")
    target.write_text(json.dumps(GOOD))
    path.symlink_to(target)


@pytest.mark.parametrize(
    "put",
    [
        pytest.param(_link, id="a link to a good one"),
        pytest.param(Path.mkdir, id="a folder"),
        pytest.param(os.mkfifo, id="a pipe"),
        pytest.param(lambda path: None, id="nothing"),
    ],
)
def test_only_a_regular_file_is_read(tmp_path: Path, put: Callable[[Path], object]) -> None:
    path = tmp_path / FILE_NAME
    put(path)

    with pytest.raises(NotCollected, match="is not used"):
        read_collected(path)


@pytest.mark.parametrize(
    ("artifact", "changes", "says"),
    [
        pytest.param({"pull_request": 8}, {}, "there is none of that number", id="no such pull request"),
        pytest.param({"repository": 2}, {}, "another repository", id="another repository"),
        pytest.param({}, {"head_sha": "a" * 40}, "its head is another commit", id="another head"),
        pytest.param({}, {"head_repository": {"id": 999}}, "in another repository", id="another fork"),
    ],
)
def test_a_file_that_names_another_pull_request_is_not_believed(
    runner: Runner, artifact: dict[str, int], changes: dict[str, Any], says: str
) -> None:
    ended = review(runner, GOOD | artifact, **changes)

    assert (ended.status, ended.outputs["verdict"]) == (3, "failed"), ended.log
    assert says in ended.summary
    assert runner.vendor.asked == []
    assert runner.github.writes == []


def test_a_pull_request_that_was_closed_meanwhile_is_not_reviewed(runner: Runner) -> None:
    runner.repository.pulls[7].state = "closed"

    ended = review(runner, GOOD)

    assert (ended.status, runner.vendor.asked, runner.github.writes) == (3, [], []), ended.log
    assert "it is closed" in ended.summary


def test_a_pull_request_that_goes_to_another_repository_is_not_reviewed(runner: Runner) -> None:
    event = runner.payload(github_payloads.pull_request(runner.repository, "opened"))
    pull = event["pull_request"]
    elsewhere = pull | {"base": pull["base"] | {"repo": pull["base"]["repo"] | {"id": 999}}}
    runner.github.fault("GET", r"/pulls/7$", json_reply(elsewhere), times=100)

    ended = review(runner, GOOD)

    assert (ended.status, runner.vendor.asked, runner.github.writes) == (3, [], []), ended.log
    assert "it goes to another repository" in ended.summary


def test_a_collecting_workflow_that_has_only_begun_is_left_alone(runner: Runner) -> None:
    path = runner.folder / "collected.json"
    path.write_text(json.dumps(GOOD))
    runner.variables["QUARTET_COLLECTED"] = str(path)

    ended = runner.run("workflow_run", workflow_run(runner) | {"action": "requested"})

    assert (ended.status, ended.outputs["verdict"], runner.vendor.asked) == (0, "skipped", [])


def test_a_hostile_file_ends_the_step_in_one_line(runner: Runner) -> None:
    ended = review(runner, "::error::gotcha\n##[error]gotcha")

    assert ended.status == 3
    assert "gotcha" not in ended.log


@pytest.mark.parametrize(
    "changes",
    [{"event": "push"}, {"conclusion": "failure"}],
    ids=["not for a pull request", "did not succeed"],
)
def test_a_workflow_that_collected_nothing_is_left_alone(runner: Runner, changes: dict[str, str]) -> None:
    ended = review(runner, GOOD, **changes)

    assert (ended.status, ended.outputs["verdict"]) == (0, "skipped")


def test_the_file_s_name_is_the_same_wherever_it_is_told() -> None:
    assert str(_FILE) == FILE_NAME


def test_the_schema_that_is_published_is_the_one_that_is_checked() -> None:
    published = Path(__file__).parents[3] / "docs" / "schema" / "collected.schema.json"

    assert json.loads(published.read_text()) == Collected.model_json_schema()
