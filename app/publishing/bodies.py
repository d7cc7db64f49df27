"""Findings and reviews in; the Markdown of comments out, with everything that others wrote made harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.publishing.about import about_marker
from app.publishing.closing import dropped, gaps, settled, short_id, skipped, unchanged, where
from app.publishing.markers import (
    SUMMARY,
    Posted,
    batch_marker,
    finding_marker,
    review_marker,
    reviewed_marker,
    told_marker,
)
from reviewers.diff import Side
from reviewers.findings import Fact, Finding
from reviewers.report.sanitising import block_text, code_block, inline_code, inline_text, link
from reviewers.report.second_looks import verdict_words
from reviewers.report.wording import (
    attribution,
    coverage_line,
    cwe_url,
    said,
    usage_line,
    verdict,
)
from reviewers.review import Review

# GitHub takes 65,536 characters; the rest is for what a later version of a word may add.
LONGEST_BODY = 65_000
_CUT = "_Cut here, because GitHub takes no longer comment; the whole review is in the report of the run._"
_LONGEST_TABLE = 20_000
_LONGEST_CELL = 120
_LONGEST_HIDDEN = 12_000
"""Characters of what a summary hides of its findings; with a thousand ids that were told, and all that is missing, a
summary has 62,000."""


def fingerprints(finding: Finding) -> tuple[str, ...]:
    """Every identity under which a finding may have been told, its own first."""
    return tuple(dict.fromkeys((finding.fingerprint, *finding.aliases)))


def comment_body(finding: Finding) -> str:
    """The text of an inline comment."""
    hidden = (*(finding_marker(identity) for identity in fingerprints(finding)), about_marker(finding))
    return bounded(_parts(finding), filter(None, hidden))


def review_body(
    review: Review, *, new: Sequence[Finding], aside: Sequence[Finding], known: int, spoken: Iterable[str]
) -> str:
    """The text of a review: what is new, and a line for each finding that has no comment of its own.

    Args:
        review: The run.
        new: Findings that are told for the first time.
        aside: Those of them without a comment.
        known: How many findings were told before and are still open.
        spoken: Reviewers that have had their say at this head.
    """
    still_open = f" ({known} told before still open)" if known else ""
    parts = [f"**Quartet** · {verdict(replace(review, findings=tuple(new)))}{still_open}"]
    if aside:
        parts.append("Without a comment of their own, and in full in the summary:")
        parts.append("\n".join(f"- {_headline(finding)} ({where(finding)})" for finding in aside))
    head = review.target.head
    markers = (
        batch_marker(finding.fingerprint for finding in new),
        told_marker(dict.fromkeys(identity for finding in new for identity in fingerprints(finding))),
        reviewed_marker(head, spoken),
        review_marker(head),
    )
    return bounded(parts, markers)


def summary_body(
    review: Review,
    *,
    shown: Sequence[Finding],
    aside: Sequence[Finding],
    spoken: Iterable[str],
    posted: Posted,
    dismissed: Sequence[Finding] = (),
) -> str:
    """The text of the summary.

    Args:
        review: All that the run has to say.
        shown: Findings that are open, the worst first.
        aside: Those of them that have no comment of their own, and so are told in full here.
        spoken: Reviewers that have had their say at this head.
        posted: What was told before, which is remembered.
        dismissed: Findings that somebody dismissed.
    """
    told = dict.fromkeys((*posted.fingerprints, *(identity for finding in shown for identity in fingerprints(finding))))
    head = review.target.head
    markers = [SUMMARY, reviewed_marker(head, spoken), told_marker(told), *_all_of(aside)]
    parts = [f"### Quartet · {_open(review, shown)}", *_table(shown)]
    for finding in aside:
        parts += ["---", where(finding), *_parts(finding)]
    usage = usage_line(review) if review.calls or not review.note else ""
    again = unchanged(review, posted.head)
    last = " · ".join(
        part for part in (inline_text(review.note), again, usage, f"head {inline_code(head[:12])}") if part
    )
    known = frozenset(posted.fingerprints)
    fixed = [finding for finding in review.fixed if not known.isdisjoint(fingerprints(finding))]
    parts += [*settled(fixed, "fixed"), *settled(dismissed, "dismissed")]
    coverage = f"**Coverage**: {coverage_line(review.coverage)}."
    # What is missing is told even where the findings alone fill a comment.
    missing = bounded(
        (*gaps(review), *skipped(review), *dropped(review)), (f"{coverage}\n\n{last}",), limit=LONGEST_BODY // 2
    )
    return bounded(parts, (missing,), leading="\n".join(markers))


def bounded(parts: Iterable[str], closing: Iterable[str], *, leading: str = "", limit: int = LONGEST_BODY) -> str:
    """Paragraphs as one text of at most ``limit`` characters: those that do not fit are dropped with a word.

    Args:
        parts: Paragraphs, of which the last ones may go.
        closing: Lines at the end that stay: hidden markers, or what was not reviewed.
        leading: Lines at the start that stay.
        limit: Characters; GitHub's limit by default.
    """
    trailing = "\n".join(closing)
    room = limit - len(leading) - len(trailing) - len(_CUT) - 6
    kept: list[str] = []
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            kept.append(_CUT)
            break
        kept.append(part)
    return "\n\n".join(part for part in (leading, *kept, trailing) if part)


def _all_of(findings: Iterable[Finding]) -> list[str]:
    """Hidden lines for the worst of these findings, as many as there is room for."""
    room, kept = _LONGEST_HIDDEN, []
    for line in map(about_marker, findings):
        room -= len(line) + 1
        if line and room >= 0:
            kept.append(line)
    return kept


def _parts(finding: Finding) -> list[str]:
    parts = [f"**{_headline(finding)}**", block_text(finding.message)]
    on_the_right = finding.location is not None and finding.location.side is Side.RIGHT
    if finding.suggestion is not None:
        parts.append(code_block(finding.suggestion, "suggestion" if on_the_right else ""))
    if finding.location is None and finding.anchor.strip():
        parts.append(code_block(finding.anchor))
    parts += [_evidence(fact, finding) for fact in finding.evidence]
    parts.append(_attribution(finding))
    return [part for part in parts if part]


def _headline(finding: Finding) -> str:
    return f"{finding.severity.label.capitalize()} · {inline_text(finding.title)}"


def _evidence(fact: Fact, finding: Finding) -> str:
    rule = link(f"{fact.source} {fact.code}".strip(), fact.url)
    words = said(fact, finding)
    return f"> {rule}: {inline_text(words)}" if words else f"> {rule}"


def _attribution(finding: Finding) -> str:
    models = ", ".join(finding.models)
    words = attribution(finding)
    if finding.cwe and (url := cwe_url(finding.cwe)):
        words = inline_text(words).replace(finding.cwe, link(finding.cwe, url), 1)
    else:
        words = inline_text(words)
    told = (words, inline_text(models), inline_text(verdict_words(finding)), short_id(finding))
    return " · ".join(part for part in told if part)


def _open(review: Review, shown: Sequence[Finding]) -> str:
    if shown or review.gaps or review.coverage.nothing:
        return verdict(replace(review, findings=tuple(shown)))
    return "Nothing is open"


def _table(shown: Sequence[Finding]) -> list[str]:
    rows, room = [], _LONGEST_TABLE
    for finding in shown:
        told = (finding.severity.label, _cell(finding.title), where(finding), _by(finding), short_id(finding))
        row = f"| {' | '.join(told)} |"
        room -= len(row) + 1
        if room < 0:
            break
        rows.append(row)
    if not rows:
        return []
    more = len(shown) - len(rows)
    table = "\n".join(("| Severity | Finding | Where | By | ID |", "|---|---|---|---|---|", *rows))
    return [table, f"… and {more} more, in the report of the run."] if more else [table]


def _cell(text: str) -> str:
    return inline_text(text, limit=_LONGEST_CELL)


def _by(finding: Finding) -> str:
    return inline_text(", ".join(finding.reviewers))
