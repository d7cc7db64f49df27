"""What a comment is answered with: reactions, and one reply, which is written once however often a job runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import GitHubFailed, GitHubUnreachable, NotPermitted, NotVisible
from app.github import reactions, threads
from app.github.conversation import fetch_conversation
from app.github.redaction import redact
from app.publishing.markers import markers_of
from app.publishing.once import comment_once
from reviewers.report.visibility import cut

if TYPE_CHECKING:
    from app.commands.desk import Desk

_LONGEST_REPLY = 60_000
"""Characters; GitHub takes 65,536."""

# Until what was written is read everywhere.
_SETTLING_SECONDS = 1.5


def reply_marker(comment: int) -> str:
    """On every reply: which comment it answers."""
    return f"<!-- quartet:reply to={comment} -->"


def react(desk: Desk, content: reactions.Content) -> bool:
    """Put a reaction under the comment, where that is possible; False where somebody has deleted the comment."""
    comment = desk.comment
    try:
        reactions.react(desk.client, comment.repository, comment.comment, comment.on_diff, content)
    except NotVisible:
        return False
    except NotPermitted:
        # Locked conversations take none; what was asked is done all the same.
        return True
    return True


def answered(desk: Desk) -> bool:
    """Whether the comment has its reply already, from a job that ran before."""
    return _answered(desk, desk.thread) if desk.comment.on_diff else _answered_in_conversation(desk)


def reply(desk: Desk, text: str, *, marker: str = "") -> None:
    """Answer the comment where it stands.

    Args:
        desk: Of the comment.
        text: Safe Markdown; keys of this program are taken out of it once more.
        marker: A further hidden line.
    """
    hidden = "\n".join(filter(None, (reply_marker(desk.comment.comment), marker, *desk.hidden)))
    said = cut(redact(text, *desk.services.settings.secrets), _LONGEST_REPLY - len(hidden))
    body = f"{hidden}\n{said}"
    if desk.comment.on_diff:
        _reply_in_thread(desk, body)
    else:
        comment_once(desk.client, desk.pull, body)


def _reply_in_thread(desk: Desk, body: str) -> None:
    first = desk.comment.in_reply_to or desk.comment.comment
    try:
        threads.reply(desk.client, desk.pull, first, body)
    except (GitHubFailed, GitHubUnreachable):
        desk.client.pause(_SETTLING_SECONDS)
        again = threads.fetch_threads(desk.client, desk.pull)
        if not _answered(desk, next((one for one in again if one.comment == first), None)):
            threads.reply(desk.client, desk.pull, first, body)


def _answered(desk: Desk, thread: threads.Thread | None) -> bool:
    said = (one.body for one in thread.replies if one.own) if thread else ()
    return any(_answers(body, desk.comment.comment) for body in said)


def _answered_in_conversation(desk: Desk) -> bool:
    own = fetch_conversation(desk.client, desk.pull).comments
    return any(_answers(said.body, desk.comment.comment) for said in own)


def _answers(body: str, comment: int) -> bool:
    return any(marker.kind == "reply" and marker.fields.get("to") == str(comment) for marker in markers_of(body))
