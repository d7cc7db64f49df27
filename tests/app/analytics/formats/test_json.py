from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.analytics.formats.json import render
from tests.app.analytics.formats.reports import named, report

SCHEMA = json.loads((Path(__file__).parents[4] / "docs/schema/analytics.schema.json").read_text(encoding="utf-8"))


def test_the_document_is_as_its_schema_says() -> None:
    document = json.loads(render(report(remarks=("Dear.",), note="Some are unpriced."), None))

    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)


def test_rows_have_their_cells_by_name_and_exact() -> None:
    document = json.loads(render(report(), None))

    assert document["answers"][1]["rows"] == [
        {
            "model": "anthropic/opus",
            "calls": 1_234,
            "cost": "0.000000000012",
            "p95": 2.5,
            "errors": {
                "part": 30,
                "whole": 60,
                "value": 0.5,
                "low": pytest.approx(0.3774, abs=1e-4),
                "high": pytest.approx(0.6226, abs=1e-4),
                "enough": True,
            },
        }
    ]


def test_what_nobody_knows_is_null() -> None:
    document = json.loads(render(report(("anthropic/opus", 1, None, None, None)), None))

    assert document["answers"][1]["rows"][0]["cost"] is None


def test_a_name_with_hidden_characters_is_escaped() -> None:
    text = render(named("opus\u202egpt"), None)

    assert "\u202e" not in text
    assert json.loads(text)["answers"][1]["rows"][0]["model"] == "opus\u202egpt"


@pytest.mark.parametrize(
    ("repositories", "expected"), [(None, None), (frozenset({"octo/web", "octo/app"}), ["octo/app", "octo/web"])]
)
def test_the_document_says_of_which_repositories_it_is(
    repositories: frozenset[str] | None, expected: list[str] | None
) -> None:
    assert json.loads(render(report(), repositories))["repositories"] == expected
