import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reviewers.diff import Diff, Side
from reviewers.findings import Severity
from reviewers.imported.rdjson import entries
from reviewers.report.rdjson import render
from reviewers.review import Review
from tests.builders import coverage, finding, gap, location, review, skipped
from tests.reviewers.report.sample import DIFF, REVIEW

_POSITION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
}
_RANGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["start"],
    "properties": {"start": _POSITION, "end": _POSITION},
}
_SEVERITY = {"enum": ["ERROR", "WARNING", "INFO"]}
# Written down from reviewdog.proto (fields of DiagnosticResult) and stricter than its published JSON schema, which
# takes any field: a name that Protocol Buffers do not know makes reviewdog refuse the whole document.
SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["source", "diagnostics"],
        "properties": {
            "source": {"type": "object", "additionalProperties": False, "properties": {"name": {"const": "quartet"}}},
            "severity": _SEVERITY,
            "diagnostics": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["message", "location", "severity", "code"],
                    "properties": {
                        "message": {"type": "string", "minLength": 1},
                        "severity": _SEVERITY,
                        "location": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["path"],
                            "properties": {"path": {"type": "string"}, "range": _RANGE},
                        },
                        "code": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["value"],
                            "properties": {"value": {"type": "string"}, "url": {"type": "string"}},
                        },
                        "suggestions": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "additionalProperties": False,
                                "required": ["range", "text"],
                                "properties": {"range": _RANGE, "text": {"type": "string"}},
                            },
                        },
                    },
                },
            },
        },
    }
)


@pytest.mark.parametrize(
    "reviewed",
    [
        pytest.param(REVIEW, id="the sample"),
        pytest.param(review(), id="clean"),
        pytest.param(review(models_asked=False, note="No key is set."), id="no model"),
        pytest.param(review(finding(placed=False, path="")), id="about the whole change"),
        pytest.param(review(finding(at=location(side=Side.LEFT), suggestion="x")), id="on a removed line"),
        pytest.param(review(finding(suggestion="")), id="a deletion"),
        pytest.param(review(gaps=[gap(path="")], looked_at=coverage(9, skips=[skipped()])), id="incomplete"),
    ],
)
def test_every_document_keeps_the_format(reviewed: Review) -> None:
    assert [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(_document(reviewed))] == []


def test_a_finding_stands_on_its_lines_under_its_rule_with_the_page_of_its_weakness() -> None:
    (told,) = _document(review(finding(at=location(end_line=13))))["diagnostics"]

    assert told["location"] == {
        "path": "shop/orders.py",
        "range": {"start": {"line": 12}, "end": {"line": 13}},
    }
    assert told["code"] == {
        "value": "security/injection",
        "url": "https://cwe.mitre.org/data/definitions/89.html",
    }


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        pytest.param(Severity.CRITICAL, "ERROR", id="critical"),
        pytest.param(Severity.HIGH, "ERROR", id="high"),
        pytest.param(Severity.MEDIUM, "WARNING", id="medium"),
        pytest.param(Severity.LOW, "INFO", id="low"),
    ],
)
def test_a_severity_has_its_word(severity: Severity, word: str) -> None:
    (told,) = _document(review(finding(severity=severity)))["diagnostics"]

    assert told["severity"] == word


@pytest.mark.parametrize(
    ("suggestion", "text"),
    [
        pytest.param("a = 1\nb = 2\n", "a = 1\nb = 2", id="lines"),
        pytest.param("", "", id="a deletion"),
        pytest.param("a = 1\n\n", "a = 1\n", id="an empty line at the end"),
    ],
)
def test_a_suggestion_replaces_whole_lines_without_their_last_line_feed(suggestion: str, text: str) -> None:
    (told,) = _document(review(finding(at=location(end_line=13), suggestion=suggestion)))["diagnostics"]

    assert told["suggestions"] == [{"range": told["location"]["range"], "text": text}]


@pytest.mark.parametrize(
    "suggestion",
    [
        pytest.param("if admin\u202e:", id="a character that nobody sees"),
        pytest.param("\n", id="an empty line, which this format cannot tell from a deletion"),
    ],
)
def test_a_suggestion_that_would_do_something_else_than_it_shows_is_not_offered(suggestion: str) -> None:
    (told,) = _document(review(finding(suggestion=suggestion)))["diagnostics"]

    assert "suggestions" not in told


def test_a_remark_on_a_removed_line_is_one_on_the_file_that_says_which_line() -> None:
    on_old = finding(at=location(start_line=12, side=Side.LEFT), suggestion="x")

    (told,) = _document(review(on_old))["diagnostics"]

    assert told["location"] == {"path": "shop/orders.py"}
    assert "shop/orders.py:12 (removed)" in told["message"]
    assert "suggestions" not in told


def test_a_remark_on_the_whole_change_stands_on_its_first_file() -> None:
    (told,) = _document(review(finding(placed=False, path="")))["diagnostics"]

    assert told["location"] == {"path": DIFF.files[0].path}


def test_what_got_no_answer_and_what_nobody_looked_at_are_diagnostics_too() -> None:
    reviewed = review(
        gaps=[gap(reason="no answer in time", path="a.py, b.py")],
        looked_at=coverage(10, skips=[skipped("uv.lock", "lock file", 4)]),
    )

    unanswered, unseen = _document(reviewed)["diagnostics"]

    assert (unanswered["code"]["value"], unanswered["severity"]) == ("quartet/gap", "WARNING")
    assert "no answer in time (a.py, b.py)" in unanswered["message"]
    assert (unseen["code"]["value"], unseen["severity"]) == ("quartet/not-reviewed", "INFO")
    assert unseen["location"] == {"path": "uv.lock"}


def test_what_a_model_wrote_cannot_act_in_a_comment() -> None:
    hostile = finding(title="@octocat look", message="<!-- quartet:summary --> ![x](https://evil.example/p.png)")

    (told,) = _document(review(hostile))["diagnostics"]

    assert "@octocat" not in told["message"]
    assert "<!--" not in told["message"]
    assert "![" not in told["message"]


def test_our_own_reader_reads_what_we_write() -> None:
    placed = finding(at=location(end_line=13), severity=Severity.MEDIUM, title="Name reaches the query", message="So.")

    (entry,) = entries(_document(review(placed, gaps=[gap(path="")])))

    assert (entry.tool, entry.code, entry.severity) == ("quartet", "security/injection", Severity.MEDIUM)
    assert (entry.path, entry.start_line, entry.end_line) == ("shop/orders.py", 12, 13)
    assert entry.message == "Name reaches the query\n\nSo."


def test_nothing_to_say_is_an_empty_list() -> None:
    assert json.loads(render(review(), Diff())) == {"source": {"name": "quartet"}, "diagnostics": []}


def _document(reviewed: Review) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(reviewed, DIFF))
    return document
