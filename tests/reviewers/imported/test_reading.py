from __future__ import annotations

import json
from typing import Any

import pytest

from reviewers.errors import ReportUnreadable
from reviewers.findings import Severity
from reviewers.imported.reading import MOST_BYTES, MOST_ENTRIES, entries_in
from reviewers.imported.report import Entry


def entry(**changed: Any) -> Entry:
    known = {
        "tool": "lint",
        "code": "R1",
        "path": "shop/a.py",
        "start_line": 3,
        "end_line": 3,
        "message": "wrong",
        "severity": Severity.MEDIUM,
    }
    return Entry(**{**known, **changed})


def sarif(
    result: dict[str, Any] | None = None, rule: dict[str, Any] | None = None, run: dict[str, Any] | None = None
) -> bytes:
    """A run with one result, as ``entry()`` says it."""
    place = {"artifactLocation": {"uri": "shop/a.py"}, "region": {"startLine": 3}}
    whole = {"ruleId": "R1", "message": {"text": "wrong"}, "locations": [{"physicalLocation": place}], **(result or {})}
    driver = {"name": "lint", "rules": [{"id": "R1", **(rule or {})}]}
    return json.dumps(
        {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": [whole], **(run or {})}]}
    ).encode()


def located(**place: Any) -> dict[str, Any]:
    return {"locations": [{"physicalLocation": place}]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(sarif(), entry(), id="as little as there can be"),
        pytest.param(b"\xef\xbb\xbf" + sarif(), entry(), id="a byte order mark"),
        pytest.param(sarif({"level": "error"}), entry(severity=Severity.HIGH), id="an error"),
        pytest.param(sarif({"level": "note"}), entry(severity=Severity.LOW), id="a note"),
        pytest.param(
            sarif(rule={"defaultConfiguration": {"level": "note"}}), entry(severity=Severity.LOW), id="the rule's level"
        ),
        pytest.param(
            sarif({"level": "error"}, {"properties": {"security-severity": "5.5", "tags": ["CWE-89"]}}),
            entry(severity=Severity.MEDIUM, tags=("cwe-89", "security")),
            id="a graver word than the level",
        ),
        pytest.param(
            sarif(rule={"properties": {"security-severity": "9.8", "precision": "very-high"}}),
            entry(severity=Severity.CRITICAL, tags=("security",), confidence=0.9),
            id="critical, and sure",
        ),
        pytest.param(sarif(rule={"properties": {"security-severity": "x"}}), entry(), id="a grade that is none"),
        pytest.param(
            sarif({"taxa": [{"id": "79", "toolComponent": {"name": "CWE"}}]}), entry(tags=("cwe-79",)), id="a taxon"
        ),
        pytest.param(
            sarif(rule={"relationships": [{"target": {"id": "CWE-79", "toolComponent": {"name": "CWE"}}}]}),
            entry(tags=("cwe-79",)),
            id="a taxon of the rule",
        ),
        pytest.param(sarif({"ruleId": None, "ruleIndex": 0}), entry(), id="a rule by its number"),
        pytest.param(sarif({"ruleId": "R1/sub"}), entry(code="R1/sub"), id="a rule below a rule"),
        pytest.param(
            sarif(
                {"message": {"id": "m", "arguments": ["x", "y"]}}, {"messageStrings": {"m": {"text": "{1} is not {0}"}}}
            ),
            entry(message="y is not x"),
            id="a message by its name",
        ),
        pytest.param(
            sarif({"message": {"text": "[here](1) and [there](https://evil.example)"}}),
            entry(message="here and there"),
            id="links in a message",
        ),
        pytest.param(
            sarif(located(artifactLocation={"uri": "a%20b.py"}, region={"startLine": 2, "endLine": 4})),
            entry(path="a%20b.py", start_line=2, end_line=4),
            id="several lines",
        ),
        pytest.param(
            sarif(
                located(artifactLocation={"uri": "a.py", "uriBaseId": "TOP"}, region={"startLine": 3}),
                run={"originalUriBaseIds": {"TOP": {"uri": "file:///ci/shop/"}}},
            ),
            entry(path="file:///ci/shop/a.py"),
            id="a path below a named folder",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="utf-8"?><checkstyle version="4.3"><file name="shop/a.py">'
            b'<error line="3" column="1" severity="warning" message="a &lt; b" source="eslint.rules.no-eval"/>'
            b"</file></checkstyle>",
            entry(tool="eslint", code="no-eval", message="a < b"),
            id="checkstyle of another linter",
        ),
        pytest.param(
            b'<checkstyle><file name="shop/a.py"><error line="3" severity="error" message="wrong" '
            b'source="com.puppycrawl.tools.checkstyle.checks.MagicNumberCheck"/></file></checkstyle>',
            entry(tool="checkstyle", code="MagicNumberCheck", severity=Severity.HIGH),
            id="checkstyle itself",
        ),
        pytest.param(
            b'{"source": {"name": "lint"}, "severity": "ERROR", "diagnostics": [{"message": "wrong", "code": '
            b'{"value": "R1"}, "location": {"path": "shop/a.py", "range": {"start": {"line": 3}}}}]}',
            entry(severity=Severity.HIGH),
            id="rdjson",
        ),
        pytest.param(
            b'{"message": "wrong", "code": {"value": "R1"}, "severity": 3, "source": {"name": "lint"}, "location": '
            b'{"path": "shop/a.py", "range": {"start": {"line": 3}, "end": {"line": 5}}}}\n',
            entry(severity=Severity.LOW, end_line=5),
            id="a line of rdjsonl",
        ),
    ],
)
def test_a_report_is_known_by_what_stands_in_it(data: bytes, said: Entry) -> None:
    assert entries_in(data) == (said,)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(sarif({"kind": "pass"}), id="what passed"),
        pytest.param(sarif({"suppressions": [{"kind": "inSource"}]}), id="what is suppressed"),
        pytest.param(sarif({"baselineState": "absent"}), id="what is gone"),
        pytest.param(sarif({"locations": []}), id="what has no place"),
        pytest.param(sarif(located(artifactLocation={"uri": "a.py"})), id="what is about a whole file"),
        pytest.param(sarif(located(artifactLocation="a.py", region={"startLine": True})), id="values of a wrong kind"),
        pytest.param(b'{"version": "2.1.0", "runs": [3, {"results": 3, "tool": 3}]}', id="runs of a wrong kind"),
        pytest.param(b'{"diagnostics": [3, {"location": 3}]}', id="diagnostics of a wrong kind"),
        pytest.param(
            b'<checkstyle><file><error line="x"/><error line="99999999999"/></file></checkstyle>', id="no line"
        ),
    ],
)
def test_what_is_no_fault_on_a_line_is_left_out(data: bytes) -> None:
    assert entries_in(data) == ()


def test_a_suppression_that_was_refused_suppresses_nothing() -> None:
    assert entries_in(sarif({"suppressions": [{"kind": "external", "status": "rejected"}]})) == (entry(),)


BOMB = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><checkstyle>&b;</checkstyle>'
OUTSIDE = b'<!DOCTYPE b SYSTEM "file:///etc/passwd"><checkstyle/>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "neither SARIF", id="nothing"),
        pytest.param(b"diff --git a/x b/x\n", "neither SARIF", id="a diff"),
        pytest.param(b"[1, 2]", "neither SARIF", id="a list"),
        pytest.param(b'{"a": 1}', "neither SARIF", id="another object"),
        pytest.param(b'{"location": {}}\nnot JSON\n', "neither SARIF", id="a line that is none"),
        pytest.param(b'{"version": "2.0.0", "runs": []}', "version 2.0.0", id="an earlier SARIF"),
        pytest.param(b"[" * 200_000, "nested too deeply", id="nested without end"),
        pytest.param(b"\xff\xfe{}", "not UTF-8", id="another encoding"),
        pytest.param(b"<html></html>", "another kind", id="a page"),
        pytest.param(b"<checkstyle><file></checkstyle>", "is no XML", id="broken XML"),
        pytest.param(BOMB, "document type", id="entities"),
        pytest.param(OUTSIDE, "document type", id="an outside document"),
        pytest.param(b" " * (MOST_BYTES + 1), "larger than 20 MB", id="too large"),
        pytest.param(
            b"<checkstyle><file>" + b'<error line="1"/>' * (MOST_ENTRIES + 1) + b"</file></checkstyle>",
            "more than 100,000 results",
            id="too many",
        ),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ReportUnreadable, match=reason):
        entries_in(data)
