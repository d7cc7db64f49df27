from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reviewers.answers import answer_schema, parse_answer
from reviewers.errors import MalformedAnswer
from reviewers.perspectives import REVIEWERS, by_name
from reviewers.reviewer import Reviewer

BUGS = by_name("bugs")
REMARK: dict[str, Any] = {
    "path": "a.py",
    "quote": "x = 1",
    "line": 3,
    "removed": False,
    "rule": "logic-error",
    "severity": "high",
    "confidence": 0.8,
    "title": "It is wrong",
    "message": "It fails for 0.",
    "suggestion": None,
    "evidence": [],
}


def _answer(**changes: Any) -> str:
    return json.dumps({"findings": [REMARK | changes], "dropped_evidence": []})


def test_a_full_answer_is_read() -> None:
    answer = parse_answer(_answer(), BUGS)

    assert answer.findings[0].quote == "x = 1"


def test_an_empty_answer_is_an_answer() -> None:
    assert parse_answer('{"findings": [], "dropped_evidence": []}', BUGS).findings == ()


def test_what_may_be_left_out_is_understood() -> None:
    short = {name: REMARK[name] for name in ("path", "quote", "rule", "severity", "confidence", "title", "message")}

    answer = parse_answer(json.dumps({"findings": [short]}), BUGS)

    assert (answer.findings[0].line, answer.findings[0].suggestion, answer.dropped_evidence) == (None, None, ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("Looks good to me!", "not JSON", id="prose"),
        pytest.param("[" * 100_000, "not JSON", id="nested beyond reason"),
        pytest.param("[]", "answer: ", id="a list"),
        pytest.param("{}", "findings: Field required", id="no findings"),
        pytest.param(_answer(rule="sql-injection"), "findings.0.rule", id="another reviewer's rule"),
        pytest.param(_answer(severity="blocker"), "findings.0.severity", id="an unknown severity"),
        pytest.param(_answer(confidence=7), "from 0 to 1", id="a confidence above one"),
        pytest.param(_answer(confidence=float("nan")), "from 0 to 1", id="a confidence that is no number"),
        pytest.param(_answer(quote="  "), "findings.0.quote: must not be empty", id="an empty quote"),
        pytest.param(_answer(nonsense=1), "findings.0.nonsense", id="a property too many"),
    ],
)
def test_what_breaks_the_schema_is_named(text: str, fault: str) -> None:
    with pytest.raises(MalformedAnswer, match=fault):
        parse_answer(text, BUGS)


def test_many_faults_are_cut_with_a_word() -> None:
    with pytest.raises(MalformedAnswer, match=r"\(\+\d+ more\)"):
        parse_answer(json.dumps({"findings": [{}, {}, {}]}), BUGS)


def test_the_schema_keeps_to_what_all_vendors_take() -> None:
    schema = answer_schema(REVIEWERS)

    Draft202012Validator.check_schema(schema)
    for node in _nodes(schema):
        assert "$ref" not in node
        assert "minimum" not in node
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])


@pytest.mark.parametrize("reviewer", [pytest.param(reviewer, id=reviewer.name) for reviewer in REVIEWERS])
def test_one_schema_takes_the_rules_of_every_reviewer_that_is_asked_and_no_others(reviewer: Reviewer) -> None:
    taken = Draft202012Validator(answer_schema(REVIEWERS))
    others = Draft202012Validator(answer_schema(other for other in REVIEWERS if other is not reviewer))

    for rule in reviewer.rules:
        answer = {
            "findings": [REMARK | {"rule": rule.name}],
            "dropped_evidence": [{"id": "E1", "reason": "no"}],
        }
        assert taken.is_valid(answer)
        assert not others.is_valid(answer)


def test_a_rule_of_another_reviewer_is_answered_with_ones_own() -> None:
    with pytest.raises(MalformedAnswer, match=r"findings\.0\.rule: Input should be") as fault:
        parse_answer(_answer(rule="injection"), BUGS)

    assert all(repr(rule.name) in str(fault.value) for rule in BUGS.rules)


def _nodes(node: Any) -> list[dict[str, Any]]:
    match node:
        case dict():
            return [node, *(found for child in node.values() for found in _nodes(child))]
        case list():
            return [found for child in node for found in _nodes(child)]
        case _:
            return []


def test_a_number_that_python_refuses_to_read_is_malformed() -> None:
    with pytest.raises(MalformedAnswer, match="The answer is not JSON"):
        parse_answer(_answer().replace('"line": 3', f'"line": {"9" * 5_000}'), BUGS)


def test_half_a_character_is_replaced() -> None:
    (found,) = parse_answer(_answer(title="half \ud800 and whole \U0001f600", evidence=["E1"]), BUGS).findings

    assert found.title == "half \ufffd and whole \U0001f600"
