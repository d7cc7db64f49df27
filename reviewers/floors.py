"""A review and what the house asks go in; the same review without what is below a path's floor comes out.

What is left out is counted and named in the review's note, which every surface shows: nothing is silent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewers.house_rules import HouseRules, above_floor
from reviewers.report.wording import counted, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewers.findings import Finding
    from reviewers.review import Review

MOST_NAMED = 5
"""Findings below their floor that are named; the others are counted."""


def held_to_floors(review: Review, house_rules: HouseRules) -> Review:
    """The review as the house wants to be told it.

    >>> from reviewers.house_rules import NO_HOUSE_RULES
    >>> from reviewers.review import Coverage, Review, Target
    >>> review = Review(target=Target(kind="git", name="x"), coverage=Coverage(changed_lines=0, reviewed_lines=0))
    >>> held_to_floors(review, NO_HOUSE_RULES) == review
    True
    """
    told, below = above_floor(review.findings, house_rules)
    if not below:
        return review
    notes = [note for note in (review.note, _line(below)) if note]
    return replace(review, findings=told, note="; ".join(notes))


def _line(below: Sequence[Finding]) -> str:
    named = [f"{finding.severity.label} at {place(finding)}" for finding in below[:MOST_NAMED]]
    if len(below) > MOST_NAMED:
        named.append(f"{len(below) - MOST_NAMED} more")
    are = "is" if len(below) == 1 else "are"
    return (
        f"{counted(len(below), 'finding')} {are} below the floor that the configuration sets there: {', '.join(named)}"
    )
