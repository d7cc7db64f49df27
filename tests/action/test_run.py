"""The step that reviews: the program of the installation, and nothing of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.action.runner import Runner, Step

Script = Callable[[Path, str], Path]


def run(runner: Runner, **variables: str) -> Step:
    environment = runner.environment("pull_request", {}) | {
        "QUARTET_VENV": str(runner.home / "venv"),
        "QUARTET_STATE_DIR": str(runner.home / "a state" / "deep"),
        "QUARTET_ACTION_OUT": str(runner.home / "reports"),
    }
    return runner.script("run.sh", environment | variables)


def test_it_starts_the_program_isolated_from_the_workspace(runner: Runner, script: Script) -> None:
    script(runner.home / "venv/bin/python", 'echo "$PWD|${PYTHONPATH-unset}|$*"\n')
    script(runner.home / "venv/bin/quartet", "exit 9\n")

    step = run(runner, PYTHONPATH=str(runner.workspace))

    assert step.said == f"{runner.workspace}|unset|-I {runner.home}/venv/bin/quartet action run\n"
    assert (runner.home / "a state" / "deep").is_dir()
    assert (runner.home / "reports").is_dir()


def test_it_is_the_program_that_the_runner_interrupts(runner: Runner, script: Script) -> None:
    script(runner.home / "venv/bin/python", 'echo "$$"\n')
    script(runner.home / "venv/bin/quartet", "exit 9\n")

    step = run(runner)

    assert int(step.said) == step.process


def test_its_status_is_the_programs(runner: Runner, script: Script) -> None:
    script(runner.home / "venv/bin/python", "exit 1\n")
    script(runner.home / "venv/bin/quartet", "exit 9\n")

    assert run(runner).status == 1


def test_without_an_installation_it_says_what_to_do(runner: Runner) -> None:
    step = run(runner)

    assert step.status == 3
    assert step.errors == [
        (
            f"::error title=Quartet::there is no Quartet in {runner.home}/venv; "
            "run the job again with the input cache: false"
        )
    ]
