"""The installation: what is whole is taken as it is, and anything else is made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.action.runner import ROOT, Runner, Step

Script = Callable[[Path, str], Path]

MAKES = """
    # A Python whose virtual environments have a pip that writes down what it is asked for.
    printf '%s\\n' "made in $PWD with PYTHONPATH=${PYTHONPATH-unset}: $*" >>"$LOG"
    mkdir -p "$4/bin"
    cp "$PIP" "$4/bin/python"
"""


@pytest.fixture
def install(runner: Runner, script: Script) -> Callable[..., Step]:
    """``install(pip=…)`` runs the script with a Python whose environments' own Python then runs that line."""

    def run(pip: str = "exit 0", **variables: str) -> Step:
        (Path(runner.path) / "cp").unlink(missing_ok=True)
        (Path(runner.path) / "cp").symlink_to(shutil.which("cp") or "/bin/cp")
        own = script(runner.home / "its pip", f'printf "%s\\n" "$*" >>"$LOG"\n{pip}\n')
        environment = runner.environment("pull_request", {}) | {
            "LOG": str(log(runner)),
            "PIP": str(own),
            "QUARTET_PYTHON": str(script(runner.home / "a python", MAKES)),
            "QUARTET_VENV": str(venv(runner)),
            "QUARTET_VENV_KEY": "key-1",
        }
        return runner.script("install.sh", environment | variables)

    return run


def log(runner: Runner) -> Path:
    return runner.home / "log"


def venv(runner: Runner) -> Path:
    return runner.home / "kept" / "quartet-venv"


def test_everything_is_pinned_and_nothing_is_built_in_an_environment_of_its_own(
    runner: Runner, install: Callable[..., Step]
) -> None:
    step = install()

    made, tools, package = log(runner).read_text().splitlines()
    assert step.outputs == {"fresh": "true"}
    assert made.endswith(f"-I -m venv {venv(runner)}")
    assert tools.startswith("-I -m pip ")
    assert f"--constraint {ROOT}/constraints.txt" in tools
    assert tools.endswith(" hatchling setuptools wheel")
    assert package.endswith(f"--no-build-isolation {ROOT}[embedded,evidence,langfuse,postgres]")
    assert "Quartet was installed in " in step.said


def test_it_works_away_from_the_workspace(runner: Runner, install: Callable[..., Step]) -> None:
    install(PYTHONPATH=str(runner.workspace))

    assert log(runner).read_text().startswith(f"made in {ROOT} with PYTHONPATH=unset: ")


def test_a_whole_installation_is_taken_as_it_is(runner: Runner, install: Callable[..., Step]) -> None:
    install()
    log(runner).unlink()

    assert install().outputs == {"fresh": "false"}
    assert log(runner).read_text() == "-I -c import app.cli.main\n"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda venv: (venv / "quartet.key").write_text("key-0"), id="of another key"),
        pytest.param(lambda venv: (venv / "quartet.key").unlink(), id="not finished"),
        pytest.param(lambda venv: (venv / "bin" / "python").unlink(), id="without its Python"),
        pytest.param(
            lambda venv: (venv / "bin" / "python").write_text("#!/bin/sh\nexit 1\n"), id="that starts no more"
        ),
    ],
)
def test_anything_else_is_made_anew(
    runner: Runner, install: Callable[..., Step], broken: Callable[[Path], object]
) -> None:
    install()
    broken(venv(runner))
    (venv(runner) / "left over").touch()

    assert install().outputs == {"fresh": "true"}
    assert not (venv(runner) / "left over").exists()
    assert (venv(runner) / "quartet.key").read_text() == "key-1"


def test_what_cannot_be_installed_is_told_with_the_cure_and_leaves_nothing_half(
    runner: Runner, install: Callable[..., Step]
) -> None:
    step = install('echo "ERROR: no index answers"; exit 1')

    assert step.status == 3
    assert "ERROR: no index answers" in step.said
    assert len(step.errors) == 1
    assert "set HTTPS_PROXY or PIP_INDEX_URL" in step.errors[0]
    assert not venv(runner).exists()
    assert step.outputs == {}
