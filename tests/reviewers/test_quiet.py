from __future__ import annotations

from reviewers.findings import Severity
from reviewers.quiet import REASON, without_low_reports
from reviewers.review import Untold
from tests.builders import fact, finding, review

LOW = finding(severity=Severity.LOW, models=(), evidence=[fact(severity=Severity.LOW)])


def test_what_a_tool_alone_says_at_low_severity_is_kept_and_not_told() -> None:
    told = without_low_reports(review(LOW))

    assert (told.findings, told.below_threshold) == ((), (Untold(finding=LOW, reason=REASON),))


def test_what_a_reviewer_says_or_confirms_is_told_at_any_severity() -> None:
    confirmed = finding(severity=Severity.LOW, evidence=[fact(severity=Severity.LOW)])

    assert without_low_reports(review(confirmed)).findings == (confirmed,)


def test_what_a_tool_says_at_medium_severity_is_told() -> None:
    medium = finding(severity=Severity.MEDIUM, models=())

    assert without_low_reports(review(medium)).findings == (medium,)
