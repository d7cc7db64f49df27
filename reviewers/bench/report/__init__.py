"""What a run has shown goes in; a report in one of three forms comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from reviewers.bench.report import html, json, markdown
from reviewers.bench.report.shown import Shown

BENCH_REPORTS: Mapping[str, Callable[[Shown], str]] = MappingProxyType(
    {"markdown": markdown.render, "json": json.render, "html": html.render}
)
"""By the word of ``--format``."""

SUFFIXES: Mapping[str, str] = MappingProxyType({"markdown": ".md", "json": ".json", "html": ".html"})
