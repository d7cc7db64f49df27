"""A run goes in; the JSON document that ``docs/bench.md`` describes comes out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from reviewers.report.visibility import json_text

if TYPE_CHECKING:
    from decimal import Decimal

    from reviewers.bench.case import Golden
    from reviewers.bench.figures import Figures, Interval
    from reviewers.bench.report.shown import Shown
    from reviewers.bench.results import CaseResult, Tally
    from reviewers.findings import Finding

SCHEMA = "quartet.bench/1"


def render(shown: Shown) -> str:
    """The document, indented, keys always in the same order."""
    return json_text(document(shown))


def document(shown: Shown) -> dict[str, Any]:
    """The run as plain values."""
    return {
        "schema": SCHEMA,
        "suite": shown.suite,
        "date": shown.date,
        "models": shown.models,
        "judges": list(shown.judges),
        "replayed": shown.replayed,
        "cases_left_out": shown.left,
        "figures": _figures(shown.figures),
        "agreement": asdict(shown.agreement),
        "cases": [_case(result) for result in shown.results],
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "cases": figures.cases,
        "clean_cases": figures.clean_cases,
        **_tally(figures.tally),
        "precision": _interval(figures.precision),
        "recall": _interval(figures.recall),
        "f1": _interval(figures.f1),
        "comments_per_case": _interval(figures.comments),
        "clean_left_alone": _interval(figures.left_alone),
        "hits_by_place_alone": figures.by_place,
        "cost_usd": _dollars(figures.cost_usd),
        "judging_cost_usd": _dollars(figures.judging_usd),
        "median_seconds": figures.median_seconds,
        "p95_seconds": figures.p95_seconds,
        "gaps": figures.gaps,
        "by": {view: {name: _tally(each) for name, each in tallies.items()} for view, tallies in figures.by.items()},
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "hits": tally.hits,
        "misses": tally.misses,
        "false_alarms": tally.alarms,
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
    }


def _interval(interval: Interval) -> dict[str, float | None]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}


def _case(result: CaseResult) -> dict[str, Any]:
    matched = result.matched
    return {
        "id": result.case.id,
        "languages": list(result.case.languages),
        "perspective": result.case.perspective,
        "clean": result.case.clean,
        "seconds": result.seconds,
        "hits": [{"by": hit.by.value, "golden": _golden(hit.golden), **_finding(hit.finding)} for hit in matched.hits],
        "misses": [_golden(golden) for golden in matched.misses],
        "false_alarms": [_finding(finding) for finding in matched.alarms],
        "uncounted": [_finding(finding) for finding in matched.uncounted],
        "gaps": [{"reviewer": gap.reviewer, "path": gap.path, "reason": gap.reason} for gap in result.gaps],
    }


def _golden(golden: Golden) -> dict[str, Any]:
    spot = golden.spots[0]
    return {
        "path": spot.path,
        "start_line": spot.start_line,
        "end_line": spot.end_line,
        "reviewer": spot.reviewer,
        "rule": spot.rule,
        "text": golden.text,
        "severity": golden.severity.label if golden.severity else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    place = finding.location
    return {
        "id": finding.fingerprint,
        "reviewer": finding.reviewer,
        "rule": finding.rule,
        "path": finding.path,
        "start_line": place.start_line if place else None,
        "end_line": place.end_line if place else None,
        "severity": finding.severity.label,
        "confidence": finding.confidence,
        "title": finding.title,
        "models": list(finding.models),
        "tools": [f"{fact.source}/{fact.code}" for fact in finding.evidence],
    }


def _dollars(cost: Decimal | None) -> float | None:
    return None if cost is None else float(cost)
