"""GitHub where people sign in: an Enterprise server with one App, its OAuth pages and what a user's token may read.

    with FakeGitHubSignIn(callback="https://quartet.example.com/dashboard/signed-in") as github:
        octo = github.install("octo", "octo/app", "octo/secret")
        github.people["mona"] = {"octo/app"}                    # what each person may read
        github.at_the_browser = "mona"                          # who confirms at GitHub; None for who cancels
        back = github.authorize(address)                        # a browser follows our redirection: where it comes back

Rules kept (docs.github.com, "Generating a user access token for a GitHub App"): the redirect URI is exactly a callback
URL of the App; a code is good for ten minutes and once, with the redirect URI and the verifier that it was asked for;
wrong secrets and codes are told with 200; a token is good for eight hours, is revoked under the App's secrets, and
lists installations and repositories that both its person and the App may read, page by page; all others are 404.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from tests.fakes.github_replies import refused
from tests.fakes.github_server import GitHubServer
from tests.fakes.server import Incoming, Reply, json_reply

CODE_SECONDS = 600
TOKEN_SECONDS = 28_800
PREFIX = "/api/v3"


@dataclass(kw_only=True)
class Place:
    """An account on which the App is installed, with the repositories that the App was given there."""

    id: int
    account: str
    repositories: list[str]
    suspended: bool = False
    single_sign_on: set[str] = field(default_factory=set)
    """People whose session at the organisation's identity provider has ended."""


@dataclass(frozen=True, kw_only=True)
class Code:
    login: str
    redirect_uri: str
    challenge: str
    at: float

    def is_for(self, verifier: str) -> bool:
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return self.challenge in {"", digest}


class FakeGitHubSignIn(GitHubServer):
    """See the module."""

    def __init__(
        self,
        *,
        callback: str = "",
        client_id: str = "Iv23liQuartet",
        client_secret: str = "0123456789abcdef0123456789abcdef01234567",
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.callback, self.client_id, self.client_secret, self.clock = callback, client_id, client_secret, clock
        self.people: dict[str, set[str]] = {}
        self.places: list[Place] = []
        self.at_the_browser: str | None = None
        self.tokens: dict[str, tuple[str, float]] = {}
        self._codes: dict[str, Code] = {}

    @property
    def api_url(self) -> str:
        return f"{self.url}{PREFIX}"

    def install(self, account: str, *repositories: str) -> Place:
        place = Place(id=60_000_000 + len(self.places) + 1, account=account, repositories=list(repositories))
        self.places.append(place)
        return place

    def authorize(self, address: str) -> str:
        """Follow a redirection as a browser does, and come to where GitHub sends it back."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def expire_tokens(self) -> None:
        with self.lock:
            self.tokens.clear()

    def _answer(self, request: Incoming) -> Reply:
        match (request.method, request.path):
            case ("GET", "/login/oauth/authorize"):
                return self._authorize(request)
            case ("POST", "/login/oauth/access_token"):
                return self._exchange(request)
            case ("DELETE", path) if path == f"{PREFIX}/applications/{self.client_id}/token":
                return self._revoke(request)
            case _:
                return self._as_user(request)

    def _authorize(self, request: Incoming) -> Reply:
        asked = request.query
        if asked.get("client_id") != self.client_id:
            return Reply(status=404, body=b"Not Found")
        redirect_uri = asked.get("redirect_uri", self.callback)
        state = {"state": asked["state"]} if "state" in asked else {}
        if redirect_uri != self.callback:
            return _found(self.callback, {"error": "redirect_uri_mismatch", **state})
        if self.at_the_browser is None:
            return _found(redirect_uri, {"error": "access_denied", **state})
        challenge = asked.get("code_challenge", "")
        if challenge and (asked.get("code_challenge_method") != "S256" or len(challenge) != 43):
            return Reply(status=400, body=b"invalid code_challenge")
        code = secrets.token_hex(10)
        self._codes[code] = Code(
            login=self.at_the_browser, redirect_uri=redirect_uri, challenge=challenge, at=self.clock()
        )
        return _found(redirect_uri, {"code": code, **state})

    def _exchange(self, request: Incoming) -> Reply:
        asked = dict(parse_qsl(request.body.decode()))
        if asked.get("client_id") != self.client_id:
            return json_reply({"error": "Not Found"}, status=404)
        if asked.get("client_secret") != self.client_secret:
            return _told("incorrect_client_credentials")
        code = self._codes.get(asked.get("code", ""))
        if code is None or code.at + CODE_SECONDS <= self.clock() or not code.is_for(asked.get("code_verifier", "")):
            return _told("bad_verification_code")
        if asked.get("redirect_uri", code.redirect_uri) != code.redirect_uri:
            return _told("redirect_uri_mismatch")
        del self._codes[asked["code"]]
        token = f"ghu_{secrets.token_urlsafe(27)}"
        self.tokens[token] = (code.login, self.clock() + TOKEN_SECONDS)
        granted = {
            "access_token": token,
            "expires_in": TOKEN_SECONDS,
            "refresh_token": f"ghr_{secrets.token_urlsafe(57)}",
            "refresh_token_expires_in": 15_897_600,
            "scope": "",
            "token_type": "bearer",
        }
        if "json" in request.headers.get("accept", ""):
            return json_reply(granted)
        return Reply(body=urlencode(granted).encode(), headers={"content-type": "application/x-www-form-urlencoded"})

    def _revoke(self, request: Incoming) -> Reply:
        expected = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return refused(404, "Not Found")
        if self.tokens.pop(request.json["access_token"], None) is None:
            return refused(422, "Validation Failed")
        return Reply(status=204)

    def _as_user(self, request: Incoming) -> Reply:
        token = request.headers.get("authorization", "").partition(" ")[2]
        login, until = self.tokens.get(token, ("", 0.0))
        if until <= self.clock():
            return refused(401, "Bad credentials")
        path = request.path.removeprefix(PREFIX)
        if path == "/user":
            person = {"login": login, "id": 1, "node_id": "U_1", "type": "User", "site_admin": False}
            return json_reply({**person, "user_view_type": "private"})
        seen = [place for place in self.places if place.suspended or self._may_read(login, place)]
        if path == "/user/installations":
            return _paged(request, "installations", (_shown(place) for place in seen))
        match = re.fullmatch(r"/user/installations/(\d+)/repositories", path)
        place = next((place for place in seen if match and place.id == int(match[1])), None)
        return refused(404, "Not Found") if place is None else self._repositories(request, login, place)

    def _repositories(self, request: Incoming, login: str, place: Place) -> Reply:
        if place.suspended:
            return refused(403, "This installation has been suspended")
        if login in place.single_sign_on:
            return refused(403, "Resource protected by organization SAML enforcement.", **{"x-github-sso": "required"})
        return _paged(request, "repositories", (_repository(name) for name in self._may_read(login, place)))

    def _may_read(self, login: str, place: Place) -> list[str]:
        return [name for name in place.repositories if name in self.people.get(login, ())]


def _found(address: str, query: dict[str, str]) -> Reply:
    return Reply(status=302, headers={"location": f"{address}?{urlencode(query)}"})


def _told(error: str) -> Reply:
    return json_reply({"error": error, "error_description": error.replace("_", " "), "error_uri": "https://docs"})


def _paged(request: Incoming, key: str, items: Iterable[dict[str, Any]]) -> Reply:
    every = list(items)
    size, number = min(100, int(request.query.get("per_page", 30))), int(request.query.get("page", 1))
    return json_reply({"total_count": len(every), key: every[(number - 1) * size : number * size]})


def _shown(place: Place) -> dict[str, Any]:
    return {
        "id": place.id,
        "account": {"login": place.account, "id": 1, "type": "Organization"},
        "app_id": 4711,
        "app_slug": "quartet",
        "repository_selection": "selected",
        "suspended_at": "2026-11-01T00:00:00Z" if place.suspended else None,
    }


def _repository(name: str) -> dict[str, Any]:
    owner, _, repo = name.partition("/")
    return {
        "id": 1,
        "name": repo,
        "full_name": name,
        "private": True,
        "owner": {"login": owner, "id": 1, "type": "Organization"},
        "fork": False,
        "default_branch": "main",
    }


def path_of(address: str) -> str:
    """Path and query of an address: what a test client is sent to."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
