"""What became of findings goes in; how far each reviewer, rule and model can be trusted comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reviewers.calibration import Tally, TrackRecord
from reviewers.findings import Finding
from reviewers.memory.learnings import Learning


def record_of(outcomes: Iterable[tuple[Finding, bool]] = (), learnings: Iterable[Learning] = ()) -> TrackRecord:
    """How people have judged findings so far.

    Every model that made a finding is judged by it; where tools alone reported it, its first tool is. Of learnings
    count those that say what the finding was (``about`` and ``model``); one about a whole rule judges nobody's work.

    Args:
        outcomes: Findings of which something became, and whether they were right.
        learnings: What people decided, as the repository keeps it.
    """
    right: Counter[tuple[str, str, str]] = Counter()
    wrong: Counter[tuple[str, str, str]] = Counter()
    for finding, was_right in outcomes:
        for author in finding.models or tuple(fact.source for fact in finding.evidence[:1]):
            (right if was_right else wrong)[finding.reviewer, finding.rule, author] += 1
    for learning in learnings:
        reviewer, _, rule = learning.about.partition("/")
        if learning.finding and rule and learning.model:
            (right if learning.kind == "accepted" else wrong)[reviewer, rule, learning.model] += 1
    return TrackRecord({key: Tally(accepted=right[key], dismissed=wrong[key]) for key in (right | wrong)})
