"""A plan and what was answered of it in; what was looked at and what was not, line by line, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from reviewers.portions import counted
from reviewers.review import Coverage, Skipped

if TYPE_CHECKING:
    from reviewers.plan import ReviewPlan, Task


def coverage(plan: ReviewPlan, answered: Iterable[Task]) -> Coverage:
    """What was looked at, when these tasks of the plan were answered: a line counts when one reviewer saw it."""
    seen = {task.chunk.number for task in answered}
    asked = {task.chunk.number for task in plan.tasks}
    lines = plan.answered | {line for chunk in plan.chunks if chunk.number in seen for _, line in counted(chunk)}
    skipped = list(plan.skipped)
    told = set(lines)
    for chunk in plan.chunks:
        if chunk.number not in seen:
            reason = "no reviewer answered" if chunk.number in asked else "left out to stay under the cap on the cost"
            missed = [(path, line) for path, line in counted(chunk) if line not in told]
            told.update(line for _, line in missed)
            by_path = Counter(path for path, _ in missed)
            skipped += [Skipped(path=path, reason=reason, lines=count) for path, count in by_path.items()]
    return Coverage(changed_lines=plan.changed_lines, reviewed_lines=len(lines), skipped=tuple(skipped))
