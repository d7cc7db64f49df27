"""``/resume``: the end of a pause; what was pushed meanwhile is reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.command import Command
from app.live_check import LiveCheck
from app.wishes import Wish

if TYPE_CHECKING:
    from app.commands.desk import Desk


def _run(desk: Desk, arguments: str) -> str:  # noqa: ARG001 - every command takes them
    if desk.store.paused(desk.name, desk.number) is None:
        return "This pull request is not paused."
    reviewed = desk.store.last_review(desk.name, desk.number, state="done")
    if reviewed is None or reviewed.head != desk.head:
        check = LiveCheck(desk.client, desk.comment.repository, desk.head)
        check.queue()
        wish = Wish(reason="command", comment=desk.comment.comment, check=check.number, head=desk.head)
        desk.services.want(desk.comment.repository, desk.number, wish)
    # The last of all: where something above fails, the next try still finds it paused.
    desk.store.resume(desk.name, desk.number)
    return ""


RESUME = Command(
    name="resume",
    usage="/resume",
    summary="Ends a `/pause`, and reviews what was pushed meanwhile.",
    run=_run,
)
