"""A report in the forms that people and programs read: ``FORMATS`` by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from app.analytics.formats import csv, html, json

if TYPE_CHECKING:
    from llm_runtime.analytics.performance_analyzer import Report

    Repositories = frozenset[str] | None

FORMATS: Mapping[str, Callable[[Report, Repositories], str]] = {
    "json": json.render,
    "csv": csv.render,
    "html": html.render,
}
"""The forms that are the same wherever they are read, of a report and of the repositories that it is about (None is
all); a table depends on its terminal (``formats.table``)."""
