"""A review goes in; a SARIF 2.1.0 log for code scanning comes out.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub reads of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from reviewers.diff import Diff, Side
from reviewers.findings import Finding, Location, Severity
from reviewers.perspectives import REVIEWERS
from reviewers.report import wording
from reviewers.report.quoting import Quotes
from reviewers.report.sanitising import inline_text
from reviewers.report.second_looks import verdict_words
from reviewers.report.visibility import cut, json_text, readable
from reviewers.review import Review
from reviewers.reviewer import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# GitHub reads 25,000 results of a run and keeps 5,000 of them: the worst come first, so those are kept.
RESULTS_KEPT = 5_000
MESSAGE_LIMIT = 10_000


def render(review: Review, diff: Diff) -> str:
    """The log, indented, with one run; findings beyond ``RESULTS_KEPT`` are counted in a notification."""
    return json_text(log(review, diff))


def log(review: Review, diff: Diff) -> dict[str, Any]:
    """The log as plain values."""
    kept = review.findings[:RESULTS_KEPT]
    rules = {rule_id: index for index, rule_id in enumerate(dict.fromkeys(_rule_id(finding) for finding in kept))}
    known = {f"{reviewer.name}/{rule.name}": rule for reviewer in REVIEWERS for rule in reviewer.rules}
    quotes = Quotes.of(review, diff)
    somewhere = diff.files[0].path if diff.files else ""
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "Quartet",
                "rules": [_rule(rule_id, known.get(rule_id), kept) for rule_id in rules],
            }
        },
        "invocations": [_invocation(review)],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules, quotes, somewhere) for finding in kept],
        "properties": {
            "target": review.target.name,
            "changedLines": review.coverage.changed_lines,
            "reviewedLines": review.coverage.reviewed_lines,
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule_id(finding: Finding) -> str:
    return f"{finding.reviewer}/{finding.rule}"


def _rule(rule_id: str, rule: Rule | None, findings: tuple[Finding, ...]) -> dict[str, Any]:
    """The rule as its reviewer describes it, at the level of its worst finding here."""
    using = [finding for finding in findings if _rule_id(finding) == rule_id]
    worst = max(finding.severity for finding in using)
    summary, advice = (rule.summary, rule.help) if rule else (rule_id.replace("-", " "), "")
    cwe = (rule.cwe if rule else None) or next((finding.cwe for finding in using if finding.cwe), None)
    reviewer = using[0].reviewer
    tags = [reviewer, *_cwe_tags(cwe)]
    properties: dict[str, Any] = {"tags": tags, "problem.severity": _PROBLEM_SEVERITY[worst]}
    if reviewer == "security":
        properties["security-severity"] = _SECURITY_SEVERITY[worst]
    described: dict[str, Any] = {
        "id": rule_id,
        "name": _pascal_case(rule_id),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": f"{summary} {advice}".strip()},
        "help": {"text": advice or summary, "markdown": _help(summary, advice, cwe)},
        "defaultConfiguration": {"level": _LEVELS[worst]},
        "properties": properties,
    }
    if cwe and (url := wording.cwe_url(cwe)):
        described["helpUri"] = url
    return described


def _help(summary: str, advice: str, cwe: str | None) -> str:
    url = wording.cwe_url(cwe) if cwe else ""
    more = f"See [{cwe}]({url})." if url else ""
    return "\n\n".join(part for part in (f"**{inline_text(summary)}**", inline_text(advice, limit=2_000), more) if part)


def _cwe_tags(cwe: str | None) -> list[str]:
    """Code scanning groups by these tags; they have three digits at least, as CodeQL writes them."""
    number = (cwe or "").removeprefix("CWE-")
    return [f"external/cwe/cwe-{int(number):03d}"] if number.isascii() and number.isdigit() else []


def _pascal_case(rule_id: str) -> str:
    return "".join(word.capitalize() for word in rule_id.replace("/", "-").split("-"))


def _result(finding: Finding, rules: Mapping[str, int], quotes: Quotes, somewhere: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": _rule_id(finding),
        "ruleIndex": rules[_rule_id(finding)],
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "partialFingerprints": {"quartet/v1": finding.fingerprint},
        "rank": round(100 * finding.confidence, 1),
        "properties": {
            "severity": finding.severity.label,
            "confidence": finding.confidence,
            "reviewers": list(finding.reviewers),
            "models": list(finding.models),
            "evidence": [f"{fact.source} {fact.code}" for fact in finding.evidence],
        },
    }
    if words := verdict_words(finding):
        result["properties"]["verification"] = words
    # Code scanning shows only what has a place, so a remark on the whole change stands on its first file.
    if path := finding.path or somewhere:
        result["locations"] = [_location(path, finding, quotes)]
    if finding.suggestion is not None and finding.location and finding.location.side is Side.RIGHT:
        result["fixes"] = [_fix(finding.location, finding.suggestion)]
    return result


def _message(finding: Finding) -> str:
    """Title and message; brackets are escaped, since a pair of them would be a link (SARIF §3.11.6)."""
    place = finding.location
    where = f"\n\nAbout {wording.place(finding)}." if place is None or place.side is Side.LEFT else ""
    text = f"{readable(finding.title)}\n\n{readable(finding.message)}"
    return cut(f"{text}{where}", MESSAGE_LIMIT).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(path: str, finding: Finding, quotes: Quotes) -> dict[str, Any]:
    """The place in the new file; a file alone where the finding stands on removed lines or on none."""
    physical: dict[str, Any] = {"artifactLocation": _artifact(path)}
    place = finding.location
    if place and place.side is Side.RIGHT:
        code = "\n".join(row.line.text for row in quotes.around(finding, context=0) if row.flagged)
        region: dict[str, Any] = {"startLine": place.start_line, "endLine": place.end_line}
        if code or finding.anchor:
            region["snippet"] = {"text": code or finding.anchor}
        physical["region"] = region
    return {"physicalLocation": physical}


def _artifact(path: str) -> dict[str, Any]:
    """A relative reference; a colon in the first segment would read as a scheme (RFC 3986 §4.2), so it is encoded."""
    return {"uri": quote(path.encode("utf-8", "replace"), safe="/!$&'()*+,;=@~-._"), "uriBaseId": "%SRCROOT%"}


def _fix(place: Location, suggestion: str) -> dict[str, Any]:
    """The lines without their last line feed are replaced; an empty suggestion deletes that too."""
    deleted = {"startLine": place.start_line, "endLine": place.end_line}
    if not suggestion:
        deleted = {"startLine": place.start_line, "startColumn": 1, "endLine": place.end_line + 1, "endColumn": 1}
    text = suggestion.removesuffix("\n")
    return {
        "description": {"text": "Suggested change"},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(place.path),
                "replacements": [{"deletedRegion": deleted, "insertedContent": {"text": text}}],
            }
        ],
    }


def _invocation(review: Review) -> dict[str, Any]:
    """Gaps and findings left out make a run that did not succeed, so that silence is not read as health."""
    notifications = [
        _notification("gap", "error", f"{gap.reviewer} did not answer: {gap.reason}", gap.path) for gap in review.gaps
    ]
    notifications += [
        _notification("not-reviewed", "note", f"Not reviewed: {group.summary}", "")
        for group in wording.skipped_groups(review.coverage)
    ]
    if review.note:
        notifications.append(_notification("note", "note", review.note, ""))
    if (left_out := len(review.findings) - RESULTS_KEPT) > 0:
        text = f"{wording.counted(left_out, 'finding')} left out: code scanning keeps {RESULTS_KEPT:,}"
        notifications.append(_notification("cut", "warning", text, ""))
    invocation: dict[str, Any] = {"executionSuccessful": not review.gaps}
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    return invocation


def _notification(name: str, level: str, text: str, path: str) -> dict[str, Any]:
    about = f" ({path})" if path else ""
    return {"descriptor": {"id": name}, "level": level, "message": {"text": readable(text + about)}}


_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_PROBLEM_SEVERITY = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "recommendation",
}
# GitHub's bands: critical above 9.0, high from 7.0, medium from 4.0, low above 0.1.
_SECURITY_SEVERITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
