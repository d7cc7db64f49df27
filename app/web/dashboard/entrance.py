"""Signing in and out: the way to GitHub and back, the operators' token, and the end of a session."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, request

from app.errors import GitHubError, Misconfigured, NotPermitted
from app.web.dashboard import oauth
from app.web.dashboard.departures import SECONDS, Departures
from app.web.dashboard.sessions import SESSION_SECONDS
from app.web.dashboard.small_pages import page, refused
from app.web.dashboard.wish import Wish, read_wish, wish_of

if TYPE_CHECKING:
    from app.web.dashboard.parts import Parts
    from app.web.dashboard.sessions import Session

_LOG = logging.getLogger(__name__)


class Entrance:
    """Opens and closes sessions.

    Args:
        parts: Of the dashboard.
    """

    def __init__(self, parts: Parts) -> None:
        self._setting, self._sessions, self._cookies = parts.setting, parts.sessions, parts.cookies
        self._doorkeeper, self._ask_github = parts.doorkeeper, parts.ask_github
        self._departures = Departures(parts.setting.key)
        self._root = parts.setting.root

    def leave_for_github(self) -> Response:
        """Send the browser to GitHub, with a state that only it can come back with."""
        if not self._setting.client_id:
            return refused(self._root, "Not this way", "Signing in with GitHub is off here.", HTTPStatus.NOT_FOUND)
        departure, sealed = self._departures.leave(_wish_or_usual().query)
        address = oauth.authorize_address(self._setting, state=departure.state, verifier=departure.verifier)
        response = _redirect(address)
        self._cookies.put(response, self._cookies.departure, sealed, seconds=SECONDS)
        return response

    def come_from_github(self) -> Response:
        """Open a session for who comes back with a code."""
        sealed = request.cookies.get(self._cookies.departure, "")
        departure = self._departures.arrive(sealed, request.args.get("state", ""))
        if departure is None:
            said = "The way back from GitHub is good for ten minutes, and in the browser that began it."
            return refused(self._root, "This did not begin here", said, HTTPStatus.FORBIDDEN)
        if "error" in request.args:
            return self.sign_in_page("GitHub did not sign you in. Nothing was opened.")
        try:
            token = oauth.exchange(self._setting, request.args.get("code", ""), verifier=departure.verifier)
            known = self._ask_github(token.value)
        except NotPermitted as error:
            return self.sign_in_page(f"{str(error)[:1].upper()}{str(error)[1:]}.")
        session = self._sessions.open(login=known.login, token=token.value, seconds=token.seconds)
        self._sessions.note_readable(session, known)
        _LOG.info("somebody signed in to the dashboard with GitHub")
        return self._let_in(session, departure.wish, seconds=int(token.seconds))

    def take_token(self) -> Response:
        """Open a session for who knows the operators' token."""
        if not self._setting.token:
            return refused(self._root, "Not this way", "Signing in with a token is off here.", HTTPStatus.NOT_FOUND)
        browser = request.cookies.get(self._cookies.browser, "")
        if not self._sessions.is_our_form(browser, request.form.get("form", "")):
            return self.sign_in_page("That form is out of date. Try again.", HTTPStatus.FORBIDDEN)
        if not self._doorkeeper.is_operator(request, request.form.get("token", "").strip()):
            _LOG.warning("a wrong token was sent to the dashboard")
            return self.sign_in_page("That is not the token.")
        _LOG.info("an operator signed in to the dashboard")
        return self._let_in(self._sessions.open(), request.form.get("wish", ""), seconds=SESSION_SECONDS)

    def sign_out(self) -> Response:
        """Forget the session here, and its token at GitHub."""
        cookie = request.cookies.get(self._cookies.session, "")
        if not self._sessions.is_our_form(cookie, request.form.get("form", "")):
            return refused(
                self._root, "That form is out of date", "Reload the dashboard and try again.", HTTPStatus.FORBIDDEN
            )
        self._end(cookie)
        response = _redirect(self._root)
        self._cookies.drop(response, self._cookies.session)
        # Pages that this browser has kept to compare (ETag) go, too.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def sign_in_page(self, error: str = "", status: HTTPStatus = HTTPStatus.UNAUTHORIZED) -> Response:
        """The page that asks who it is."""
        browser = request.cookies.get(self._cookies.browser) or _new_id()
        response = page(
            "sign_in",
            title="Sign in",
            status=status,
            error=error,
            root=self._root,
            query=_wish_or_usual().query,
            host=urlsplit(self._setting.web).netloc if self._setting.client_id else "",
            by_token=bool(self._setting.token),
            form_token=self._sessions.form_token(browser),
        )
        self._cookies.put(response, self._cookies.browser, browser, seconds=SESSION_SECONDS)
        if status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def _end(self, cookie: str) -> None:
        session = self._sessions.find(cookie)
        if session is None:
            return
        self._sessions.close(cookie)
        if session.token:
            try:
                oauth.revoke(self._setting, session.token)
            except GitHubError as error:
                # Nobody has it any more; it ends by itself within hours.
                _LOG.warning("a visitor's token was forgotten, but GitHub was not told: %s", error)

    def _let_in(self, session: Session, wish: str, *, seconds: int) -> Response:
        # Who signs in again can never sign out of the session before: its cookie is written over.
        self._end(request.cookies.get(self._cookies.session, ""))
        response = _redirect(f"{self._root}{wish_of(wish).query}")
        self._cookies.put(response, self._cookies.session, session.id, seconds=seconds)
        # What belonged to the browser before it signed in belongs to nobody now.
        for name in (self._cookies.browser, self._cookies.departure):
            if name in request.cookies:
                self._cookies.drop(response, name)
        return response


def _wish_or_usual() -> Wish:
    try:
        return read_wish(request.args)
    except Misconfigured:
        return Wish()


def _redirect(address: str) -> Response:
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})


def _new_id() -> str:
    return secrets.token_urlsafe(32)
