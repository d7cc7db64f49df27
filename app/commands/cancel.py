"""``/cancel``: the review that runs or waits is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.command import Command
from app.left_behind import end_parked
from app.live_check import LiveCheck
from app.verdicts import Conclusion, Verdict

if TYPE_CHECKING:
    from app.commands.desk import Desk

_CANCELLED = Verdict(conclusion=Conclusion.CANCELLED, title="Cancelled by hand", summary="")


def _run(desk: Desk, arguments: str) -> str:  # noqa: ARG001 - every command takes them
    turns, repository = desk.services.turns, desk.comment.repository
    before = turns.state(repository, desk.number)
    if not turns.cancel(repository, desk.number):
        return "Nothing is being reviewed, and nothing waits to be."
    # Who works on a review says so in its check; of what waits, nobody would.
    end_parked(desk.services, desk.client, repository, desk.number, state=before, verdict=_CANCELLED)
    waits = before.held_until is None or before.due is not None
    if waits and before.wish is not None and before.wish.check is not None:
        head = before.wish.head or desk.head
        LiveCheck(desk.client, repository, head, number=before.wish.check).end(_CANCELLED)
    return ""


CANCEL = Command(
    name="cancel",
    usage="/cancel",
    summary="Stops the review that is running or waiting.",
    details="What was answered by then is kept: a later review does not ask, or pay, for it again.",
    run=_run,
)
