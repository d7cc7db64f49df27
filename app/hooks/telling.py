"""A review and what came of it go in; the few lines that a hook says, or none, come out."""

from __future__ import annotations

from collections.abc import Iterator

from reviewers.findings import Finding, Severity
from reviewers.report import wording
from reviewers.report.visibility import cut, visible
from reviewers.review import Review

SHOWN = 10
"""Findings that are shown; a prompt is no place for more."""

_MESSAGE_LIMIT = 400
_INDENT = "    "


def told(review: Review) -> Iterator[str]:
    """Lines for people: each finding with what happens and its id; nothing where there is none."""
    if review.findings:
        yield f"{wording.verdict(review)}, in {review.target.name}"
    for finding in review.findings[:SHOWN]:
        yield from _finding(finding)
    if (more := len(review.findings) - SHOWN) > 0:
        yield f"{_INDENT}and {wording.counted(more, 'more finding')}: quartet review shows all"


def unready(review: Review) -> str:
    """What the review lacks, in one line; empty where it is whole."""
    if not review.gaps:
        return ""
    reasons = list(dict.fromkeys(gap.reason for gap in review.gaps))
    who = ", ".join(dict.fromkeys(gap.reviewer for gap in review.gaps))
    more = f" (and {wording.counted(len(reasons) - 1, 'other reason')})" if len(reasons) > 1 else ""
    return f"no answer from {who}: {reasons[0]}{more}"


def worst_at_least(review: Review, threshold: Severity) -> int:
    """How many findings are that bad or worse."""
    return sum(finding.severity >= threshold for finding in review.findings)


def _finding(finding: Finding) -> Iterator[str]:
    what = f"{finding.severity.label} {finding.reviewer}/{finding.rule}"
    yield f"{_INDENT}{_line(wording.place(finding))}: {what}: {_line(finding.title)}  [{finding.fingerprint}]"
    if finding.message.strip() and finding.message != finding.title:
        yield f"{_INDENT}{_INDENT}{cut(_line(finding.message), _MESSAGE_LIMIT)}"


def _line(text: str) -> str:
    return " ".join(visible(text).split())
