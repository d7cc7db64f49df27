"""What a summary says below its findings: what is missing, and what nobody has to look at any more; as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from reviewers.findings import Finding
from reviewers.report.sanitising import inline_code, inline_text
from reviewers.report.visibility import cut
from reviewers.report.wording import counted, dropped_line, place, skipped_groups
from reviewers.review import Review

MOST_ROWS = 30
"""Of a list; what is beyond is counted."""

SHORT_ID = 8
"""Digits of a finding's id that are shown: of ten thousand findings, two begin alike once in a hundred repositories."""

_MOST_FILES_SHOWN = 20
_LONGEST_CELL = 120
_LONGEST_ROW = 300


def gaps(review: Review) -> list[str]:
    """What got no answer."""
    if not review.gaps:
        return []
    rows = [
        f"- {inline_text(gap.reviewer)}{f' on {inline_code(cut(gap.path, _LONGEST_ROW))}' if gap.path else ''}: "
        + inline_text(cut(gap.reason, _LONGEST_ROW))
        for gap in review.gaps[:MOST_ROWS]
    ]
    more = len(review.gaps) - MOST_ROWS
    if more > 0:
        rows.append(f"- … and {more} more")
    return ["**Not answered**, so the review is incomplete:", "\n".join(rows)]


def dropped(review: Review) -> list[str]:
    """Tool reports that reviewers hold to be false alarms."""
    if not review.dropped:
        return []
    rows = [f"- {inline_text(cut(dropped_line(entry), _LONGEST_ROW))}" for entry in review.dropped[:MOST_ROWS]]
    more = len(review.dropped) - MOST_ROWS
    if more > 0:
        rows.append(f"- … and {more} more")
    return ["**Taken for false alarms** by reviewers:", "\n".join(rows)]


def skipped(review: Review) -> list[str]:
    """What nobody looked at, folded."""
    rows = []
    for group in skipped_groups(review.coverage):
        named = [cut(file.path, _LONGEST_CELL) for file in group.files[:_MOST_FILES_SHOWN] if file.path]
        paths = ", ".join(inline_code(path) for path in named)
        more = len(group.files) - _MOST_FILES_SHOWN
        rows.append(
            f"- {inline_text(group.summary)}{f': {paths}' if paths else ''}{f' and {more} more' if more > 0 else ''}"
        )
    return _folded("Not reviewed", rows)


def settled(findings: Sequence[Finding], word: str) -> list[str]:
    """Findings that nobody has to look at any more, folded: ``3 fixed``."""
    rows = [
        f"- {finding.severity.label.capitalize()} · {inline_text(cut(finding.title, _LONGEST_CELL))} "
        f"({where(finding)}) · {short_id(finding)}"
        for finding in findings[:MOST_ROWS]
    ]
    more = len(findings) - MOST_ROWS
    if more > 0:
        rows.append(f"- … and {more} more")
    return _folded(f"{len(findings)} {word}", rows)


def unchanged(review: Review, before: str) -> str:
    """That hunks were not asked about again, or the empty string where all were.

    Args:
        review: The run.
        before: The head that was reviewed last, or the empty string.
    """
    if not review.unchanged:
        return ""
    since = f" since {inline_code(before[:12])}" if before and before != review.target.head else ""
    return f"{counted(review.unchanged, 'hunk')} unchanged{since}, not asked again"


def where(finding: Finding) -> str:
    """Path and lines as code, or that it is about the change as a whole."""
    return inline_code(place(finding)) if finding.path or finding.location else place(finding)


def short_id(finding: Finding) -> str:
    """As people name it in ``/explain ID``."""
    return inline_code(finding.fingerprint[:SHORT_ID])


def _folded(title: str, rows: Sequence[str]) -> list[str]:
    listed = "\n".join(rows)
    return [f"<details><summary>{title}</summary>\n\n{listed}\n\n</details>"] if rows else []
