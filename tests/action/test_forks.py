"""The two workflows of ``quartet init --fork-safe``, one after the other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.action.collected import FILE_NAME
from app.action.collecting import collect
from app.initial.files import COLLECTING, WORKFLOW, initial_files
from app.initial.repository import Surroundings
from tests.action.place import Place
from tests.fakes import github_payloads

FILES = {
    file.path: yaml.safe_load(file.text)
    for file in initial_files(Surroundings(Path("/r"), "main", None), fork_safe=True)
    if file.path.startswith(".github")
}
NOTE, UPLOAD = FILES[COLLECTING]["jobs"]["collect"]["steps"]
FETCH, REVIEW = FILES[WORKFLOW]["jobs"]["review"]["steps"]


def collected(folder: Path, event: dict[str, Any]) -> Path:
    """What the collecting workflow's own line writes."""
    if shutil.which("jq") is None:
        pytest.skip("jq is missing; runners of GitHub have it")
    folder.mkdir()
    (folder / "event.json").write_text(json.dumps(event))
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", NOTE["run"]],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "GITHUB_EVENT_PATH": str(folder / "event.json")},
        check=True,
    )
    return folder / str(UPLOAD["with"]["path"])


def run_of(place: Place, event: dict[str, Any]) -> dict[str, Any]:
    """The event of the workflow that reviews, when the collecting one has ended."""
    head = event["pull_request"]["head"]
    run = {
        "id": 5,
        "event": "pull_request",
        "conclusion": "success",
        "head_sha": head["sha"],
        "head_branch": head["ref"],
        "head_repository": {"id": head["repo"]["id"]},
    }
    return {"action": "completed", "workflow_run": run, "repository": event["repository"]}


def test_the_line_in_the_workflow_writes_what_the_command_does(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = github_payloads.pull_request(place.repository, "opened")
    written = collected(tmp_path / "run", event)
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "run" / "event.json"))

    collect(tmp_path / FILE_NAME)

    assert written.name == FILE_NAME
    assert json.loads(written.read_text()) == json.loads((tmp_path / FILE_NAME).read_text())


def test_the_one_looks_where_the_other_has_left_it() -> None:
    assert FETCH["with"]["name"] == UPLOAD["with"]["name"]
    assert REVIEW["with"]["collected"] == f"{FETCH['with']['path']}/{UPLOAD['with']['path']}"


def test_what_was_collected_is_reviewed_with_the_keys(place: Place, tmp_path: Path) -> None:
    event = github_payloads.pull_request(place.repository, "opened")
    note = collected(tmp_path / "run", event)

    job = place.run("workflow_run", run_of(place, event), collected=str(note))

    assert not job.failed, job["Review"].said
    assert len(place.repository.reviews) == 1
    assert job.outputs["pull-request"] == "7"
    assert place.runner.caches == {}
