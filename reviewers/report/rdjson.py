"""A review goes in; reviewdog's diagnostics (rdjson), for it and for editors that read them, come out.

The format: https://github.com/reviewdog/reviewdog/blob/master/proto/rdf/reviewdog.proto, message ``DiagnosticResult``.
"""

from __future__ import annotations

from typing import Any

from reviewers.diff import Diff, Side
from reviewers.findings import Finding, Location, Severity
from reviewers.report import wording
from reviewers.report.sanitising import block_text, inline_text
from reviewers.report.visibility import has_hidden, json_text, readable
from reviewers.review import Review

SOURCE = "quartet"
TITLE_LIMIT = 300


def render(review: Review, diff: Diff) -> str:
    """The document, indented; what was not answered and not looked at stands in it as diagnostics of their own."""
    return json_text(result(review, diff))


def result(review: Review, diff: Diff) -> dict[str, Any]:
    """The document as plain values."""
    # Reviewdog takes a diagnostic without a place for a fault of the program that wrote it, so each has a file.
    somewhere = diff.files[0].path if diff.files else ""
    diagnostics = [_diagnostic(finding, somewhere) for finding in review.findings]
    diagnostics += [
        _remark(f"{gap.reviewer} did not answer: {gap.reason}", gap.path, somewhere, "gap", Severity.MEDIUM)
        for gap in review.gaps
    ]
    diagnostics += [
        _remark(f"Not reviewed: {group.summary}", group.files[0].path, somewhere, "not-reviewed", Severity.LOW)
        for group in wording.skipped_groups(review.coverage)
    ]
    if review.note:
        diagnostics.append(_remark(review.note, "", somewhere, "note", Severity.LOW))
    return {"source": {"name": SOURCE}, "diagnostics": diagnostics}


def _diagnostic(finding: Finding, somewhere: str) -> dict[str, Any]:
    place = finding.location
    # Lines of the old file are no lines of the new one, which is all that this format knows.
    new = place if place is not None and place.side is Side.RIGHT else None
    location: dict[str, Any] = {"path": finding.path or somewhere}
    if new is not None:
        location["range"] = _lines(new)
    code: dict[str, Any] = {"value": f"{finding.reviewer}/{finding.rule}"}
    if finding.cwe and (url := wording.cwe_url(finding.cwe)):
        code["url"] = url
    diagnostic: dict[str, Any] = {
        "message": _message(finding),
        "location": location,
        "severity": _SEVERITIES[finding.severity],
        "code": code,
    }
    if new is not None and finding.suggestion is not None and _can_be_offered(finding.suggestion):
        text = finding.suggestion.removesuffix("\n")
        diagnostic["suggestions"] = [{"range": _lines(new), "text": text}]
    return diagnostic


def _can_be_offered(suggestion: str) -> bool:
    """What cannot be seen must not be applied with a click, and an empty text deletes: it is no empty line."""
    return not has_hidden(suggestion) and suggestion != "\n"


def _message(finding: Finding) -> str:
    """Title and message as harmless Markdown: reviewdog posts them in comments as they are."""
    placed = finding.location is not None and finding.location.side is Side.RIGHT
    where = "" if placed else f"About {inline_text(wording.place(finding))}."
    parts = (inline_text(finding.title, limit=TITLE_LIMIT), block_text(finding.message), where)
    return "\n\n".join(part for part in parts if part)


def _remark(text: str, path: str, somewhere: str, name: str, severity: Severity) -> dict[str, Any]:
    """Something about the review itself, on the file it concerns; several files stand in its words."""
    several = ", " in path
    about = f" ({path})" if several else ""
    return {
        "message": inline_text(readable(f"{text}{about}"), limit=1_000),
        "location": {"path": somewhere if several or not path else path},
        "severity": _SEVERITIES[severity],
        "code": {"value": f"quartet/{name}"},
    }


def _lines(place: Location) -> dict[str, Any]:
    """Without columns both ends are whole lines, the last one included."""
    return {"start": {"line": place.start_line}, "end": {"line": place.end_line}}


_SEVERITIES = {Severity.CRITICAL: "ERROR", Severity.HIGH: "ERROR", Severity.MEDIUM: "WARNING", Severity.LOW: "INFO"}
