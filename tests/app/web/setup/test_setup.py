from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from app.web.setup.application import SetUp, create_setup_app
from tests import openapi
from tests.fakes.github_app import FakeGitHubApp

TOKEN = "a-long-token"
PUBLIC = "https://quartet.example.com"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\n"
MADE: dict[str, Any] = {
    "id": 4711,
    "name": "Quartet of octo",
    "html_url": "https://github.com/apps/quartet-of-octo",
    "webhook_secret": "s3cret",
    "pem": KEY,
    "client_id": "Iv1.1",
    "client_secret": "cl13nt",
}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}

StartSetup = Callable[..., FlaskClient]


@pytest.fixture
def start_setup() -> StartSetup:
    """``start_setup(**setting)`` is a browser on this machine."""

    def start(**setting: str) -> FlaskClient:
        return create_setup_app(SetUp(token=TOKEN, **{"public_url": PUBLIC, **setting})).test_client()

    return start


@pytest.fixture
def github() -> Iterator[FakeGitHubApp]:
    with FakeGitHubApp() as github:
        yield github
    if openapi.available():
        assert [fault for request in github.requests for fault in openapi.request_faults(request)] == []


def form(page: str) -> tuple[str, dict[str, Any]]:
    """Where the button sends, and the manifest that it sends."""
    action = re.search(r'<form class="wide-form" method="post" action="([^"]+)"', page)
    manifest = re.search(r'name="manifest" value="([^"]+)"', page)
    assert action
    assert manifest
    return html.unescape(action[1]), json.loads(html.unescape(manifest[1]))


def state_of(page: str) -> str:
    return parse_qs(urlsplit(form(page)[0]).query)["state"][0]


def test_the_button_sends_the_manifest_to_github(start_setup: StartSetup) -> None:
    action, manifest = form(start_setup().get("/setup").text)

    assert action.startswith("https://github.com/settings/apps/new?state=")
    assert manifest["hook_attributes"] == {"url": f"{PUBLIC}/webhooks/github", "active": True}
    assert manifest["redirect_url"] == f"{PUBLIC}/setup/done"
    assert manifest["callback_urls"] == [f"{PUBLIC}/dashboard/signed-in"]
    assert manifest["request_oauth_on_install"] is False
    assert manifest["public"] is False


def test_the_app_asks_for_what_it_needs_and_no_more(start_setup: StartSetup) -> None:
    _, manifest = form(start_setup().get("/setup").text)

    assert manifest["default_permissions"] == {
        "metadata": "read",
        "contents": "read",
        "pull_requests": "write",
        "issues": "write",
        "checks": "write",
        "merge_queues": "read",
    }
    assert set(manifest["default_events"]) == {
        "pull_request",
        "issue_comment",
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_review_thread",
        "check_run",
        "check_suite",
        "merge_group",
        "repository",
    }


def test_every_permission_has_its_reason_on_the_page(start_setup: StartSetup) -> None:
    page = start_setup().get("/setup").text

    for name in ("Metadata: read", "Contents: read", "Pull requests: write", "Checks: write", "Merge queues: read"):
        assert name in page


def test_an_organisation_owns_it_where_one_is_named(start_setup: StartSetup) -> None:
    page = start_setup().get("/setup", query_string={"organisation": "octo-org", "name": "Octo reviews"}).text

    action, manifest = form(page)
    assert action.startswith("https://github.com/organizations/octo-org/settings/apps/new?state=")
    assert manifest["name"] == "Octo reviews"


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://git.example.com/api/v3", "https://git.example.com"),
        ("https://api.octo.ghe.com", "https://octo.ghe.com"),
    ],
)
def test_another_github_registers_it_where_that_is_seen(start_setup: StartSetup, api: str, web: str) -> None:
    answer = start_setup(api_url=api).get("/setup")

    assert form(answer.text)[0].startswith(f"{web}/settings/apps/new?state=")
    assert f"form-action 'self' {web};" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"address": "quartet.example.com"}, id="an address without a protocol"),
        pytest.param({"address": "https://me:secret@example.com"}, id="an address with a password"),
        pytest.param({"address": "https://[::1"}, id="no address"),
        pytest.param({"address": "http://127.0.0.1:8000"}, id="an address of this machine"),
        pytest.param({"address": "https://example.com/?a=b"}, id="an address with a query"),
        pytest.param({"name": ""}, id="no name"),
        pytest.param({"name": "a" * 35}, id="a long name"),
        pytest.param({"organisation": "../settings"}, id="a path for an organisation"),
        pytest.param({"organisation": '"><script>alert(1)</script>'}, id="a script for an organisation"),
    ],
)
def test_what_cannot_be_is_said_beside_the_form_and_there_is_no_button(
    start_setup: StartSetup, typed: dict[str, str]
) -> None:
    answer = start_setup().get("/setup", query_string=typed)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'name="manifest"' not in answer.text
    assert "<script>alert" not in answer.text


def test_where_github_cannot_reach_the_server_it_asks_for_a_public_address(start_setup: StartSetup) -> None:
    page = start_setup(public_url="").get("/setup", headers={"Host": "127.0.0.1:8000"}).text

    assert "Where does GitHub reach this server?" in page
    assert 'name="manifest"' not in page


def test_without_a_public_address_the_one_that_was_asked_for_is_taken(start_setup: StartSetup) -> None:
    setup = start_setup(public_url="")
    asked = {"base_url": "https://bot.example.org", "environ_overrides": ELSEWHERE}
    setup.get(f"/setup?token={TOKEN}", **asked)

    _, manifest = form(setup.get("/setup", **asked).text)

    assert manifest["hook_attributes"]["url"] == "https://bot.example.org/webhooks/github"


@pytest.mark.parametrize(
    ("environment", "more"),
    [
        pytest.param(ELSEWHERE, {}, id="from another machine"),
        pytest.param({}, {"X-Forwarded-For": "127.0.0.1"}, id="through a proxy"),
        pytest.param({}, {"Host": "quartet.example.com"}, id="under a public name"),
    ],
)
def test_nobody_but_this_machine_is_let_in_without_the_token(
    start_setup: StartSetup, environment: dict[str, str], more: dict[str, str]
) -> None:
    setup = start_setup()

    for query in ("", "?token=", "?token=wrong", "?token=%ff", f"?token={TOKEN}x"):
        answer = setup.get(f"/setup{query}", environ_overrides=environment, headers=more)
        assert answer.status_code == 403
        assert 'name="manifest"' not in answer.text


def test_who_has_the_token_is_let_in_and_it_leaves_the_address_bar(start_setup: StartSetup) -> None:
    setup = start_setup()

    first = setup.get(f"/setup?token={TOKEN}", environ_overrides=ELSEWHERE)
    second = setup.get("/setup", environ_overrides=ELSEWHERE)

    assert (first.status_code, first.headers["Location"]) == (303, "setup")
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert "SameSite=Lax" in first.headers["Set-Cookie"]
    assert second.status_code == 200


def test_a_cookie_that_was_not_made_here_lets_nobody_in(start_setup: StartSetup) -> None:
    setup = start_setup()
    setup.set_cookie("quartet_setup", "name.signature")

    assert setup.get("/setup", environ_overrides=ELSEWHERE).status_code == 403


def test_the_secrets_are_shown_once(start_setup: StartSetup, github: FakeGitHubApp) -> None:
    github.manifests["c0de"] = MADE
    setup = start_setup(api_url=github.api_url)
    state = state_of(setup.get("/setup").text)

    first = setup.get("/setup/done", query_string={"code": "c0de", "state": state})
    second = setup.get("/setup/done", query_string={"code": "c0de", "state": state})

    page = html.unescape(first.text)
    assert first.status_code == 200
    assert 'GITHUB_APP_ID="4711"' in page
    assert 'GITHUB_WEBHOOK_SECRET="s3cret"' in page
    key = r"-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----"
    assert f'GITHUB_APP_PRIVATE_KEY="{key}"' in page
    assert "https://github.com/apps/quartet-of-octo/installations/new" in page
    assert 'GITHUB_APP_CLIENT_ID="Iv1.1"' in page
    assert 'GITHUB_APP_CLIENT_SECRET="cl13nt"' in page
    assert first.headers["Cache-Control"] == "no-store"
    assert second.status_code == 403
    assert "s3cret" not in second.text
    assert "cl13nt" not in second.text


def test_without_an_address_to_come_back_to_nothing_of_signing_in_is_shown(
    start_setup: StartSetup, github: FakeGitHubApp
) -> None:
    """The server would not start with half of it."""
    github.manifests["c0de"] = MADE
    setup = start_setup(api_url=github.api_url, public_url="")
    state = state_of(setup.get("/setup").text)

    page = setup.get("/setup/done", query_string={"code": "c0de", "state": state}).text

    assert "GITHUB_WEBHOOK_SECRET" in page
    assert "GITHUB_APP_CLIENT" not in page


def test_the_way_back_is_for_the_browser_that_began(start_setup: StartSetup, github: FakeGitHubApp) -> None:
    github.manifests["c0de"] = MADE
    app = create_setup_app(SetUp(token=TOKEN, api_url=github.api_url, public_url=PUBLIC))
    one, another, none = app.test_client(), app.test_client(), app.test_client(use_cookies=False)
    state = state_of(one.get("/setup").text)
    another.get("/setup")

    stolen, bare, own = (
        browser.get("/setup/done", query_string={"code": "c0de", "state": state}) for browser in (another, none, one)
    )

    assert (stolen.status_code, bare.status_code, own.status_code) == (403, 403, 200)


@pytest.mark.parametrize("state", ["", ".", "made.up", "\ud800", "a" * 100_000])
def test_a_state_that_was_not_given_is_refused(start_setup: StartSetup, state: str) -> None:
    setup = start_setup()
    setup.get("/setup")

    wire = state.encode("utf-8", "replace").decode()
    assert setup.get("/setup/done", query_string={"code": "c0de", "state": wire}).status_code == 403


@pytest.mark.parametrize("code", ["", "unknown", "../../user", "c0de/../../x", "c0de\nx"])
def test_a_code_that_github_did_not_give_says_what_to_do(
    start_setup: StartSetup, github: FakeGitHubApp, code: str
) -> None:
    setup = start_setup(api_url=github.api_url)
    state = state_of(setup.get("/setup").text)

    answer = setup.get("/setup/done", query_string={"code": code, "state": state})

    assert answer.status_code == 502
    assert "begin again at /setup" in answer.text


def test_an_answer_that_is_no_app_is_said_in_one_line(start_setup: StartSetup, github: FakeGitHubApp) -> None:
    github.manifests["c0de"] = {"id": 4711}
    setup = start_setup(api_url=github.api_url)
    state = state_of(setup.get("/setup").text)

    answer = setup.get("/setup/done", query_string={"code": "c0de", "state": state})

    assert answer.status_code == 502
    assert "set it up by hand (docs/app.md)" in answer.text


def test_a_github_that_does_not_answer_is_said_in_one_line(start_setup: StartSetup) -> None:
    setup = start_setup(api_url="http://127.0.0.1:1")
    state = state_of(setup.get("/setup").text)

    assert setup.get("/setup/done", query_string={"code": "c0de", "state": state}).status_code == 502


def test_deliveries_that_come_too_early_are_refused_so_that_they_come_again(start_setup: StartSetup) -> None:
    setup = start_setup()

    assert setup.post("/webhooks/github", data=b"{}").status_code == 503
    assert setup.get("/healthz").status_code == 200


def test_a_page_runs_its_own_script_alone(start_setup: StartSetup) -> None:
    setup = start_setup()

    first, second = (setup.get("/setup").headers["Content-Security-Policy"] for _ in range(2))

    assert "default-src 'none'" in first
    assert "unsafe" not in first
    assert first != second
