"""A review and what people decided before go in; the same review without what they do not want to be told comes out.

What is silenced stays in the review under its own name and is counted in the note: nothing disappears.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from reviewers.findings import Finding, Severity
from reviewers.memory.learnings import LEARNINGS_PATH, Learning, decisive
from reviewers.memory.pragmas import pragma_for
from reviewers.report.wording import counted
from reviewers.review import Silenced

if TYPE_CHECKING:
    from reviewers.diff import Diff
    from reviewers.review import Review

PRAGMA = "pragma"
"""How a finding was silenced by a comment in the code."""

NOT_BY_ITSELF = frozenset({"reviewer-instruction", "hidden-text"})
"""Rules about attempts to mislead a reviewer, which the change that makes the attempt cannot waive."""


def silenced(
    review: Review,
    *,
    diff: Diff,
    contents: Mapping[str, str],
    learnings: Iterable[Learning] = (),
    today: date,
) -> Review:
    """The review as people want to be told it.

    A pragma that the change itself adds is its author's word: it is heeded, but not for what is critical and not for
    attempts to mislead a reviewer, and who reads the change sees it. Learnings come from the base branch.

    Args:
        review: All that it has to say.
        diff: The change.
        contents: Whole texts at the head.
        learnings: What was decided before, the oldest first.
        today: The day by which learnings expire.
    """
    known = tuple(learnings)
    told: list[Finding] = []
    quiet: list[Silenced] = []
    for finding in review.findings:
        if learning := decisive(finding, known, today):
            quiet.append(Silenced(finding=finding, how=LEARNINGS_PATH, by=learning.by, reason=learning.reason))
        elif (pragma := pragma_for(finding, diff, contents)) and (not pragma.added or _may_waive(finding)):
            quiet.append(Silenced(finding=finding, how=PRAGMA, by="", reason=pragma.reason))
        else:
            told.append(finding)
    if not quiet:
        return review
    note = "; ".join(part for part in (review.note, _line(quiet)) if part)
    return replace(review, findings=tuple(told), silenced=(*review.silenced, *quiet), note=note)


def _may_waive(finding: Finding) -> bool:
    return finding.severity < Severity.CRITICAL and finding.rule not in NOT_BY_ITSELF


def _line(quiet: list[Silenced]) -> str:
    ways = dict.fromkeys(each.how for each in quiet)
    counts = (f"{counted(sum(each.how == way for each in quiet), 'finding')} by {_named(way)}" for way in ways)
    return f"silenced: {', '.join(counts)}"


def _named(way: str) -> str:
    return "a pragma in the code" if way == PRAGMA else way
