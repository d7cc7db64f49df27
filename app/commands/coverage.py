"""``/coverage``: what the last review looked at, and what it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.command import Command
from reviewers.report.sanitising import inline_code, inline_text
from reviewers.report.wording import coverage_line, skipped_groups

if TYPE_CHECKING:
    from app.commands.desk import Desk

_MOST_FILES = 20
_MOST_GAPS = 30


def _run(desk: Desk, arguments: str) -> str:  # noqa: ARG001 - every command takes them
    review = desk.store.last_review(desk.name, desk.number, state="done")
    if review is None or review.coverage is None:
        return "No review of this pull request has been finished yet."
    parts = [f"{coverage_line(review.coverage)}, at {inline_code(review.head[:12])}."]
    if review.head != desk.head:
        parts.append(f"The head is {inline_code(desk.head[:12])} by now, which nobody has reviewed to the end yet.")
    groups = skipped_groups(review.coverage)
    if groups:
        lines = []
        for group in groups:
            files = [inline_code(file.path) for file in group.files if file.path][:_MOST_FILES]
            more = len(group.files) - len(files)
            listed = ", ".join([*files, *([f"{more} more"] if more and files else [])])
            lines.append(f"- {inline_text(group.summary)}{f': {listed}' if listed else ''}")
        parts.append("Not reviewed:\n\n" + "\n".join(lines))
    if review.gaps:
        lines = [
            f"- {inline_text(gap.reviewer)}{f' on {inline_code(gap.path)}' if gap.path else ''}: "
            f"{inline_text(gap.reason)}"
            for gap in review.gaps[:_MOST_GAPS]
        ]
        more = len(review.gaps) - len(lines)
        parts.append("Without an answer:\n\n" + "\n".join([*lines, *([f"- … and {more} more"] if more else [])]))
    return "\n\n".join(parts)


COVERAGE = Command(
    name="coverage",
    usage="/coverage",
    summary="Shows what the last review looked at, and what it did not, with the reasons.",
    run=_run,
)
