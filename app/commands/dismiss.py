"""``/dismiss``: a finding is not told again in this repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.command import Command
from app.commands.dismissing import dismiss
from app.commands.naming import named, short
from reviewers.report.sanitising import inline_text

if TYPE_CHECKING:
    from app.commands.desk import Desk


def _run(desk: Desk, arguments: str) -> str:
    stored, reason = named(desk, arguments)
    dismiss(desk, stored, reason)
    why = f" ({inline_text(reason)})" if reason else ""
    return f"Dismissed: `{short(stored)}` {inline_text(stored.finding.title)}{why}. It is not told again here."


DISMISS = Command(
    name="dismiss",
    usage="/dismiss ID [REASON]",
    summary="Dismisses a finding for the whole repository: it is not told again, and does not fail the check.",
    details=(
        "Who dismissed it, when and why is remembered and shown by `/explain`. Its thread is resolved, or hidden where "
        "the App may not do that. In the thread of a finding the id may be left out: `/dismiss the caller checks it`."
    ),
    run=_run,
)
