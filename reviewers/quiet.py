"""A review goes in; it comes out without what tools alone say at low severity, which is kept and counted.

A linter's smaller remarks are mostly noise on a pull request. A reviewer that holds one to be worth it says so.
"""

from __future__ import annotations

from dataclasses import replace

from reviewers.findings import Finding, Severity
from reviewers.review import Review, Untold

REASON = "a tool alone reports it, at low severity; evidence.low in .quartet.yml or --low-evidence tells such"


def without_low_reports(review: Review) -> Review:
    """The same review; what is left out stands below its threshold, with the reason.

    >>> from reviewers.review import Coverage, Review, Target
    >>> review = Review(target=Target(kind="git", name="x"), coverage=Coverage(changed_lines=0, reviewed_lines=0))
    >>> without_low_reports(review) == review
    True
    """
    left_out = tuple(Untold(finding=each, reason=REASON) for each in review.findings if _is_low_report(each))
    told = tuple(each for each in review.findings if not _is_low_report(each))
    return replace(review, findings=told, below_threshold=(*review.below_threshold, *left_out))


def _is_low_report(finding: Finding) -> bool:
    return finding.severity is Severity.LOW and not finding.models
