"""A run goes in; one self-contained page comes out, with each hit, miss and false alarm beside its code."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewers.bench.report import shown as wording
from reviewers.bench.report.shown import golden_as_finding
from reviewers.report.pages import code_line, content_hash, template
from reviewers.report.quoting import QuotedLine, Quotes
from reviewers.report.visibility import cut, encodable, readable

if TYPE_CHECKING:
    from jinja2 import Template

    from reviewers.bench.report.shown import Shown
    from reviewers.bench.results import CaseResult
    from reviewers.findings import Finding

PAGE = Path(__file__).with_name("page")
CONTEXT_LINES = 3
QUOTED_LINES = 40
COLUMNS = 500
TEXT_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A remark beside its code.

    Attributes:
        kind: ``hit``, ``miss``, ``alarm`` or ``uncounted``.
        said: The finding, or None for a miss.
        wanted: What the golden says, or the empty string.
        rule: Under which it stands.
        place: File and line.
        by: What a hit rests on, or the empty string.
        code: The lines of the diff around it.
    """

    kind: str
    said: Finding | None
    wanted: str
    rule: str
    place: str
    by: str
    code: tuple[QuotedLine, ...]


def render(shown: Shown) -> str:
    """The page. Its style is inline and allowed by its hash; everything else is forbidden to the browser."""
    style = (PAGE / "bench.css").read_text(encoding="utf-8")
    cases = [(result, tuple(_cards(result))) for result in shown.results]
    # The faults first: whoever opens the page wants to know what went wrong.
    cases.sort(key=lambda each: (-len(each[0].matched.misses) - len(each[0].matched.alarms), each[0].case.id))
    page = _template().render(
        shown=shown, figures=shown.figures, cases=cases, style=style, style_hash=content_hash(style)
    )
    return encodable(page)


def _cards(result: CaseResult) -> Iterator[Card]:
    quotes = Quotes(result.case.snapshot.diff)
    for hit in result.matched.hits:
        wanted = hit.golden.text or hit.golden.rule
        yield _card("hit", hit.finding, quotes, wanted=wanted, by=hit.by.value)
    for golden in result.matched.misses:
        meant = golden_as_finding(golden)
        yield Card(
            kind="miss",
            said=None,
            wanted=golden.text,
            rule=golden.rule,
            place=_place(meant),
            by="",
            code=quotes.around(meant, context=CONTEXT_LINES)[:QUOTED_LINES],
        )
    for kind, findings in (("alarm", result.matched.alarms), ("uncounted", result.matched.uncounted)):
        for finding in findings:
            yield _card(kind, finding, quotes)


def _card(kind: str, finding: Finding, quotes: Quotes, *, wanted: str = "", by: str = "") -> Card:
    return Card(
        kind=kind,
        said=finding,
        wanted=wanted,
        rule=f"{finding.reviewer}/{finding.rule}",
        place=_place(finding),
        by=by,
        code=quotes.around(finding, context=CONTEXT_LINES)[:QUOTED_LINES],
    )


def _place(finding: Finding) -> str:
    return f"{finding.path}:{finding.location.start_line}" if finding.location else finding.path


@functools.cache
def _template() -> Template:
    return template(PAGE, "bench.html.jinja", values={"wording": wording}, filters={"code": _code, "prose": _prose})


def _code(text: str) -> str:
    return code_line(text, COLUMNS)


def _prose(text: str) -> str:
    return cut(readable(text), TEXT_LIMIT)
