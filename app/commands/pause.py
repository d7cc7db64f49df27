"""``/pause``: pushes are not reviewed until ``/resume``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.command import Command
from app.publishing.markers import decided_marker

if TYPE_CHECKING:
    from app.commands.desk import Desk


def _run(desk: Desk, arguments: str) -> str:  # noqa: ARG001 - every command takes them
    desk.store.pause(desk.name, desk.number, by=desk.comment.author)
    desk.hidden.append(decided_marker("paused", by=desk.comment.author))
    return "Paused: pushes to this pull request are not reviewed until `/resume`. `/review` works all the same."


PAUSE = Command(
    name="pause",
    usage="/pause",
    summary="Leaves the pull request alone: pushes are not reviewed until `/resume`.",
    details="A review that runs goes on (`/cancel` stops it), and `/review` works all the same.",
    run=_run,
)
