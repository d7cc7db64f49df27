"""A comment that somebody wrote in; its commands carried out, or a reply to a finding weighed; in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands import COMMANDS
from app.commands.answer import answer_commands, known, meant
from app.commands.desk import Desk
from app.commands.rebuttal import weigh_reply
from app.comments import calls_us, commands_in

if TYPE_CHECKING:
    from app.events import CommentWritten
    from app.github.client import GitHubClient
    from app.services import Services


def answer(services: Services, client: GitHubClient, event: CommentWritten) -> str:
    """Do what a comment asks for; doing it twice is as good as once.

    Args:
        services: What a job reaches.
        client: Speaks to the repository, under the installation's token.
        event: The comment.

    Returns:
        What was done, or why nothing, in one line.

    Raises:
        AppError: It could not be done now.
    """
    if event.author_is_bot:
        return "a machine wrote it"
    names = [services.github.login()] if "@" in event.body else []
    desk = Desk(services, client, event, COMMANDS)
    invocations = meant(desk, commands_in(event.body, names=names))
    in_thread = event.on_diff and event.in_reply_to is not None
    # "@quartet no, the caller checks that" in a thread of ours is said to us, and is no command.
    if invocations and not (in_thread and not any(known(desk, one) for one in invocations)):
        return answer_commands(desk, invocations)
    return weigh_reply(desk, addressed=calls_us(event.body, names=names)) if in_thread else "no command in it"
