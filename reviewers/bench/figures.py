"""What reviews of cases are worth goes in; precision, recall and their intervals come out."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median

from reviewers.bench.results import CaseResult, Tally, share, tally
from reviewers.bench.views import VIEWS, grouped
from reviewers.review import total_cost

ROUNDS = 1_000
"""Samples of a bootstrap: the interval's ends then move by less than what the report shows."""

SEED = 20_261_121
"""Fixed, so that the same results have the same intervals."""

_PERCENT = 95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure and the 95 % interval of its bootstrap; None where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that a run has shown.

    Attributes:
        cases: How many.
        clean_cases: How many of them should get no comment.
        tally: Over all cases.
        precision: With its interval.
        recall: With its interval.
        f1: With its interval.
        comments: Findings per case, with their interval.
        left_alone: Share of the clean cases without a comment, with its interval.
        by_place: Hits that rest on the place alone, as nobody judged the words.
        cost_usd: Dollars of the reviews; None where a price is unknown.
        judging_usd: Dollars of the judges; None where a price is unknown.
        median_seconds: Of a case; None without cases.
        p95_seconds: Of a case, by nearest rank.
        gaps: Questions without an answer.
        by: For each view (reviewer, rule, language, model) a tally for each of its names.
    """

    cases: int
    clean_cases: int
    tally: Tally
    precision: Interval
    recall: Interval
    f1: Interval
    comments: Interval
    left_alone: Interval
    by_place: int
    cost_usd: Decimal | None
    judging_usd: Decimal | None
    median_seconds: float | None
    p95_seconds: float | None
    gaps: int
    by: dict[str, dict[str, Tally]] = field(default_factory=dict)


def figures(results: Sequence[CaseResult]) -> Figures:
    """Count.

    Cases are drawn anew, with repetition, for the intervals (percentile bootstrap), as findings of one case hang
    together and those of different cases do not.
    """
    samples = _samples(len(results))

    def interval(figure: Callable[[Sequence[CaseResult]], float | None]) -> Interval:
        return _interval(results, figure, samples)

    seconds = sorted(result.seconds for result in results)
    return Figures(
        cases=len(results),
        clean_cases=sum(result.case.clean for result in results),
        tally=tally(results),
        precision=interval(lambda drawn: tally(drawn).precision),
        recall=interval(lambda drawn: tally(drawn).recall),
        f1=interval(lambda drawn: tally(drawn).f1),
        comments=interval(_comments),
        left_alone=interval(_left_alone),
        by_place=sum(hit.by == "place" for result in results for hit in result.matched.hits),
        cost_usd=total_cost(tuple(call for result in results for call in result.calls)),
        judging_usd=total_cost(tuple(call for result in results for call in result.judging)),
        median_seconds=median(seconds) if seconds else None,
        p95_seconds=seconds[math.ceil(_PERCENT / 100 * len(seconds)) - 1] if seconds else None,
        gaps=sum(len(result.gaps) for result in results),
        by={name: grouped(results, view) for name, view in VIEWS.items()},
    )


def _comments(results: Sequence[CaseResult]) -> float | None:
    return share(sum(result.comments for result in results), len(results))


def _left_alone(results: Sequence[CaseResult]) -> float | None:
    clean = [result for result in results if result.case.clean]
    return share(sum(not result.matched.alarms for result in clean), len(clean))


def _samples(count: int) -> list[list[int]]:
    drawing = random.Random(SEED)  # noqa: S311 - statistics, not secrets
    return [drawing.choices(range(count), k=count) for _ in range(ROUNDS)] if count else []


def _interval(
    results: Sequence[CaseResult], figure: Callable[[Sequence[CaseResult]], float | None], samples: list[list[int]]
) -> Interval:
    found = sorted(value for sample in samples if (value := figure([results[index] for index in sample])) is not None)
    if not found:
        return Interval(value=figure(results))
    tail = (100 - _PERCENT) / 200
    low, high = (found[min(len(found) - 1, int(len(found) * share))] for share in (tail, 1 - tail))
    return Interval(value=figure(results), low=low, high=high)
