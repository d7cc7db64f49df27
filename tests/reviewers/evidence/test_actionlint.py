"""Actionlint's package fetches the program from GitHub, so that a stand-in prints what actionlint is documented to.

The format is that of https://github.com/rhysd/actionlint/blob/main/docs/usage.md#format.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest

from app.tools import run_tools
from reviewers.evidence.actionlint import ACTIONLINT
from reviewers.evidence_source import Evidence
from tests.builders import added_file
from tests.reviewers.evidence.gathered import gathered

WORKFLOW = added_file(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    needs: [b]\n")


def _error(line: int, kind: str, message: str) -> dict[str, object]:
    return {
        "message": message,
        "filepath": "0/.github/workflows/workflow.yml",
        "line": line,
        "column": 5,
        "kind": kind,
        "snippet": "    needs: [b]\n    ^~~~~~",
        "end_column": 10,
    }


def _read(folder: Path, *errors: dict[str, object]) -> Evidence:
    """What comes of a program that prints these errors if it is called as actionlint is."""
    program = folder / "actionlint"
    program.write_text(
        f"#!{sys.executable} -I\nimport sys\n"
        "assert sys.argv[1:] == ['-no-color', '-shellcheck=', '-pyflakes=', '-format', '{{json .}}', "
        "'0/.github/workflows/workflow.yml']\n"
        f"print({json.dumps(list(errors))!r})\nsys.exit({1 if errors else 0})\n"
    )
    program.chmod(0o755)
    return gathered(WORKFLOW, sources=[ACTIONLINT], run=partial(run_tools, folders=[folder]))


@pytest.mark.parametrize(
    ("kind", "message", "told"),
    [
        pytest.param("job-needs", 'job "a" needs job "b" which does not exist', ("bugs", "undefined-name"), id="needs"),
        pytest.param("syntax-check", 'unexpected key "neds" for "job" section', ("bugs", "syntax-error"), id="a key"),
        pytest.param("expression", 'property "os" is not defined', ("bugs", "undefined-name"), id="an expression"),
        pytest.param(
            "expression",
            '"github.head_ref" is potentially untrusted. avoid using it directly in inline scripts',
            ("security", "workflow-injection"),
            id="text of strangers in a script",
        ),
        pytest.param(
            "credentials",
            '"password" section should be specified via secrets',
            ("security", "hardcoded-secret"),
            id="a password",
        ),
    ],
)
def test_an_error_is_told_under_our_rule(tmp_path: Path, kind: str, message: str, told: tuple[str, str]) -> None:
    (fact,) = _read(tmp_path, _error(5, kind, message)).facts

    assert (fact.start_line, fact.code, fact.message) == (5, kind, message)
    assert (fact.reviewer, fact.rule) == told
    assert fact.cwe or fact.reviewer == "bugs"


def test_kinds_of_errors_that_other_tools_know_better_are_left_out(tmp_path: Path) -> None:
    assert _read(tmp_path, _error(5, "shellcheck", "shellcheck reported issue")).facts == ()


def test_a_workflow_without_errors_is_left_alone(tmp_path: Path) -> None:
    evidence = _read(tmp_path)

    assert (evidence.facts, evidence.gaps, evidence.note) == ((), (), "")


def test_a_machine_without_it_is_not_reminded_of_it(tmp_path: Path) -> None:
    evidence = gathered(WORKFLOW, sources=[ACTIONLINT], run=partial(run_tools, folders=[tmp_path]))

    assert (evidence.facts, evidence.gaps, evidence.note) == ((), (), "")
