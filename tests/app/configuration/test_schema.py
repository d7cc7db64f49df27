from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from app.configuration.schema import render_schema
from app.repo_config import ConfigRejected, parse_config

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema: dict[str, Any] = json.loads((DOCS / "schema" / "quartet.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_published_schema_is_made_of_the_model() -> None:
    published = (DOCS / "schema" / "quartet.schema.json").read_text()

    assert published == render_schema(), "python -m app.configuration.schema > docs/schema/quartet.schema.json"


def test_the_schema_takes_the_documented_example(validator: Draft202012Validator) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "configuration.md").read_text(), flags=re.DOTALL)

    assert [error.message for error in validator.iter_errors(yaml.safe_load(example))] == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        pytest.param("{reviewers: [bugs], max_findings: 3, max_cost: 0.5, fail_on: low}", True, id="earlier names"),
        pytest.param("{reviewers: {bugs: false, security: {models: [openai/a, openai/b]}}}", True, id="switches"),
        pytest.param("{reviewers: {bugs: {enable: false}}}", False, id="a wrong word in a switch"),
        pytest.param("{reviewers: bugs}", False, id="a word for a list"),
        pytest.param("{models: {bugs: 3}}", False, id="a number for a model"),
        pytest.param("{reviwers: []}", False, id="an unknown key"),
        pytest.param("{when: {labels: {onyl: []}}}", False, id="an unknown key within"),
        pytest.param("{caps: {findings: 31}}", False, id="too many"),
        pytest.param("{caps: {cost_per_day: 0}}", False, id="no money"),
        pytest.param("{rules: [{floor: low}]}", False, id="a rule for nothing"),
        pytest.param(
            "{own_reviewers: [{name: A B, instructions: x, rules: [{name: a, summary: b}]}]}", False, id="name"
        ),
        pytest.param("{own_reviewers: [{name: a, instructions: x, rules: []}]}", False, id="no rules"),
        pytest.param("{architecture: {layers: ['ui/**', ['a/**', 'b/**']]}}", True, id="layers"),
        pytest.param("{architecture: {layers: ui}}", False, id="a word for layers"),
        pytest.param("{architecture: {layers: [[]]}}", False, id="a layer of nothing"),
        pytest.param("{ask: everyone, language: pt-BR, guidance: []}", True, id="plain values"),
    ],
)
def test_schema_and_program_agree(validator: Draft202012Validator, text: str, right: bool) -> None:
    assert validator.is_valid(yaml.safe_load(text)) is right
    assert _accepted(text) is right


def _accepted(text: str) -> bool:
    try:
        parse_config(text)
    except ConfigRejected:
        return False
    return True
