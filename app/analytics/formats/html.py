"""A report goes in; the page that ``quartet analytics report`` writes comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llm_runtime.analytics.performance_analyzer import Report


def render(report: Report, repositories: frozenset[str] | None) -> str:
    """One self-contained page."""
    from app.analytics.report import page  # noqa: PLC0415 - a template engine is loaded where a page is made

    return page.render(report, scope=", ".join(sorted(repositories or ())))
