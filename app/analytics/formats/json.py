"""A report goes in; the JSON document that ``docs/schema/analytics.schema.json`` describes comes out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from llm_runtime.analytics.answer import Answer, Cell, Share
from reviewers.report.visibility import json_text

if TYPE_CHECKING:
    from llm_runtime.analytics.performance_analyzer import Report
    from llm_runtime.analytics.period import Period

SCHEMA = "quartet.analytics/1"


def render(report: Report, repositories: frozenset[str] | None) -> str:
    """The document, indented, keys always in the same order."""
    return json_text(
        {
            "schema": SCHEMA,
            "period": _period(report.period),
            "before": _period(report.before),
            "repositories": None if repositories is None else sorted(repositories),
            "remarks": list(report.remarks),
            "answers": [_answer(answer) for answer in (report.totals, *report.answers)],
        }
    )


def _period(period: Period) -> dict[str, str]:
    return {"since": period.since.isoformat(), "until": period.until.isoformat()}


def _answer(answer: Answer) -> dict[str, Any]:
    keys = [column.key for column in answer.columns]
    return {
        "key": answer.key,
        "title": answer.title,
        "note": answer.note,
        "columns": [{"key": each.key, "title": each.title, "kind": each.kind.value} for each in answer.columns],
        "rows": [dict(zip(keys, map(_value, row), strict=True)) for row in answer.rows],
    }


def _value(cell: Cell) -> object:
    """Dollars as text, for a number of JSON is a binary fraction to most who read it."""
    match cell:
        case Decimal():
            return f"{cell:f}"
        case date():
            return cell.isoformat()
        case Share():
            return {
                "part": cell.part,
                "whole": cell.whole,
                "value": cell.value,
                "low": cell.low,
                "high": cell.high,
                "enough": cell.enough,
            }
        case _:
            return cell
