"""A review goes in; the JSON document that ``docs/schema/review.schema.json`` describes comes out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reviewers.diff import Diff
from reviewers.findings import Fact, Finding
from reviewers.report.fixing import fixing_prompt
from reviewers.report.quoting import quoted_anchor
from reviewers.report.second_looks import dissent_data, stage_data, verification_data, vote_data
from reviewers.report.visibility import json_text
from reviewers.report.wording import ModelUsage, by_model
from reviewers.review import Review

SCHEMA = "quartet.review/1"


def render(review: Review, diff: Diff) -> str:  # noqa: ARG001 - every report is rendered from both
    """The document, indented, in UTF-8's characters (lone surrogates become U+FFFD), keys always in the same order."""
    return json_text(document(review))


def document(review: Review) -> dict[str, Any]:
    """The review as plain values."""
    return {
        "schema": SCHEMA,
        "target": {
            "kind": review.target.kind,
            "name": review.target.name,
            "base": review.target.base,
            "head": review.target.head,
            "title": review.target.title,
            "url": review.target.url,
        },
        "reviewers": list(review.reviewers),
        "models_asked": review.models_asked,
        "note": review.note,
        "findings": [_finding(finding) | {"prompt": fixing_prompt(finding)} for finding in review.findings],
        "refuted": [_finding(finding) for finding in review.refuted],
        "below_threshold": [
            {"reason": untold.reason, "finding": _finding(untold.finding)} for untold in review.below_threshold
        ],
        "silenced": [
            {"how": each.how, "by": each.by, "reason": each.reason, "finding": _finding(each.finding)}
            for each in review.silenced
        ],
        "dropped_evidence": [
            {"reviewer": entry.reviewer, "reason": entry.reason, **_fact(entry.fact)} for entry in review.dropped
        ],
        "coverage": {
            "changed_lines": review.coverage.changed_lines,
            "reviewed_lines": review.coverage.reviewed_lines,
            "skipped": [
                {"path": file.path, "reason": file.reason, "lines": file.lines} for file in review.coverage.skipped
            ],
        },
        "gaps": [{"reviewer": gap.reviewer, "path": gap.path, "reason": gap.reason} for gap in review.gaps],
        "usage": {
            "calls": len(review.calls),
            "failed_calls": sum(call.error is not None for call in review.calls),
            "input_tokens": review.usage.input_tokens,
            "cached_input_tokens": review.usage.cached_input_tokens,
            "output_tokens": review.usage.output_tokens,
            "cost_usd": _dollars(review.cost_usd),
            "by_model": [_model(model) for model in by_model(review.calls)],
            "by_stage": [stage_data(stage) for stage in review.stages],
        },
    }


def _finding(finding: Finding) -> dict[str, Any]:
    place = finding.location
    return {
        "id": finding.fingerprint,
        "reviewer": finding.reviewer,
        "reviewers": list(finding.reviewers),
        "rule": finding.rule,
        "cwe": finding.cwe,
        "severity": finding.severity.label,
        "confidence": finding.confidence,
        "path": finding.path,
        "placed": place is not None,
        "start_line": place.start_line if place else None,
        "end_line": place.end_line if place else None,
        "side": place.side.value if place else None,
        "anchor": quoted_anchor(finding),
        "title": finding.title,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "evidence": [_fact(fact) for fact in finding.evidence],
        "models": list(finding.models),
        "aliases": list(finding.aliases),
        "stated_confidence": finding.stated,
        "votes": [vote_data(vote) for vote in finding.votes],
        "verification": verification_data(finding.verification),
        "dissent": [dissent_data(dissent) for dissent in finding.dissent],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "source": fact.source,
        "rule": fact.code,
        "message": fact.message,
        "path": fact.path,
        "start_line": fact.start_line,
        "end_line": fact.end_line,
        "url": fact.url,
    }


def _model(model: ModelUsage) -> dict[str, Any]:
    return {
        "provider": model.provider,
        "model": model.model,
        "calls": model.calls,
        "failed_calls": model.failed,
        "input_tokens": model.usage.input_tokens,
        "cached_input_tokens": model.usage.cached_input_tokens,
        "output_tokens": model.usage.output_tokens,
        "cost_usd": _dollars(model.cost_usd),
    }


def _dollars(cost: Decimal | None) -> float | None:
    """Dollars as a JSON number; a double keeps 15 digits, so no part of a cent is lost below ten million dollars."""
    return None if cost is None else float(cost)
