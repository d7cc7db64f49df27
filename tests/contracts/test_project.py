import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENTS = [
    requirement
    for requirement in (*PROJECT["dependencies"], *(each for extra in EXTRAS.values() for each in extra))
    if not requirement.startswith(PROJECT["name"])  # an extra that is made of others
]


def test_constraints_are_names_and_versions_only() -> None:
    assert [line for line in CONSTRAINTS if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line)] == []


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_every_dependency_has_an_exact_version(requirement: str) -> None:
    pinned = {normal(line.split("==")[0]) for line in CONSTRAINTS}

    assert normal(re.split(r"[<>=!~\[; ]", requirement)[0]) in pinned


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in ROOT.glob(".github/workflows/*.yml")])
def test_every_action_of_a_workflow_is_pinned_to_a_commit(path: Path) -> None:
    used = re.findall(r"uses:\s*(\S+)", path.read_text(encoding="utf-8"))

    # What is called by a path is of the commit that the checkout before it has named.
    others = [action for action in used if not action.startswith("./")]
    assert others
    assert [action for action in others if not re.fullmatch(r"[\w-]+/[\w./-]+@[0-9a-f]{40}", action)] == []


def test_hooks_run_the_tools_of_the_virtual_environment_and_download_nothing() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]

    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in repository["hooks"])


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    linked = set(re.findall(r"\]\(([\w.-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))

    assert linked == pages


def test_the_set_up_takes_the_python_that_is_named() -> None:
    assert find_python(sys.executable).stdout == f"{sys.executable}\n"


def test_the_set_up_says_in_one_line_that_a_python_is_too_old(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)

    answer = find_python(str(old))

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in answer.stderr


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def find_python(name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / ".ci" / "find-python", name], capture_output=True, text=True, check=False)
