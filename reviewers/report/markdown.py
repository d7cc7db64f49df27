"""A review goes in; Markdown for a file or a job summary comes out, with nothing in it that acts on its reader."""

from __future__ import annotations

from collections.abc import Iterator

from reviewers.diff import Diff
from reviewers.findings import Fact, Finding
from reviewers.report import second_looks, wording
from reviewers.report.quoting import Quotes, replaced, suggested
from reviewers.report.sanitising import block_text, code_block, inline_code, inline_text, link
from reviewers.review import Review

# A job summary may have 1,024 KiB a step; beyond that GitHub drops the whole of it.
BYTES_OF_DETAILS = 700_000
ROWS_OF_TABLE = 1_000
CONTEXT_LINES = 2
QUOTED_LINES = 30
FILES_NAMED_PER_REASON = 20
GAPS_NAMED = 50


def render(review: Review, diff: Diff) -> str:
    """The report, with a line feed at the end and smaller than GitHub takes as a job summary."""
    parts = [*_heading(review)]
    if review.findings:
        parts += [_table(review), *_details(review, Quotes.of(review, diff))]
    parts += [*_gaps(review), *_dropped(review), *_refuted(review), *_skipped(review), *_usage(review)]
    return "\n\n".join(parts) + "\n"


def _heading(review: Review) -> Iterator[str]:
    title = f": {inline_text(review.target.title)}" if review.target.title else ""
    yield f"# Review of {link(review.target.name, review.target.url)}{title}"
    yield f"**{wording.verdict(review)}.** {inline_text(wording.coverage_sentence(review))}"
    if review.note:
        yield inline_text(review.note)


def _table(review: Review) -> str:
    rows = ["| | Severity | Finding | Where | Reviewer |", "|--:|---|---|---|---|"]
    for number, finding in enumerate(review.findings[:ROWS_OF_TABLE], start=1):
        who = inline_text(", ".join(finding.reviewers))
        cells = [f"{number}", finding.severity.label, inline_text(finding.title), _where(finding), who]
        rows.append(f"| {' | '.join(cells)} |")
    left_out = len(review.findings) - ROWS_OF_TABLE
    if left_out > 0:
        rows.append(f"\n… and {wording.counted(left_out, 'more finding')}; the JSON report has all of them.")
    return "\n".join(rows)


def _where(finding: Finding) -> str:
    return inline_code(wording.place(finding)) if finding.path else inline_text(wording.place(finding))


def _details(review: Review, quotes: Quotes) -> Iterator[str]:
    size = 0
    for number, finding in enumerate(review.findings, start=1):
        detail = "\n\n".join(_finding(number, finding, quotes))
        size += len(detail.encode())
        if size > BYTES_OF_DETAILS:
            left_out = wording.counted(len(review.findings) - number + 1, "more finding")
            yield f"… and the details of {left_out}, left out for their length; the JSON report has them."
            return
        yield detail


def _finding(number: int, finding: Finding, quotes: Quotes) -> Iterator[str]:
    yield f"## {number}. {finding.severity.label.capitalize()}: {inline_text(finding.title)}"
    rule = inline_code(f"{finding.reviewer}/{finding.rule}")
    cwe = [link(finding.cwe, wording.cwe_url(finding.cwe))] if finding.cwe else []
    also = [f"also {inline_text(', '.join(finding.also))}"] if finding.also else []
    yield " · ".join([_where(finding), rule, *cwe, *also, f"{wording.confidence(finding)} sure"])
    if code := _code(finding, quotes):
        yield code
    yield block_text(finding.message)
    if finding.suggestion is not None:
        before = [f"-{text}" for text in replaced(quotes.around(finding, context=0))]
        after = [f"+{text}" for text in suggested(finding.suggestion)]
        yield f"**Suggested change**\n\n{code_block(_joined([*before, *after]), 'diff')}"
    sources = [f"- {_fact(fact, finding)}" for fact in finding.evidence]
    if finding.models:
        sources.append(f"- found by {', '.join(inline_code(model) for model in finding.models)}")
    if words := second_looks.verdict_line(finding):
        sources.append(f"- {inline_text(words)}")
    sources += [f"- {inline_text(second_looks.dissent_line(dissent))}" for dissent in finding.dissent]
    if sources:
        yield "\n".join(sources)


def _code(finding: Finding, quotes: Quotes) -> str:
    quoted = quotes.around(finding, context=CONTEXT_LINES)
    rows = [f"{row.marker}{row.line.text}" for row in quoted]
    if rows:
        return code_block(_joined(rows), "diff")
    return code_block(_joined(finding.anchor.split("\n"))) if finding.anchor else ""


def _joined(rows: list[str]) -> str:
    shown = [row.removesuffix("\r") for row in rows[:QUOTED_LINES]]
    left_out = len(rows) - QUOTED_LINES
    return "\n".join([*shown, f"… {wording.counted(left_out, 'more line')}"] if left_out > 0 else shown)


def _fact(fact: Fact, finding: Finding) -> str:
    words = wording.said(fact, finding)
    return f"{inline_text(fact.source)} {link(fact.code, fact.url)}{words and f': {inline_text(words)}'}"


def _gaps(review: Review) -> Iterator[str]:
    if not review.gaps:
        return
    yield "## Not answered"
    rows = []
    for gap in review.gaps[:GAPS_NAMED]:
        about = f" on {inline_code(gap.path)}" if gap.path else ""
        rows.append(f"- {inline_text(gap.reviewer)}{about}: {inline_text(gap.reason)}")
    left_out = len(review.gaps) - GAPS_NAMED
    yield "\n".join([*rows, f"- … and {left_out:,} more"] if left_out > 0 else rows)


def _dropped(review: Review) -> Iterator[str]:
    if not review.dropped:
        return
    yield "## Taken for false alarms"
    rows = [f"- {inline_text(wording.dropped_line(entry))}" for entry in review.dropped[:GAPS_NAMED]]
    left_out = len(review.dropped) - GAPS_NAMED
    yield "\n".join([*rows, f"- … and {left_out:,} more"] if left_out > 0 else rows)


def _refuted(review: Review) -> Iterator[str]:
    if not review.refuted:
        return
    yield "## Refuted by a second look"
    rows = [f"- {inline_text(second_looks.refuted_line(finding))}" for finding in review.refuted[:GAPS_NAMED]]
    left_out = len(review.refuted) - GAPS_NAMED
    yield "\n".join([*rows, f"- … and {left_out:,} more"] if left_out > 0 else rows)


def _skipped(review: Review) -> Iterator[str]:
    groups = wording.skipped_groups(review.coverage)
    if not groups:
        return
    yield "## Not reviewed"
    rows = []
    for group in groups:
        rows.append(f"- {inline_text(group.summary)}")
        rows += [f"  - {inline_code(file.path)}" for file in group.files[:FILES_NAMED_PER_REASON]]
        if (left_out := len(group.files) - FILES_NAMED_PER_REASON) > 0:
            rows.append(f"  - … and {left_out:,} more")
    yield "\n".join(rows)


def _usage(review: Review) -> Iterator[str]:
    yield "## Cost"
    yield f"{inline_text(wording.usage_line(review))}."
    if words := second_looks.cost_line(review):
        yield f"{inline_text(words)}."
    models = wording.by_model(review.calls)
    if len(models) > 1:
        rows = ["| Model | Calls | Failed | Tokens in | Cached | Tokens out | Cost |", "|---|--:|--:|--:|--:|--:|--:|"]
        for model in models:
            usage = model.usage
            counts = (model.calls, model.failed, usage.input_tokens, usage.cached_input_tokens, usage.output_tokens)
            numbers = " | ".join(f"{count:,}" for count in counts)
            name = inline_code(f"{model.provider}/{model.model}")
            rows.append(f"| {name} | {numbers} | {inline_text(wording.cost(model.cost_usd))} |")
        yield "\n".join(rows)
