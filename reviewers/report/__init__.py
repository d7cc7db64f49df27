"""A review and its diff go in; a report in one of six forms comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reviewers.diff import Diff
from reviewers.report import html, json, markdown, rdjson, sarif, text
from reviewers.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A form that a review can be written in.

    Attributes:
        name: As in ``--format``.
        suffix: What a file with it is called at the end: ``.md``.
        render: The whole report as one text; computes, writes nothing.
    """

    name: str
    suffix: str
    render: Callable[[Review, Diff], str]


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        report.name: report
        for report in (
            Report(name="text", suffix=".txt", render=text.render),
            Report(name="markdown", suffix=".md", render=markdown.render),
            Report(name="json", suffix=".json", render=json.render),
            Report(name="sarif", suffix=".sarif", render=sarif.render),
            Report(name="html", suffix=".html", render=html.render),
            Report(name="rdjson", suffix=".rdjson", render=rdjson.render),
        )
    }
)
