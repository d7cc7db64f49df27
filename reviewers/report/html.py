"""A review goes in; one self-contained page of HTML comes out, with the findings beside their code."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewers.diff import Diff
from reviewers.findings import Finding
from reviewers.report import second_looks, wording
from reviewers.report.pages import code_line, content_hash, template
from reviewers.report.quoting import QuotedLine, Quotes, replaced, suggested
from reviewers.report.visibility import cut, encodable, readable
from reviewers.review import Review

if TYPE_CHECKING:
    from jinja2 import Template
    from markdown_it import MarkdownIt
    from markupsafe import Markup

PAGE = Path(__file__).with_name("page")
CONTEXT_LINES = 4
QUOTED_LINES = 60
COLUMNS = 1_000
MESSAGE_LIMIT = 10_000
FILES_NAMED_PER_REASON = 200


def render(review: Review, diff: Diff) -> str:
    """The page. Style and script are inline and allowed by their hashes; everything else is forbidden to the browser.

    It reads without a script; with one, ``#severity=high&reviewer=security`` in the address presets the filter.
    """
    quotes = Quotes.of(review, diff)
    cards = [_card(finding, quotes) for finding in review.findings]
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    page = _template().render(
        review=review,
        cards=cards,
        severities={severity.label: count for severity, count in wording.severity_counts(review.findings).items()},
        reviewers=_reviewer_counts(review),
        in_part={gap.reviewer for gap in review.gaps},
        skipped=wording.skipped_groups(review.coverage),
        models=wording.by_model(review.calls),
        files_named=FILES_NAMED_PER_REASON,
        style=style,
        script=script,
        style_hash=content_hash(style),
        script_hash=content_hash(script),
    )
    return encodable(page)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A finding with all that stands beside it.

    Attributes:
        finding: The finding.
        header: The header of its hunk, or the empty string.
        code: The lines of the diff around it.
        more_code: How many more lines there are than are shown.
        before: The lines a suggestion replaces.
        after: The lines a suggestion gives.
    """

    finding: Finding
    header: str
    code: tuple[QuotedLine, ...]
    more_code: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def _card(finding: Finding, quotes: Quotes) -> Card:
    code = quotes.around(finding, context=CONTEXT_LINES)
    return Card(
        finding=finding,
        header=quotes.header(finding),
        code=code[:QUOTED_LINES],
        more_code=max(0, len(code) - QUOTED_LINES),
        before=() if finding.suggestion is None else replaced(code),
        after=() if finding.suggestion is None else suggested(finding.suggestion),
    )


def _reviewer_counts(review: Review) -> dict[str, int]:
    """Findings of each reviewer, in the order of the review; one of several reviewers counts for each."""
    counts = dict.fromkeys(review.reviewers, 0)
    for finding in review.findings:
        for name in finding.reviewers:
            counts[name] = counts.get(name, 0) + 1
    return counts


@functools.cache
def _asset(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


@functools.cache
def _template() -> Template:
    return template(
        PAGE,
        "page.html.jinja",
        values={"wording": wording, "second_looks": second_looks},
        filters={"code": _code, "prose": _prose, "phrase": _phrase, "line": _line, "safe_url": _safe_url},
    )


def _code(text: str) -> str:
    return code_line(text, COLUMNS)


def _line(text: str) -> str:
    """Plain prose on one line."""
    return " ".join(readable(text).split())


def _prose(text: str) -> Markup:
    """A message's Markdown as HTML: emphasis, code and lists; no raw HTML, link or image."""
    from markupsafe import Markup  # noqa: PLC0415 - comes with the template engine

    return Markup(_markdown().render(cut(readable(text), MESSAGE_LIMIT)))  # noqa: S704 - the renderer escapes HTML


def _phrase(text: str) -> Markup:
    """A title's Markdown as HTML: code only."""
    from markupsafe import Markup  # noqa: PLC0415 - comes with the template engine

    return Markup(_markdown().renderInline(_line(text)))  # noqa: S704 - the renderer escapes HTML


@functools.cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - as the template engine

    return MarkdownIt("zero", {"html": False}).enable(["emphasis", "backticks", "escape", "newline", "fence", "list"])


def _safe_url(url: str) -> str:
    """The address where it is a web page, else the empty string."""
    return url if url.startswith(("https://", "http://")) else ""
