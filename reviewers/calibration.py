"""How sure a review is of a finding: what its author says, who else says it, and how often that was right so far."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from reviewers.findings import Finding, Severity
from reviewers.review import Review, Untold
from reviewers.verification.families import family_of
from reviewers.verification.values import Standing

PRIOR_PRECISION = 0.65
"""Of a finding that people have not judged before: what one strong model alone was measured at on golden comments."""

PRIOR_WEIGHT = 8
"""How many judged findings that prior is worth: a handful of votes moves little, dozens decide."""

LEAST, MOST = 0.02, 0.98
"""What an author says is held between these, so that no evidence is without effect."""

VOTE = 0.8
"""Log-odds that each further family adds that reports the same by itself; the first two count."""

EVIDENCE = 0.5
"""Log-odds that a tool adds that reports the same; once, as tools share their rules."""

SECOND_LOOK: Mapping[Standing, tuple[float, float, float]] = MappingProxyType(
    {
        Standing.CONFIRMED: (0.3, 0.6, 0.9),
        Standing.UNVERIFIED: (-0.3, -0.3, -0.3),
        Standing.UNSURE: (-1.0, -1.0, -1.0),
        Standing.CONTESTED: (-1.8, -1.8, -1.8),
        Standing.REFUTED: (-3.0, -3.0, -3.0),
    }
)
"""Log-odds of a verdict, by ``Verification.independence``: that the author agrees with itself says little."""

_COUNTED_VOTES = 2


@dataclass(frozen=True, slots=True)
class Tally:
    """How people judged the findings of one kind: accepted (or fixed, or 👍) and dismissed (or 👎)."""

    accepted: int = 0
    dismissed: int = 0


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How people have judged findings so far.

    Attributes:
        tallies: By reviewer, rule and model (``provider/name``; the tool's name for what tools alone reported).

    Example:
        >>> record = TrackRecord({("bugs", "off-by-one", "openai/gpt-6.1-sol"): Tally(accepted=2, dismissed=30)})
        >>> round(record.precision("bugs", "off-by-one", "openai/gpt-6.1-sol"), 2)
        0.18
    """

    tallies: Mapping[tuple[str, str, str], Tally] = field(default_factory=dict)

    def precision(self, reviewer: str, rule: str, model: str) -> float:
        """The share of such findings that people accept: the mean of a Beta distribution over the prior, 0–1."""
        tally = self.tallies.get((reviewer, rule, model), Tally())
        right = PRIOR_WEIGHT * PRIOR_PRECISION + tally.accepted
        return right / (PRIOR_WEIGHT + tally.accepted + tally.dismissed)


NO_RECORD = TrackRecord()
"""Nobody has judged anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How sure a review must be to tell a finding, 0–1, by severity: missing what is critical costs more than noise."""

    critical: float = 0.35
    high: float = 0.45
    medium: float = 0.55
    low: float = 0.65

    def of(self, severity: Severity) -> float:
        """The threshold of a severity."""
        return {
            Severity.CRITICAL: self.critical,
            Severity.HIGH: self.high,
            Severity.MEDIUM: self.medium,
            Severity.LOW: self.low,
        }[severity]


DEFAULT_THRESHOLDS = Thresholds()


def calibrated(finding: Finding, record: TrackRecord = NO_RECORD) -> Finding:
    """The finding with the review's confidence in place of its author's, which is kept as ``stated``.

    The log-odds of what the author says are moved by what further families, tools and the second look say, and by how
    far the measured precision of this reviewer, rule and model is from the prior. Each of these moves it one way only,
    and doing it twice is doing it once.

    Args:
        finding: With what a second look said of it.
        record: How people judged such findings.
    """
    stated = finding.confidence if finding.stated is None else finding.stated
    odds = _log_odds(stated) + VOTE * _further_votes(finding)
    odds += EVIDENCE * bool(_seconding_tools(finding)) + _said(finding)
    author = finding.models[0] if finding.models else next((fact.source for fact in finding.evidence), "")
    odds += _log_odds(record.precision(finding.reviewer, finding.rule, author)) - _log_odds(PRIOR_PRECISION)
    return replace(finding, confidence=round(1 / (1 + math.exp(-odds)), 3), stated=stated)


def held_to_thresholds(review: Review, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Review:
    """The review without findings that it is not sure enough of; they are kept beside it, with the reason.

    Args:
        review: With calibrated findings.
        thresholds: How sure it must be.
    """
    told = tuple(each for each in review.findings if each.confidence >= thresholds.of(each.severity))
    below = tuple(
        Untold(finding=each, reason=_lacking(each, thresholds)) for each in review.findings if each not in told
    )
    if not below:
        return review
    return replace(review, findings=told, below_threshold=(*review.below_threshold, *below))


def of_all(findings: Iterable[Finding], record: TrackRecord = NO_RECORD) -> tuple[Finding, ...]:
    """Each of these findings calibrated."""
    return tuple(calibrated(finding, record) for finding in findings)


def _lacking(finding: Finding, thresholds: Thresholds) -> str:
    least = thresholds.of(finding.severity)
    said = finding.verification
    because = f" ({said.standing.value})" if said is not None else ""
    return f"{finding.confidence:.2f} sure{because}; {finding.severity.label} findings are told from {least:.2f} on"


def _further_votes(finding: Finding) -> int:
    return min(max(len({family_of(model) for model in finding.models}) - 1, 0), _COUNTED_VOTES)


def _seconding_tools(finding: Finding) -> int:
    """Tools that say the same; of what tools alone report the first one is the author."""
    tools = len({fact.source for fact in finding.evidence})
    return tools if finding.models else max(tools - 1, 0)


def _said(finding: Finding) -> float:
    said = finding.verification
    # A tool is as right where nobody could look as where no model is asked at all.
    if said is None or (said.standing is Standing.UNVERIFIED and not finding.models):
        return 0.0
    return SECOND_LOOK[said.standing][said.independence]


def _log_odds(share: float) -> float:
    held = min(max(share, LEAST), MOST)
    return math.log(held / (1 - held))
