"""The page with the figures: who comes without a session is asked to sign in, everybody else sees what is theirs."""

from __future__ import annotations

import hashlib
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, request

from app.errors import AppError, GitHubError, Misconfigured
from app.queue_view import State
from app.web.dashboard.kept_pages import KeptPages
from app.web.dashboard.shown import Shown, TookTooLong
from app.web.dashboard.small_pages import page, refused
from app.web.dashboard.visitors import TooManyAttempts
from app.web.dashboard.wish import read_wish

if TYPE_CHECKING:
    from app.web.dashboard.entrance import Entrance
    from app.web.dashboard.parts import Parts

_LOG = logging.getLogger(__name__)


class Desk:
    """Answers who wants to see something.

    Args:
        parts: Of the dashboard.
        entrance: Where strangers are sent.
    """

    def __init__(self, parts: Parts, entrance: Entrance) -> None:
        self._parts, self._entrance = parts, entrance
        self._pages = KeptPages()
        self._root = parts.setting.root

    def report(self) -> Response:
        """The page with the figures, or the one to sign in with."""
        visitor = self._parts.doorkeeper.visitor(request)
        if visitor is None:
            return self._entrance.sign_in_page()
        try:
            wish = read_wish(request.args)
            period = wish.period(self._parts.now())
        except Misconfigured as error:
            return refused(self._root, "That cannot be shown", f"{error}.", HTTPStatus.BAD_REQUEST)
        repositories = wish.narrowed(visitor.repositories)
        form_token = self._parts.sessions.form_token(visitor.session) if visitor.session else ""
        if visitor.repositories is not None and not visitor.repositories:
            host = urlsplit(self._parts.setting.web).netloc
            return page(
                "nothing",
                title="Nothing to see yet",
                name=visitor.name,
                host=host,
                root=self._root,
                form_token=form_token,
            )
        if repositories is not None and not repositories:
            # The same words whether it exists or not.
            said = f"There is no {wish.repository} that you may read and that the App is installed on."
            return refused(self._root, "Not here", said, HTTPStatus.NOT_FOUND)
        shown = Shown(
            wish=wish,
            period=period,
            allowed=visitor.repositories,
            repositories=repositories,
            session=bool(visitor.session),
            complete=visitor.complete,
            root=self._root,
        )
        return self._answer(shown, visitor.name, form_token)

    def without_slash(self) -> Response:
        """Send who has typed a slash too many to the page."""
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{self._root}{query}"})

    def queue(self) -> Response:
        """What waits, runs and has failed, for operators."""
        visitor = self._parts.doorkeeper.visitor(request)
        if visitor is None:
            return self._entrance.sign_in_page()
        if not visitor.operator:
            said = "The queue holds everybody's jobs, so it is for who has the operators' token."
            return refused(self._root, "For operators", said, HTTPStatus.FORBIDDEN)
        reload = request.args.get("reload") == "on"
        view = self._parts.view_queue()
        return page(
            "queue",
            title="Queue",
            root=self._root,
            view=view,
            states=tuple(State),
            now=self._parts.now(),
            reload=reload,
        )

    def fault(self, error: AppError) -> Response:
        """A page for something that does not answer; the details, with names of servers, are for the log."""
        if isinstance(error, TooManyAttempts):
            response = refused(self._root, "Wait a little", f"{str(error).capitalize()}.", HTTPStatus.TOO_MANY_REQUESTS)
            response.headers["Retry-After"] = str(error.wait)
            return response
        if isinstance(error, TookTooLong):
            return refused(
                self._root, "Too much at once", f"{str(error).capitalize()}.", HTTPStatus.SERVICE_UNAVAILABLE
            )
        _LOG.warning("the dashboard cannot be shown: %s", error)
        said = "Something that it needs does not answer. Try again in a minute; the reason is in the server's log."
        if isinstance(error, GitHubError):
            said = "GitHub does not say who you are and what you may read, so nothing is shown. Try again in a minute."
        return refused(self._root, "Not at this moment", said, HTTPStatus.SERVICE_UNAVAILABLE)

    def _answer(self, shown: Shown, name: str, form_token: str) -> Response:
        made = self._pages.get(shown, lambda: self._parts.make_page(shown))
        html = made.of(name, form_token)
        response = Response(html, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = made.policy
        # A browser may keep it, and must ask each time whether it may still show it.
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Vary"] = "Cookie, Authorization"
        response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:32])
        response.make_conditional(request)
        return response
