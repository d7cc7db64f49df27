"""The check run of one head, kept in step with what happens to its review."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.errors import NotPermitted, NotVisible
from app.github.checks import NAME, REVIEW_AGAIN, REVIEW_ALL, create_check, fetch_check, update_check
from app.verdicts import Verdict

if TYPE_CHECKING:
    from app.events import RepositoryId
    from app.github.client import GitHubClient

PERMISSION = "checks: write"
"""What a token needs for it, in the words of a workflow."""

_SECONDS_BETWEEN_NEWS = 10.0
"""Progress is a courtesy; writes to GitHub are scarce, and other reviews want some, too."""


class LiveCheck:
    """See the module. Nothing is written before something is said.

    Where the token may not write checks and the client knows what is ``lacking``, nothing is written at all.

    Args:
        client: Writes under the installation's token.
        repository: Where.
        head: The commit it stands on.
        number: GitHub's number of it, where it was begun before.
        name: What it is called.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        client: GitHubClient,
        repository: RepositoryId,
        head: str,
        *,
        number: int | None = None,
        name: str = NAME,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._repository, self._head = client, repository, head
        self._number, self._name = number, name
        self._clock = clock
        self._told_at = float("-inf")
        # Whether it is known to have no remarks on lines so far; only who has the turn puts some there.
        self._bare = False
        self._mute = False

    @property
    def number(self) -> int | None:
        """GitHub's number of it; None before anything was said."""
        return self._number

    def queue(self) -> None:
        """A review is wanted."""
        self._go_on("queued", "Waiting to be reviewed")

    def begin(self, questions: int) -> None:
        """The review has begun."""
        self._told_at = self._clock()
        self._go_on("in_progress", f"Reviewing: {_questions(questions)}")

    def progress(self, answered: int, questions: int) -> None:
        """So many of the questions have ended; said now and then, and not for the last one."""
        now = self._clock()
        if answered < questions and now - self._told_at >= _SECONDS_BETWEEN_NEWS:
            self._told_at = now
            self._go_on("in_progress", f"Reviewing: {answered} of {_questions(questions)} answered")

    def wait(self, until: float, reason: str) -> None:
        """Nothing happens until a moment, in seconds since 1970."""
        when = datetime.fromtimestamp(until, UTC).strftime("%H:%M UTC")
        self._go_on("in_progress", f"Goes on at {when}: {reason}")

    def end(self, verdict: Verdict) -> None:
        """How it ended."""
        with self._permitted():
            self._end(verdict)

    def _end(self, verdict: Verdict) -> None:
        if self._mute:
            return
        if self._number is None:
            found = fetch_check(self._client, self._repository, self._head, name=self._name)
            self._number = found.id if found else None
        if self._number is None:
            self._number = create_check(
                self._client,
                self._repository,
                self._head,
                name=self._name,
                status="completed",
                title=verdict.title,
                summary=verdict.summary or verdict.title,
                conclusion=verdict.conclusion.value,
                annotations=verdict.annotations,
                actions=(REVIEW_AGAIN, REVIEW_ALL),
            )
            return
        bare, self._bare = self._bare, False
        update_check(
            self._client,
            self._repository,
            self._number,
            bare=bare,
            status="completed",
            title=verdict.title,
            summary=verdict.summary or verdict.title,
            conclusion=verdict.conclusion.value,
            annotations=verdict.annotations,
            actions=(REVIEW_AGAIN, REVIEW_ALL),
        )

    def _go_on(self, status: str, title: str) -> None:
        with self._permitted():
            self._write(status, title)

    def _write(self, status: str, title: str) -> None:
        if self._mute:
            return
        if self._number is None:
            found = fetch_check(self._client, self._repository, self._head, name=self._name)
            # One that has ended stays as it is: what is new has a check of its own, and GitHub shows the newest.
            self._number = found.id if found and found.status != "completed" else None
        if self._number is None:
            self._number = create_check(
                self._client, self._repository, self._head, name=self._name, status=status, title=title, summary=title
            )
            self._bare = True
        else:
            state = update_check(
                self._client, self._repository, self._number, status=status, title=title, summary=title
            )
            self._bare = not state.annotations

    @contextmanager
    def _permitted(self) -> Iterator[None]:
        try:
            yield
        # To tokens of some kinds GitHub says that there is nothing, instead of refusing it.
        except (NotPermitted, NotVisible) as error:
            if self._client.lacking is None:
                raise
            self._mute = True
            self._client.lacking(PERMISSION, str(error))


def _questions(number: int) -> str:
    return "1 question" if number == 1 else f"{number} questions"
