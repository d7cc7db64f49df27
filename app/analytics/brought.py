"""What a review that nobody remembers has brought: of the command line no finding is followed any further."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from llm_runtime.analytics.records import TaskResult

if TYPE_CHECKING:
    from reviewers.review import Review

_Place = tuple[str, str, str]


def brought(review: Review, trace: str) -> tuple[TaskResult, ...]:
    """How many findings each reviewer has told with each model, and how many questions it has no answer to.

    Args:
        review: All that the run has to say.
        trace: Id of its trace.
    """
    findings: Counter[_Place] = Counter()
    for finding in review.findings:
        provider, _, model = (finding.models[0] if finding.models else "").partition("/")
        findings[finding.reviewer, provider, model] += 1
    gaps: Counter[_Place] = Counter((gap.reviewer, "", "") for gap in review.gaps)
    return tuple(
        TaskResult(
            trace=trace,
            reviewer=place[0],
            provider=place[1],
            model=place[2],
            findings=findings[place],
            gaps=gaps[place],
        )
        for place in sorted(findings.keys() | gaps.keys())
    )
