"""The tests' evaluator of expressions, held against GitHub's own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.action.expressions import evaluate
from tests.fetch_openapi import PACKAGES

CONTEXTS: dict[str, Any] = {
    "github": {"event_name": "issue_comment", "event": {"comment": {"body": "See:\r\n/review", "id": 7}, "issue": {}}},
    "steps": {"find": {"outputs": {"python": ""}, "outcome": "success"}, "setup": {"outputs": {"python-path": "/p"}}},
    "inputs": {"cache": "true", "install-only": "false", "artifact": ""},
}
CASES = {
    "'a' == 'A'": True,
    "'it''s' == 'It''S'": True,
    "1 == '1'": True,
    "'' == null": True,
    "null == 0": True,
    "'x' == 0": False,
    "steps.find.outputs.python == ''": True,
    "steps.nowhere.outputs.python == ''": True,
    "steps.find.outputs.python || steps.setup.outputs.python-path": "/p",
    "steps.find.outcome != 'skipped' && inputs.cache == 'true'": True,
    "!(inputs.install-only == 'true') && inputs.artifact": "",
    "contains(github.event.comment.body, fromJSON('\"\\n/\"'))": True,
    "startsWith(github.event.comment.body, '/')": False,
    "contains(github.event_name, 'COMMENT')": True,
    "github.event.comment.id && 'yes' || 'no'": "yes",
    "github.event.issue.pull_request && true || false": False,
    "format('{0}-{1}', 7, 'a b')": "7-a b",
    "false || '' || 'last'": "last",
    "true && 0 || null": None,
}


@pytest.mark.parametrize(("expression", "value"), CASES.items())
def test_an_expression_has_its_value(expression: str, value: object) -> None:
    assert evaluate(expression, CONTEXTS) == value


def test_githubs_own_evaluator_agrees() -> None:
    node = shutil.which("node")
    if node is None or not (PACKAGES / "@actions" / "expressions").exists():
        pytest.skip("node is missing, or what tests/fetch_openapi.py fetches with npm")

    asked = json.dumps([{"expression": expression, "contexts": CONTEXTS} for expression in CASES])
    done = subprocess.run(
        [node, str(Path(__file__).with_name("evaluate.mjs"))], input=asked, capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout) == list(CASES.values())


@pytest.mark.parametrize("broken", ["'a", "(true", "a b", "1 ==", "&& true"])
def test_what_is_no_expression_is_refused(broken: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        evaluate(broken, CONTEXTS)
