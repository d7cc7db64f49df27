"""Who sends a request, and what that person may see: decided here, before anything is looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.errors import AppError, WrongToken
from app.web.dashboard.attempts import origin
from app.web.dashboard.readable import Readable

if TYPE_CHECKING:
    from flask import Request

    from app.web.dashboard.attempts import Attempts
    from app.web.dashboard.sessions import Session, Sessions
    from app.web.dashboard.setting import DashboardSetting


class TooManyAttempts(AppError):
    """Too many wrong tokens came from there.

    Attributes:
        wait: Seconds until another one is looked at.
    """

    def __init__(self, wait: int) -> None:
        super().__init__(f"too many wrong tokens were sent from there; try again in {-(-wait // 60)} minutes")
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is let in.

    Attributes:
        name: For the page: a login, or ``operator``.
        repositories: What may be seen, in lower case; None for everything.
        complete: Whether these are all that GitHub let this person read.
        session: Id of the session; empty where a token came with the request.
    """

    name: str
    repositories: frozenset[str] | None
    complete: bool = True
    session: str = field(default="", repr=False)

    @property
    def operator(self) -> bool:
        """Whether everything may be seen."""
        return self.repositories is None


class Doorkeeper:
    """Lets in who may come in.

    Args:
        setting: Of the dashboard.
        sessions: Who is signed in.
        attempts: Who has tried too often.
        ask_github: What the owner of a token may read.
        cookie: Name of the cookie with the id of a session.
    """

    def __init__(
        self,
        setting: DashboardSetting,
        sessions: Sessions,
        attempts: Attempts,
        ask_github: Callable[[str], Readable],
        cookie: str,
    ) -> None:
        self._setting, self._sessions, self._attempts = setting, sessions, attempts
        self._ask_github, self._cookie = ask_github, cookie

    def visitor(self, request: Request) -> Visitor | None:
        """Who sends a request; None for who must sign in first.

        Raises:
            TooManyAttempts: It has a wrong token, as many before it.
            GitHubError: GitHub does not say what this person may read.
            QueueDown: Redis, where sessions are, does not answer.
        """
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        if word.lower() == "bearer":
            return OPERATOR if self.is_operator(request, token.strip()) else None
        session = self._sessions.find(request.cookies.get(self._cookie, ""))
        if session is None:
            return None
        if session.operator:
            return Visitor(name=OPERATOR.name, repositories=None, session=session.id)
        return self._person(session)

    def is_operator(self, request: Request, token: str) -> bool:
        """Whether it is the operators' token; a wrong one is counted.

        Raises:
            TooManyAttempts: There were so many that this one is not looked at.
            QueueDown: Redis does not answer, so that nobody counts.
        """
        sender = origin(request)
        if wait := self._attempts.wait(sender):
            raise TooManyAttempts(wait)
        if self._setting.is_operators(token):
            return True
        self._attempts.note(sender)
        return False

    def _person(self, session: Session) -> Visitor | None:
        known = self._sessions.readable(session)
        if known is None:
            try:
                known = self._ask_github(session.token)
            except WrongToken:
                # Revoked, or over: whoever this was is nobody any more.
                self._sessions.close(session.id)
                return None
            self._sessions.note_readable(session, known)
        return Visitor(name=known.login, repositories=known.repositories, complete=known.complete, session=session.id)


OPERATOR = Visitor(name="operator", repositories=None)
"""Who sends the operators' token along."""
