"""The folders and the keys of the caches."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.action.runner import ROOT, Runner, Step

TEMPLATE = ("pyproject.toml", "constraints.txt", "action")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """An Action of few files, which a test may change."""
    home = tmp_path / "the action's copy"
    home.mkdir()
    for name in TEMPLATE:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, home / name)
    for package in ("app", "reviewers", "llm_runtime"):
        (home / package).mkdir()
        (home / package / "__init__.py").write_text(f'"""{package}"""\n')
    return home


def prepare(runner: Runner, action: Path = ROOT, event: str = "pull_request", **variables: str) -> Step:
    environment = runner.environment(event, {}) | {"QUARTET_PYTHON": sys.executable} | variables
    return runner.script("prepare.sh", environment, action=action)


def test_folders_lie_where_the_runner_keeps_what_is_temporary(runner: Runner) -> None:
    step = prepare(runner)

    assert step.said == ""
    assert step.outputs["venv"] == f"{runner.temp}/quartet-venv"
    assert step.outputs["state"] == f"{runner.temp}/quartet-state"
    assert step.outputs["reports"] == f"{runner.temp}/quartet"


def test_the_key_of_the_installation_is_one_that_githubs_cache_takes(runner: Runner) -> None:
    key = prepare(runner).outputs["venv-key"]

    assert re.fullmatch(r"quartet-venv-1-[\w.-]+-py3\.\d+\.\d+-[0-9a-f]{12}-[0-9a-f]{32}", key)
    assert len(key) < 512
    assert "," not in key


def test_the_same_installation_has_the_same_key(runner: Runner, copied: Path) -> None:
    first = prepare(runner, copied).outputs["venv-key"]
    (copied / "app" / "__pycache__").mkdir()
    (copied / "app" / "__pycache__" / "x.cpython-311.pyc").write_bytes(b"x")

    assert prepare(runner, copied).outputs["venv-key"] == first


@pytest.mark.parametrize(
    "changed",
    [
        "pyproject.toml",
        "constraints.txt",
        "app/__init__.py",
        "reviewers/new.py",
        "llm_runtime/a b.py",
        "action/install.sh",
    ],
)
def test_a_change_of_the_code_or_of_what_it_needs_has_another_key(runner: Runner, copied: Path, changed: str) -> None:
    before = prepare(runner, copied).outputs["venv-key"]
    with (copied / changed).open("a") as file:
        file.write("\n# changed\n")

    assert prepare(runner, copied).outputs["venv-key"] != before


def test_another_place_has_another_key(runner: Runner, tmp_path: Path) -> None:
    other = Runner(tmp_path / "another runner", path=runner.path)

    assert prepare(other).outputs["venv-key"] != prepare(runner).outputs["venv-key"]


def test_an_action_that_cannot_be_written_to_is_read(runner: Runner, copied: Path) -> None:
    before = sorted(path for path in copied.rglob("*"))
    for path in [copied, *before]:
        path.chmod(0o555)

    step = prepare(runner, copied)

    for path in [copied, *before]:
        path.chmod(0o755)
    assert step.outcome == "success"
    assert sorted(path for path in copied.rglob("*")) == before


def test_each_run_keeps_what_it_spent_under_a_key_of_its_own(runner: Runner) -> None:
    first, second = prepare(runner), prepare(runner)

    assert first.outputs["state-key"] != second.outputs["state-key"]
    assert first.outputs["state-key"].startswith(f"{first.outputs['state-prefix']}1001-1-")


@pytest.mark.parametrize(
    ("cache", "event", "restore", "save"),
    [
        ("true", "pull_request", "true", "true"),
        ("", "pull_request", "true", "true"),
        ("true", "push", "true", "true"),
        ("true", "pull_request_review_comment", "true", "true"),
        ("true", "issue_comment", "true", "false"),
        ("true", "pull_request_target", "true", "false"),
        ("true", "workflow_run", "true", "false"),
        ("write", "issue_comment", "true", "true"),
        ("write", "pull_request", "true", "true"),
        ("false", "pull_request", "false", "false"),
        ("false", "issue_comment", "false", "false"),
    ],
)
def test_a_cache_is_written_where_github_lets_it_be(
    runner: Runner, cache: str, event: str, restore: str, save: str
) -> None:
    outputs = prepare(runner, event=event, QUARTET_CACHE=cache).outputs

    assert (outputs["restore"], outputs["save"]) == (restore, save)


def test_another_word_for_the_cache_is_an_error_with_the_cure(runner: Runner) -> None:
    step = prepare(runner, QUARTET_CACHE="yes")

    assert step.status == 2
    assert step.errors == ['::error title=Quartet::the input cache is "yes"; it takes true, false or write']


def test_a_folder_with_a_line_break_in_its_name_names_no_other_output(runner: Runner) -> None:
    step = prepare(runner, RUNNER_TEMP=f"{runner.temp}\nsave=true")

    assert step.status == 2
    assert "cannot have a line break in it" in step.said
    assert "save" not in step.outputs
