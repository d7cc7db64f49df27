"""The first step: a Python that Quartet runs on, whatever else the runner has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.action.runner import Runner, Step

Script = Callable[[Path, str], Path]
OLD = "echo 'Python 2.7.18' >&2\nexit 1\n"


def find(runner: Runner, **variables: str) -> Step:
    return runner.script("find-python.sh", runner.environment("pull_request", {}) | variables)


def test_one_on_the_path_is_named_by_where_it_really_is(runner: Runner, real_python: Path) -> None:
    assert find(runner).outputs == {"python": sys.executable}


def test_an_old_one_that_is_first_on_the_path_is_passed_over(runner: Runner, real_python: Path, script: Script) -> None:
    old = script(runner.home / "old" / "python3", OLD).parent
    script(Path(runner.path) / "python", real_python.read_text().partition("\n")[2])
    runner.path = f"{old}:{runner.path}"

    assert find(runner).outputs == {"python": sys.executable}


def test_the_runners_own_store_is_looked_through(runner: Runner, script: Script) -> None:
    for version in ("3.10.14", "3.12.9"):
        script(
            runner.home / "_tool" / "Python" / version / "x64" / "bin" / "python3",
            OLD if version == "3.10.14" else f'exec {sys.executable} "$@"\n',
        )

    assert find(runner).outputs == {"python": sys.executable}


def test_another_machines_kind_is_not_taken_from_the_store(runner: Runner, script: Script) -> None:
    script(runner.home / "_tool/Python/3.12.9/x64/bin/python3", f'exec {sys.executable} "$@"\n')

    assert find(runner, RUNNER_ARCH="ARM64").outputs == {"python": ""}


def test_where_there_is_none_the_next_step_has_to_set_one_up(runner: Runner) -> None:
    step = find(runner)

    assert (step.outcome, step.outputs, step.said) == ("success", {"python": ""}, "")


def test_the_one_that_is_named_is_taken(runner: Runner, script: Script) -> None:
    named = script(runner.home / "my own" / "python", f'exec {sys.executable} "$@"\n')

    assert find(runner, QUARTET_PYTHON=str(named)).outputs == {"python": sys.executable}


def test_a_named_one_that_is_too_old_is_an_error_with_the_cure(
    runner: Runner, real_python: Path, script: Script
) -> None:
    named = script(runner.home / "old" / "python", OLD)

    step = find(runner, QUARTET_PYTHON=str(named))

    assert step.status == 2
    assert step.errors == [
        (
            f"::error title=Quartet::the input python names {named}, which is no Python 3.11 to 3.14 with venv; "
            "leave the input out, or name another"
        )
    ]


def test_what_a_message_quotes_begins_no_command_of_its_own(runner: Runner) -> None:
    step = find(runner, QUARTET_PYTHON="x\n::set-output name=python::/evil\r\n::warning::%0A")

    assert len(step.said.splitlines()) == 1
    assert "x%0A::set-output" in step.said
    assert step.outputs == {}


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [
        ("RUNNER_OS", "Windows", "runs on Linux only"),
        ("RUNNER_ARCH", "ARM", "on x64 and arm64 only, and this runner is ARM"),
    ],
)
def test_another_kind_of_machine_is_told_at_once(runner: Runner, variable: str, value: str, word: str) -> None:
    step = find(runner, **{variable: value})

    assert step.status == 2
    assert word in step.said
    assert "runs-on: ubuntu-latest" in step.said


def test_nothing_of_the_workspace_is_imported(runner: Runner, real_python: Path) -> None:
    environment = runner.environment("pull_request", {}) | {"PYTHONPATH": str(runner.workspace)}
    for module in ("venv", "ensurepip", "sitecustomize", "usercustomize"):
        (runner.workspace / f"{module}.py").write_text(f"open({str(runner.home / 'owned')!r}, 'w')\n")

    step = runner.script("find-python.sh", environment)

    assert step.outputs == {"python": sys.executable}
    assert not (runner.home / "owned").exists()
