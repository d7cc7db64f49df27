"""The server while there is no App yet: ``/setup`` registers one, and nothing else is answered but ``/healthz``."""

from __future__ import annotations

import hmac
import logging
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from flask import Flask, Request, Response, render_template, request
from werkzeug.exceptions import ServiceUnavailable

from app.errors import GitHubError, Misconfigured
from app.github.addresses import PUBLIC_API
from app.web.answers import json_answer, set_up_answers
from app.web.locality import is_local, is_loopback
from app.web.setup.conversion import convert
from app.web.setup.manifest import DEFAULT_NAME, Registration, public_address, registration, web_address
from app.web.setup.reasons import PERMISSION_REASONS
from app.web.setup.states import States
from app.web.setup.visitors import COOKIE, Visitors

_LOG = logging.getLogger(__name__)
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What the pages need to know.

    Attributes:
        token: Lets in who does not sit at this machine.
        api_url: Of the GitHub at which the App is registered.
        public_url: Where GitHub reaches the server; empty for the address that the visitor's browser asked for.
    """

    token: str = field(repr=False)
    api_url: str = PUBLIC_API
    public_url: str = ""


def create_setup_app(setting: SetUp) -> Flask:
    """The WSGI application; one process serves it, because what was used once is remembered there."""
    app = Flask(__name__, static_folder=None, template_folder="pages")
    # Flask escapes what is written into .html alone.
    app.jinja_options = {"autoescape": True, "trim_blocks": True}
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BYTES
    set_up_answers(app)
    pages = _Pages(setting)

    @app.get("/setup")
    def begin() -> Response:
        return pages.begin(request)

    @app.get("/setup/done")
    def done() -> Response:
        return pages.done(request)

    @app.get("/healthz")
    def alive() -> Response:
        return json_answer(HTTPStatus.OK, {"status": "ok", "app": "not registered"})

    @app.post("/webhooks/github")
    def too_early() -> Response:
        # GitHub shows these as failed, and they are asked for again once there is a secret to check them with.
        raise ServiceUnavailable

    return app


class _Pages:
    def __init__(self, setting: SetUp) -> None:
        self._setting = setting
        self._web = web_address(setting.api_url)
        self._host = urlsplit(self._web).netloc
        self._visitors = Visitors()
        self._states = States()

    def begin(self, asked: Request) -> Response:
        """The page with the button, for who may see it."""
        given = asked.args.get("token")
        if given is not None:
            if not hmac.compare_digest(given.encode("utf-8", "replace"), self._setting.token.encode()):
                return self._stranger()
            # The token leaves the address bar, the history and whatever is sent from the page.
            return self._known(Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "setup"}), asked)
        visitor = asked.cookies.get(COOKIE, "")
        if not self._visitors.knows(visitor):
            if not is_local(asked):
                return self._stranger()
            visitor = self._visitors.admit()
        return self._known(self._form(asked, visitor), asked, visitor)

    def done(self, asked: Request) -> Response:
        """What GitHub sends the browser back to: the secrets, once."""
        visitor = asked.cookies.get(COOKIE, "")
        if not self._visitors.knows(visitor) or not self._states.take(asked.args.get("state", ""), visitor):
            return self._refused(
                "This did not begin here",
                "The way back from GitHub is good for an hour, once, and in the browser that began it. If an App was "
                "made all the same, delete it at GitHub.",
                HTTPStatus.FORBIDDEN,
            )
        try:
            app = convert(asked.args.get("code", ""), self._setting.api_url)
        except GitHubError as error:
            _LOG.warning("the App was not registered: %s", error)
            return self._refused("The App was not registered", str(error), HTTPStatus.BAD_GATEWAY)
        _LOG.info("an App was registered with the number %d", app.id)
        environment = app.environment(
            api_url=self._setting.api_url if self._setting.api_url != PUBLIC_API else "",
            public_url=self._setting.public_url,
        )
        return self._page("done.html.jinja", title="Registered", app=app, environment=environment)

    def _form(self, asked: Request, visitor: str) -> Response:
        typed = {
            "address": asked.args.get("address", self._setting.public_url or _asked_address(asked)),
            "organisation": asked.args.get("organisation", ""),
            "name": asked.args.get("name", DEFAULT_NAME),
        }
        wanted, error = None, ""
        try:
            wanted = self._reachable(registration(**typed), typed_by_hand="address" in asked.args)
        except Misconfigured as refused:
            error = f"{str(refused)[:1].upper()}{str(refused)[1:]}."
        action = ""
        if wanted is not None:
            query = urlencode({"state": self._states.give(visitor)})
            action = f"{wanted.form_address(self._web)}?{query}"
        return self._page(
            "begin.html.jinja",
            title="Register the GitHub App",
            status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
            typed=typed,
            registration=wanted,
            error=error,
            action=action,
            permissions=PERMISSION_REASONS,
        )

    def _reachable(self, wanted: Registration, *, typed_by_hand: bool) -> Registration | None:
        """The registration, unless GitHub cannot reach its address: then a person is asked for another."""
        local = is_loopback(urlsplit(wanted.address).hostname or "")
        if not local or is_loopback(urlsplit(self._web).hostname or ""):
            return wanted
        if typed_by_hand:
            msg = f"{self._host} cannot reach an address of this machine alone"
            raise Misconfigured(msg)
        return None

    def _known(self, response: Response, asked: Request, visitor: str = "") -> Response:
        response.set_cookie(
            COOKIE,
            visitor or self._visitors.admit(),
            httponly=True,
            samesite="Lax",  # the way back from GitHub is another site's link
            secure=asked.is_secure,
        )
        return response

    def _stranger(self) -> Response:
        return self._refused(
            "Not for everybody",
            "Open the address that was printed where the server was started: it ends with a token.",
            HTTPStatus.FORBIDDEN,
            again=False,
        )

    def _refused(self, title: str, error: str, status: HTTPStatus, *, again: bool = True) -> Response:
        return self._page("refused.html.jinja", title=title, status=status, error=error, again=again)

    def _page(self, template: str, *, title: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response:
        nonce = secrets.token_urlsafe(16)
        text = render_template(template, title=title, nonce=nonce, host=self._host, **values)
        response = Response(text, status=status, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; "
            f"form-action 'self' {self._web}; base-uri 'none'; frame-ancestors 'none'"
        )
        return response


def _asked_address(asked: Request) -> str:
    try:
        return public_address(asked.host_url)
    except Misconfigured:
        return ""
