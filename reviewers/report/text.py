"""A review goes in; lines for a terminal come out, as styled spans or as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reviewers.diff import Diff
from reviewers.findings import Fact, Finding, Severity
from reviewers.report import second_looks, wording
from reviewers.report.quoting import QuotedLine, Quotes, replaced, suggested
from reviewers.report.visibility import cut, visible
from reviewers.review import Review

WIDTH = 100
NARROWEST = 40
CONTEXT_LINES = 2
QUOTED_LINES = 12
FILES_NAMED_PER_REASON = 5
GAPS_NAMED = 20
INDENT = "    "


class Style(StrEnum):
    """What a span is, for whoever gives it a colour."""

    PLAIN = "plain"
    STRONG = "strong"
    FAINT = "faint"
    GOOD = "good"
    WARNING = "warning"
    ADDED = "added"
    REMOVED = "removed"
    FLAGGED = "flagged"
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line: no line feed, no control character."""

    text: str
    style: Style = Style.PLAIN


TextLine = tuple[Span, ...]


def render(review: Review, diff: Diff) -> str:
    """The report as plain text, ``WIDTH`` columns wide, with a line feed at the end."""
    rows = ("".join(span.text for span in line).rstrip() for line in lines(review, diff, width=WIDTH))
    return "\n".join(rows) + "\n"


def lines(review: Review, diff: Diff, *, width: int = WIDTH) -> Iterator[TextLine]:
    """The report line by line, the worst finding first.

    Args:
        review: What is reported.
        diff: The change it is about, for the code beside each finding.
        width: Columns at most; code is cut there, prose is wrapped.
    """
    columns = max(width, NARROWEST)
    quotes = Quotes.of(review, diff)
    yield from _heading(review, columns)
    for finding in review.findings:
        yield ()
        yield from _finding(finding, quotes, columns)
    yield from _gaps(review, columns)
    yield from _dropped(review, columns)
    yield from _refuted(review, columns)
    yield from _skipped(review, columns)
    yield ()
    yield from _closing(review, columns)


def _heading(review: Review, width: int) -> Iterator[TextLine]:
    target = review.target
    name = f"{target.name}: {target.title}" if target.title else target.name
    yield _line((cut(_shown(name), width), Style.STRONG))
    clean = not review.findings and not review.gaps and not review.coverage.nothing
    verdict = wording.verdict(review)
    yield _line((verdict, Style.GOOD if clean else Style.STRONG if review.findings else Style.WARNING))
    if review.note:
        yield from _wrapped(review.note, "", width, Style.WARNING)


def _finding(finding: Finding, quotes: Quotes, width: int) -> Iterator[TextLine]:
    label = finding.severity.label.upper()
    rows = _wrap(finding.title, width - len(label) - 2)
    yield _line((label, _SEVERITY_STYLES[finding.severity]), ("  ", Style.PLAIN), (rows[0], Style.STRONG))
    for row in rows[1:]:
        yield _line((" " * (len(label) + 2), Style.PLAIN), (row, Style.STRONG))
    yield _line((INDENT + wording.place(finding), Style.PLAIN))
    yield _line((f"{INDENT}{wording.attribution(finding)} · {wording.confidence(finding)} sure", Style.FAINT))
    yield from _code(finding, quotes, width)
    yield ()
    yield from _wrapped(finding.message, INDENT, width)
    if finding.message.endswith("\n```"):
        yield ()  # what follows is no part of the code that the message ends with
    yield from _suggestion(finding, quotes, width)
    for fact in finding.evidence:
        yield from _wrapped(_fact(fact, finding), INDENT, width, Style.FAINT)
    if finding.models:
        yield from _wrapped(f"Found by {', '.join(finding.models)}", INDENT, width, Style.FAINT)
    if words := second_looks.verdict_line(finding):
        yield from _wrapped(words[:1].upper() + words[1:], INDENT, width, Style.FAINT)
    for dissent in finding.dissent:
        yield from _wrapped(second_looks.dissent_line(dissent), INDENT, width, Style.WARNING)


def _fact(fact: Fact, finding: Finding) -> str:
    words = wording.said(fact, finding)
    return f"{fact.source} {fact.code}{words and f': {words}'}{fact.url and f' {fact.url}'}"


def _code(finding: Finding, quotes: Quotes, width: int) -> Iterator[TextLine]:
    quoted = quotes.around(finding, context=CONTEXT_LINES)
    if not (quoted or finding.anchor):
        return
    yield ()
    if quoted:
        digits = max(len(str(row.number)) for row in quoted)
        for row in quoted[:QUOTED_LINES]:
            pointer = ">" if row.flagged else " "
            text = f"{INDENT}{pointer} {row.number:>{digits}} {row.marker} │ {_shown(row.line.text)}"
            yield _line((cut(text, width), _code_style(row)))
        yield from _cut_word(len(quoted) - QUOTED_LINES)
    else:
        quote = finding.anchor.split("\n")
        for code in quote[:QUOTED_LINES]:
            yield _line((cut(f"{INDENT}  │ {_shown(code)}", width), Style.FAINT))
        yield from _cut_word(len(quote) - QUOTED_LINES)


def _cut_word(left_out: int) -> Iterator[TextLine]:
    if left_out > 0:
        yield _line((f"{INDENT}  … {wording.counted(left_out, 'more line')}", Style.FAINT))


def _code_style(row: QuotedLine) -> Style:
    if row.flagged:
        return Style.FLAGGED
    if row.line.added:
        return Style.ADDED
    return Style.REMOVED if row.line.removed else Style.FAINT


def _suggestion(finding: Finding, quotes: Quotes, width: int) -> Iterator[TextLine]:
    if finding.suggestion is None:
        return
    yield ()
    yield _line((f"{INDENT}Suggested change", Style.STRONG))
    for code in replaced(quotes.around(finding, context=0)):
        yield _line((cut(f"{INDENT}  - {_shown(code)}", width), Style.REMOVED))
    for code in suggested(finding.suggestion):
        yield _line((cut(f"{INDENT}  + {_shown(code)}", width), Style.ADDED))
    yield ()


def _gaps(review: Review, width: int) -> Iterator[TextLine]:
    if not review.gaps:
        return
    yield ()
    yield _line((f"Not answered: {wording.counted(len(review.gaps), 'question')}", Style.WARNING))
    for gap in review.gaps[:GAPS_NAMED]:
        about = f" on {gap.path}" if gap.path else ""
        yield from _wrapped(f"{gap.reviewer}{about}: {gap.reason}", INDENT, width)
    if len(review.gaps) > GAPS_NAMED:
        yield _line((f"{INDENT}… and {len(review.gaps) - GAPS_NAMED:,} more", Style.FAINT))


def _dropped(review: Review, width: int) -> Iterator[TextLine]:
    if not review.dropped:
        return
    yield ()
    yield _line((f"Taken for false alarms: {wording.counted(len(review.dropped), 'tool report')}", Style.WARNING))
    for entry in review.dropped[:GAPS_NAMED]:
        yield from _wrapped(wording.dropped_line(entry), INDENT, width, Style.FAINT)
    if len(review.dropped) > GAPS_NAMED:
        yield _line((f"{INDENT}… and {len(review.dropped) - GAPS_NAMED:,} more", Style.FAINT))


def _refuted(review: Review, width: int) -> Iterator[TextLine]:
    if not review.refuted:
        return
    yield ()
    yield _line((f"Refuted by a second look: {wording.counted(len(review.refuted), 'finding')}", Style.WARNING))
    for finding in review.refuted[:GAPS_NAMED]:
        yield from _wrapped(second_looks.refuted_line(finding), INDENT, width, Style.FAINT)
    if len(review.refuted) > GAPS_NAMED:
        yield _line((f"{INDENT}… and {len(review.refuted) - GAPS_NAMED:,} more", Style.FAINT))


def _skipped(review: Review, width: int) -> Iterator[TextLine]:
    groups = wording.skipped_groups(review.coverage)
    if not groups:
        return
    yield ()
    yield _line((f"Not reviewed: {wording.counted(len(review.coverage.skipped), 'file')}", Style.WARNING))
    for group in groups:
        yield from _wrapped(group.summary, INDENT, width)
        named = [_shown(file.path) for file in group.files[:FILES_NAMED_PER_REASON]]
        left_out = len(group.files) - len(named)
        for path in named:
            yield _line((cut(f"{INDENT}  {path}", width), Style.FAINT))
        if left_out:
            yield _line((f"{INDENT}  … and {left_out:,} more", Style.FAINT))


def _closing(review: Review, width: int) -> Iterator[TextLine]:
    yield from _wrapped(wording.coverage_sentence(review), "", width)
    yield from _wrapped(f"{wording.usage_line(review)}.", "", width, Style.FAINT)
    if words := second_looks.cost_line(review):
        yield from _wrapped(f"{words}.", "", width, Style.FAINT)


_SEVERITY_STYLES = {
    Severity.CRITICAL: Style.CRITICAL,
    Severity.HIGH: Style.HIGH,
    Severity.MEDIUM: Style.MEDIUM,
    Severity.LOW: Style.LOW,
}


def _wrapped(text: str, indent: str, width: int, style: Style = Style.PLAIN) -> Iterator[TextLine]:
    for row in _wrap(text, width - len(indent)):
        yield _line((indent + row, style))


def _wrap(text: str, width: int) -> list[str]:
    """The lines of a text, each wrapped with its own indentation kept; never none."""
    rows: list[str] = []
    for line in visible(text).strip().split("\n"):
        indent = line[: len(line) - len(line.lstrip())].expandtabs(4)[: width // 2]
        rows += textwrap.wrap(
            line.expandtabs(4).strip(), width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        ) or [""]
    return rows


def _shown(code: str) -> str:
    """One line of code or a path as a terminal may show it."""
    return visible(code.removesuffix("\r")).expandtabs(4).replace("\n", "␊")


def _line(*spans: tuple[str, Style]) -> TextLine:
    return tuple(Span(visible(text).replace("\n", "␊"), style) for text, style in spans if text)
