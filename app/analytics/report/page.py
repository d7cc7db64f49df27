"""A report goes in; one self-contained page of HTML comes out, with drawings and tables."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.analytics.report import cells, drawing
from app.analytics.report.charts import ONLY_DRAWN, charts
from app.analytics.report.charts.specification import NARROW, WIDE, Chart, Key
from app.analytics.report.figures import figures
from app.analytics.report.names import name
from llm_runtime.analytics.answer import Answer, Cell, Kind
from reviewers.report.pages import content_hash, template
from reviewers.report.visibility import cut, encodable, readable

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from llm_runtime.analytics.performance_analyzer import Report

ROWS = 60
"""Of a table; nobody reads more on a page, and a spreadsheet does better with them."""

PROSE = 600
"""Characters of a sentence."""

INSTALL = "pip install 'quartet-review[dashboard]'"

_PAGE = Path(__file__).with_name("page")
_NUMBERS = frozenset({Kind.COUNT, Kind.DOLLARS, Kind.SECONDS, Kind.SHARE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a page has beside the report where somebody signed in looks at it.

    Attributes:
        action: Where the form for another period is sent, by GET: ``since``, ``until``, ``repository``.
        since: What was asked for, as it was written.
        until: As ``since``; the empty string for now.
        repository: The one that is shown, or the empty string for all.
        repositories: Those that may be chosen.
        visitor: Who is signed in.
        sign_out: Where signing out is sent, by POST.
        form_token: What proves that our own page has sent it (field ``form``); the empty string where nobody can sign
            out, who has come without a session.
        queue: Address of the queue's page, or the empty string.
        note: What else the visitor has to know, or the empty string.
    """

    action: str
    since: str
    until: str
    repository: str
    repositories: tuple[str, ...]
    visitor: str
    sign_out: str
    form_token: str = field(repr=False)
    queue: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A drawing for either width of a page, as elements of HTML.

    Attributes:
        title: What stands above it.
        wide: For half of a wide page.
        narrow: For a telephone.
        keys: What its colours and shapes mean.
        note: What it leaves out, or the empty string.
    """

    title: str
    wide: str
    narrow: str
    keys: tuple[Key, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """A cell as it is shown.

    Attributes:
        words: What it says.
        order: By what it is sorted, or the empty string.
        number: Whether it stands to the right.
        vague: Whether it says that nothing is known.
    """

    words: str
    order: str
    number: bool
    vague: bool


def policy(*, live: bool) -> str:
    """What the page lets a browser do, as a Content-Security-Policy: its own style and script, and nothing else.

    Args:
        live: Whether it has forms that go to where it came from.
    """
    forms = "'self'" if live else "'none'"
    return (
        f"default-src 'none'; style-src '{content_hash(_asset('report.css'))}'; "
        f"script-src '{content_hash(_asset('report.js'))}'; base-uri 'none'; form-action {forms}"
    )


def render(report: Report, *, scope: str = "", made_at: datetime | None = None, live: Live | None = None) -> str:
    """The page. It reads without a script; with one, its tables can be sorted.

    Args:
        report: What is known, and of which time.
        scope: Of which repository; the empty string is all.
        made_at: When it was made; the default is now.
        live: What it has beside the report where it is no file.
    """
    empty = not any(report.totals.values(key)[0] for key in ("reviews", "calls"))
    page = _template().render(
        period=str(report.period),
        before=str(report.before),
        scope=scope or ("all repositories" if live is None else "all repositories that you may read"),
        made_at=f"{(made_at or datetime.now(UTC)).astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        figures=() if empty else figures(report.totals),
        remarks=() if empty else report.remarks,
        sections=() if empty else tuple(_sections(report.answers)),
        can_draw=drawing.can_draw(),
        install=INSTALL,
        most=ROWS,
        live=live,
        policy=policy(live=live is not None),
        style=_asset("report.css"),
        script=_asset("report.js"),
    )
    return encodable(page)


def _sections(answers: tuple[Answer, ...]) -> Iterator[tuple[Answer, tuple[Drawn, ...]]]:
    by_key = {answer.key: answer for answer in answers}
    for answer in answers:
        if answer.key not in ONLY_DRAWN:
            yield _latest_first(answer), tuple(_drawn(charts(answer, by_key)))


def _latest_first(answer: Answer) -> Answer:
    """Days from the last to the first: a table that is cut ends with those that nobody asks for any more."""
    if answer.columns[0].kind is not Kind.DAY:
        return answer
    return replace(answer, rows=tuple(sorted(answer.rows, key=lambda row: cells.order(row[0]), reverse=True)))


def _drawn(told: tuple[Chart, ...]) -> Iterator[Drawn]:
    for chart in told if drawing.can_draw() else ():
        wide, narrow = (drawing.draw(chart.specification(width), chart.description) for width in (WIDE, NARROW))
        yield Drawn(title=chart.title, wide=wide, narrow=narrow, keys=chart.keys, note=chart.note)


def _row(answer: Answer, row: tuple[Cell, ...]) -> tuple[TableCell, ...]:
    return tuple(
        TableCell(
            words=(words := cells.in_column(cell, column)),
            order=cells.order(cell),
            number=column.kind in _NUMBERS,
            vague=words in (cells.UNKNOWN, cells.TOO_FEW),
        )
        for cell, column in zip(row, answer.columns, strict=True)
    )


@functools.cache
def _asset(file: str) -> str:
    return (_PAGE / file).read_text(encoding="utf-8")


@functools.cache
def _template() -> Template:
    return template(
        _PAGE,
        "report.html.jinja",
        values={"row": _row, "numbers": _NUMBERS},
        filters={"name": name, "remark": _prose, "breakable": _breakable},
    )


def _prose(text: str) -> str:
    """A sentence of ours, in which names from outside may stand, on one line."""
    return cut(" ".join(readable(text).split()), PROSE)


def _breakable(words: str) -> Markup:
    """Words that may go on in the next line behind a stroke, as the names of models and repositories do."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - comes with the template engine

    return Markup("/<wbr>").join(escape(part) for part in words.split("/"))
