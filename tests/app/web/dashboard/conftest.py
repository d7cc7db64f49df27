"""The dashboard in this process, on a real Redis, with a GitHub on loopback at which people sign in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.queue import JobQueue
from app.web.application import create_app
from app.web.dashboard.mounting import Dashboard
from app.web.dashboard.setting import DashboardSetting
from app.web.dashboard.shown import FORM_TOKEN, VISITOR, Page, Shown
from app.web.ports import Ports
from tests import openapi
from tests.app.web.signing import SECRET
from tests.fakes.github_oauth import PREFIX, FakeGitHubSignIn, path_of
from tests.fakes.redis_server import own_prefix, redis_server

PUBLIC = "http://quartet.example.com"
TOKEN = "operators-token-of-thirty-chars"
POLICY = "default-src 'none'"


class Figures:
    """Stands where the figures are made; says which repositories were asked for."""

    def __init__(self) -> None:
        self.asked: list[Shown] = []

    def __call__(self, shown: Shown) -> Page:
        self.asked.append(shown)
        names = "everything" if shown.repositories is None else " ".join(sorted(shown.repositories))
        form = f'<form action="{shown.root}/sign-out"><input type="hidden" name="form" value="{FORM_TOKEN}"></form>'
        return Page(f"<p>{VISITOR} sees {names} since {shown.wish.since}</p>{form}", POLICY)


def nobody(_: Mapping[str, int]) -> frozenset[str]:
    """Holds any of these names."""
    return frozenset()


StartDashboard = Callable[..., FlaskClient]
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def github() -> Iterator[FakeGitHubSignIn]:
    with FakeGitHubSignIn(callback=f"{PUBLIC}/dashboard/signed-in") as github:
        yield github
    if openapi.available():
        sent = [request for request in github.requests if request.path.startswith(PREFIX)]
        assert [fault for request in sent for fault in openapi.request_faults(request, prefix=PREFIX)] == []


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.fixture
def setting(github: FakeGitHubSignIn) -> DashboardSetting:
    return DashboardSetting(
        api_url=github.api_url,
        client_id=github.client_id,
        client_secret=github.client_secret,
        token=TOKEN,
        public_url=PUBLIC,
    )


@pytest.fixture
def start(setting: DashboardSetting, figures: Figures) -> Iterator[StartDashboard]:
    """``start(**setting)`` is a browser that has not signed in; browsers of one test share one server's Redis."""
    own = own_prefix()
    queues: list[JobQueue] = []

    def started(
        *, make_page: Any = figures, held: Any = nobody, redis_url: str = "", prefix: str = own, **changed: Any
    ) -> FlaskClient:
        url = redis_url or redis_server().url
        queues.append(JobQueue(url, prefix=prefix))
        dashboard = Dashboard(
            setting=replace(setting, **changed), redis_url=url, make_page=make_page, held_by_others=held, prefix=prefix
        )
        ports = Ports(secret=SECRET, queue=queues[-1], ping_store=lambda: None, dashboard=dashboard)
        return create_app(ports).test_client()

    yield started
    for queue in queues:
        queue.close()


@pytest.fixture
def web(start: StartDashboard) -> FlaskClient:
    return start()


@pytest.fixture
def sign_in(web: FlaskClient, github: FakeGitHubSignIn) -> SignIn:
    """``sign_in(login)`` is another browser of the same server, whose visitor has come back from GitHub."""

    def signed_in(login: str, query: str = "") -> FlaskClient:
        browser = web.application.test_client()
        github.at_the_browser = login
        arrive(browser, github, query)
        return browser

    return signed_in


def leave(browser: FlaskClient, query: str = "") -> str:
    """Press the button; where at GitHub the browser is sent to."""
    answer = browser.get(f"/dashboard/sign-in{query}")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def arrive(browser: FlaskClient, github: FakeGitHubSignIn, query: str = "") -> TestResponse:
    """There and back again."""
    return browser.get(path_of(github.authorize(leave(browser, query))))


def form_of(answer: TestResponse) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="form" value="([^"]+)"', answer.text)
    assert found, answer.text
    return unescape(found[1])


def place_of(answer: TestResponse) -> str:
    """Where a redirection leads, as a path; it must stay on this server."""
    assert answer.status_code == 303, answer.text
    assert not urlsplit(answer.headers["Location"]).netloc
    return answer.headers["Location"]
