"""What a command works with: who wrote it where, and everything that may be asked or changed for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from app.github.permissions import Permission, permission_of
from app.github.pull_ends import head_and_base
from app.github.snapshot import Fetched, fetch_snapshot
from app.github.threads import Thread, fetch_threads
from app.repository_settings import read_effective
from app.review_wishes import worth_fetching

if TYPE_CHECKING:
    from app.commands.command import Command
    from app.events import CommentWritten
    from app.github.addresses import PullRequestId
    from app.github.client import GitHubClient
    from app.repo_config import Effective
    from app.services import Services
    from app.store.store import Store


class Desk:
    """One comment's. What is read for it is read when it is first needed, and once.

    Args:
        services: What a job reaches.
        client: Speaks to the repository.
        comment: The comment.
        commands: All there are, in the order of the help.

    Attributes:
        services: As above.
        client: As above.
        comment: As above.
        commands: As above.
        hidden: Lines that nobody sees for the reply: what was decided, so that GitHub remembers it, too.
    """

    def __init__(
        self, services: Services, client: GitHubClient, comment: CommentWritten, commands: tuple[Command, ...]
    ) -> None:
        self.services, self.client, self.comment, self.commands = services, client, comment, commands
        self.hidden: list[str] = []

    @property
    def store(self) -> Store:
        """What was answered, found, decided and spent."""
        return self.services.store

    @property
    def name(self) -> str:
        """The repository's full name."""
        return self.comment.repository.full_name

    @property
    def number(self) -> int:
        """The pull request's."""
        return self.comment.number

    @property
    def pull(self) -> PullRequestId:
        """The pull request."""
        return self.comment.repository.pull(self.number)

    @cached_property
    def head(self) -> str:
        """The pull request's head, as it is when it is asked for first."""
        return head_and_base(self.client, self.pull)[0]

    @cached_property
    def permission(self) -> Permission:
        """What the comment's author may do in the repository, as GitHub says at this moment."""
        return permission_of(self.client, self.comment.repository, self.comment.author)

    @cached_property
    def may_write(self) -> bool:
        """Whether the comment's author may push to the repository."""
        return self.permission >= Permission.WRITE

    @cached_property
    def effective(self) -> Effective:
        """The configuration in force, at the tip of the pull request's base branch.

        Raises:
            ConfigRejected: It cannot be used.
        """
        _, base_ref = head_and_base(self.client, self.pull)
        return read_effective(self.services, self.client, self.comment.repository, base_ref)

    @cached_property
    def fetched(self) -> Fetched:
        """The pull request with its code, at its present head."""
        return fetch_snapshot(self.client, self.pull, wanted=worth_fetching)

    @cached_property
    def threads(self) -> tuple[Thread, ...]:
        """All threads on the diff."""
        return fetch_threads(self.client, self.pull)

    @property
    def thread(self) -> Thread | None:
        """The thread that the comment stands in, or None."""
        first = self.comment.in_reply_to or self.comment.comment
        return next((one for one in self.threads if one.comment == first), None) if self.comment.on_diff else None
