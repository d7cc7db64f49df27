"""What a report of a run shows, as one value, and the words for its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewers.findings import Finding, Location, Severity

if TYPE_CHECKING:
    from decimal import Decimal

    from reviewers.bench.case import Golden
    from reviewers.bench.figures import Figures, Interval
    from reviewers.bench.judging import Agreement
    from reviewers.bench.results import CaseResult

UNKNOWN = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run.

    Attributes:
        suite: What the suite is called.
        date: When it was run (ISO 8601, UTC).
        models: The models that were asked, by reviewer; empty where none was.
        judges: The models that judged.
        results: Of each case.
        figures: Of all.
        agreement: Of the judges.
        left: How many cases a cap left out.
        replayed: Whether all answers came from a cassette.
    """

    suite: str
    date: str
    models: dict[str, str]
    judges: tuple[str, ...]
    results: tuple[CaseResult, ...]
    figures: Figures
    agreement: Agreement
    left: int = 0
    replayed: bool = False


def share(value: float | None) -> str:
    """A share with two digits.

    >>> share(0.754), share(None)
    ('0.75', '–')
    """
    return UNKNOWN if value is None else f"{value:.2f}"


def interval(figure: Interval) -> str:
    """A figure with its 95 % interval."""
    if figure.low is None or figure.high is None:
        return share(figure.value)
    return f"{share(figure.value)} ({figure.low:.2f}–{figure.high:.2f})"


def dollars(cost: Decimal | None) -> str:
    """Dollars with four digits; unknown where a price is."""
    return "unknown" if cost is None else f"${cost:.4f}"


def seconds(value: float | None) -> str:
    """Seconds with one digit."""
    return UNKNOWN if value is None else f"{value:.1f} s"


def golden_as_finding(golden: Golden) -> Finding:
    """A golden in the form in which findings are quoted beside their code."""
    spot = golden.spots[0]
    return Finding(
        reviewer=spot.reviewer or "",
        rule=spot.rule or "",
        severity=golden.severity or Severity.MEDIUM,
        confidence=1.0,
        path=spot.path,
        location=Location(path=spot.path, start_line=spot.start_line, end_line=spot.end_line, side=spot.side),
        title=golden.text or golden.rule,
        message="",
    )
