"""``/review``: another look, by everybody or by those who are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.command import Command, NotUnderstood
from app.live_check import LiveCheck
from app.repo_config import chosen_reviewers
from app.wishes import Wish
from reviewers.errors import UnknownReviewer
from reviewers.report.sanitising import inline_code, inline_text

if TYPE_CHECKING:
    from app.commands.desk import Desk

_FULL = "--full"


def _run(desk: Desk, arguments: str) -> str:
    words = arguments.replace(",", " ").split()
    names = tuple(dict.fromkeys(word.lower() for word in words if not word.startswith("-")))
    if strange := [word for word in words if word.startswith("-") and word.lower() != _FULL]:
        raise NotUnderstood(f"There is no option {inline_code(strange[0])}; write `{REVIEW.usage}`.")
    try:
        chosen_reviewers(desk.effective.config, names)
    except UnknownReviewer as error:
        raise NotUnderstood(inline_text(str(error))) from error
    full = _FULL in map(str.lower, words)
    reviewed = desk.store.last_review(desk.name, desk.number, state="done")
    check = LiveCheck(desk.client, desk.comment.repository, desk.head)
    check.queue()
    wish = Wish(
        reason="command",
        reviewers=names,
        full=full,
        comment=desk.comment.comment,
        check=check.number,
        head=desk.head,
    )
    desk.services.want(desk.comment.repository, desk.number, wish)
    if reviewed is not None and reviewed.head == desk.head and not full and not names and not reviewed.gaps:
        return f"{inline_code(desk.head[:12])} has been reviewed before; `/review {_FULL}` asks about all of it again."
    return ""


REVIEW = Command(
    name="review",
    usage="/review [REVIEWER …] [--full]",
    summary="Reviews what has not been reviewed, by all reviewers or by those named; with `--full` all of it again.",
    details=(
        "It works on drafts, closed and paused pull requests, too, and for reviewers that the configuration leaves "
        "out. A reviewer is not asked again about code that it has answered for; `--full` forgets those answers."
    ),
    run=_run,
)
