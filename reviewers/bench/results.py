"""How a case went, and hits, misses and false alarms counted over several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llm_runtime.messages import Call
    from reviewers.bench.case import Case
    from reviewers.bench.matching import Matched
    from reviewers.review import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """How a case went.

    Attributes:
        case: What was asked.
        matched: What the answer is worth.
        seconds: From reading the case to its review, waits included.
        calls: Every exchange with a model for its review.
        judging: Every exchange with a judge.
        gaps: What was not answered.
    """

    case: Case
    matched: Matched
    seconds: float = 0.0
    calls: tuple[Call, ...] = ()
    judging: tuple[Call, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def comments(self) -> int:
        """How many findings were told."""
        matched = self.matched
        return len(matched.hits) + len(matched.alarms) + len(matched.uncounted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Hits, misses and false alarms; what has no denominator is None, never 0 or 1.

    Example:
        >>> tally = Tally(hits=3, misses=1, alarms=2)
        >>> tally.precision, tally.recall, round(tally.f1, 2)
        (0.6, 0.75, 0.67)
        >>> Tally().precision is None
        True
    """

    hits: int = 0
    misses: int = 0
    alarms: int = 0

    @property
    def precision(self) -> float | None:
        """Share of the findings that are right."""
        return share(self.hits, self.hits + self.alarms)

    @property
    def recall(self) -> float | None:
        """Share of the goldens that are found."""
        return share(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both, counted directly, so that it is there whenever anything was or should be said."""
        return share(2 * self.hits, 2 * self.hits + self.misses + self.alarms)


def tally(results: Iterable[CaseResult]) -> Tally:
    """Over some results."""
    hits = misses = alarms = 0
    for result in results:
        hits += len(result.matched.hits)
        misses += len(result.matched.misses)
        alarms += len(result.matched.alarms)
    return Tally(hits=hits, misses=misses, alarms=alarms)


def share(part: float, whole: float) -> float | None:
    """A part of a whole; None where there is no whole."""
    return part / whole if whole else None
