"""The way to GitHub and back, and out again."""

from __future__ import annotations

import logging
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from app.web.dashboard import sessions
from app.web.dashboard.departures import SECONDS, Departures
from tests.app.web.dashboard.conftest import PUBLIC, SignIn, StartDashboard, arrive, form_of, leave, place_of
from tests.fakes.github_oauth import CODE_SECONDS, FakeGitHubSignIn, path_of
from tests.fakes.redis_server import own_redis, redis_server
from tests.fakes.server import Reply, json_reply


@pytest.fixture(autouse=True)
def _somebody(github: FakeGitHubSignIn) -> None:
    github.install("octo", "octo/app")
    github.people["mona"] = {"octo/app"}
    github.at_the_browser = "mona"


def cookies_of(browser: FlaskClient, address: str) -> list[str]:
    return browser.get(address).headers.getlist("Set-Cookie")


def test_without_a_session_there_is_a_page_to_sign_in_with(web: FlaskClient, github: FakeGitHubSignIn) -> None:
    answer = web.get("/dashboard?since=7d&repository=octo/app")

    assert answer.status_code == 401
    assert 'href="/dashboard/sign-in?since=7d&amp;repository=octo%2Fapp"' in answer.text
    assert github.requests == []


def test_github_is_asked_for_nothing_but_who_it_is(web: FlaskClient, github: FakeGitHubSignIn) -> None:
    address = urlsplit(leave(web))

    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{github.url}/login/oauth/authorize"
    assert asked["redirect_uri"] == f"{PUBLIC}/dashboard/signed-in"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert set(asked) == {
        *("client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "allow_signup")
    }


@pytest.mark.parametrize(
    ("api", "web_address"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://git.example.com/api/v3", "https://git.example.com"),
        ("https://api.octo.ghe.com", "https://octo.ghe.com"),
    ],
)
def test_people_sign_in_where_their_github_is(start: StartDashboard, api: str, web_address: str) -> None:
    assert leave(start(api_url=api)).startswith(f"{web_address}/login/oauth/authorize?")


def test_every_way_to_github_has_a_state_and_a_challenge_of_its_own(web: FlaskClient) -> None:
    ways = [parse_qs(urlsplit(leave(web)).query) for _ in range(3)]

    assert len({way["state"][0] for way in ways}) == 3
    assert len({way["code_challenge"][0] for way in ways}) == 3


def test_the_way_back_is_good_once(web: FlaskClient, github: FakeGitHubSignIn) -> None:
    back = path_of(github.authorize(leave(web)))
    sealed = web.get_cookie("quartet_departure")
    first = web.get(back)
    without = web.get(back)
    web.delete_cookie("quartet_session")
    assert sealed is not None
    web.set_cookie("quartet_departure", sealed.value)

    again = web.get(back)

    assert place_of(first) == "/dashboard"
    assert (without.status_code, again.status_code) == (403, 401)
    assert "good for ten minutes, and once" in again.text
    assert web.get("/dashboard").status_code == 401
    assert len(github.tokens) == 1


def test_who_does_not_sign_in_leaves_nothing_in_redis(web: FlaskClient, github: FakeGitHubSignIn) -> None:
    """It is the Redis of the queue: a stranger must not be able to fill it."""
    with redis_server().client() as redis:
        before = set(redis.scan_iter())
        for _ in range(20):
            browser = web.application.test_client()
            browser.get("/dashboard")
            back = path_of(github.authorize(leave(browser)))
            browser.get(back.replace("code=", "code=x"))

        assert set(redis.scan_iter()) <= before


def test_what_a_browser_takes_along_tells_it_nothing(web: FlaskClient) -> None:
    address = leave(web, "?repository=octo/secret-project")

    sealed = web.get_cookie("quartet_departure")
    assert sealed is not None
    assert "secret-project" not in sealed.decoded_value + address
    assert sealed.http_only


def test_a_way_that_was_made_up_is_none(web: FlaskClient) -> None:
    sealed = Departures(b"another key that is 32 bytes long")
    departure, cookie = sealed.leave("")
    web.set_cookie("quartet_departure", cookie)

    answer = web.get("/dashboard/signed-in", query_string={"code": "c0de", "state": departure.state})

    assert answer.status_code == 403


def test_a_way_that_took_too_long_is_none(web: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    state = parse_qs(urlsplit(leave(web)).query)["state"][0]
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + SECONDS + 61)

    answer = web.get("/dashboard/signed-in", query_string={"code": "c0de", "state": state})

    assert answer.status_code == 403


def test_the_way_back_is_good_in_the_browser_that_began_it_alone(web: FlaskClient, github: FakeGitHubSignIn) -> None:
    victim = web.application.test_client()
    victim.get("/dashboard")
    back = path_of(github.authorize(leave(web)))

    answer = victim.get(back)

    assert answer.status_code == 403
    assert victim.get("/dashboard").status_code == 401


@pytest.mark.parametrize(
    "query", ["", "?code=1", "?state=", "?code=1&state=x", "?code=1&state=%00%0a", "?state=" + "x" * 9_000]
)
def test_a_way_back_that_nobody_began_leads_nowhere(web: FlaskClient, github: FakeGitHubSignIn, query: str) -> None:
    leave(web)

    answer = web.get(f"/dashboard/signed-in{query}")

    assert answer.status_code == 403
    assert [request.path for request in github.requests] == []


def test_a_code_that_is_too_old_is_told_so(web: FlaskClient, github: FakeGitHubSignIn) -> None:
    back = path_of(github.authorize(leave(web)))
    now = github.clock()
    github.clock = lambda: now + CODE_SECONDS + 1

    answer = web.get(back)

    assert answer.status_code == 401
    assert "good for ten minutes, and once; sign in again" in answer.text


@pytest.mark.parametrize("code", ["<script>", "a b", "x" * 201, ""])
def test_what_is_no_code_is_not_sent_to_github(web: FlaskClient, github: FakeGitHubSignIn, code: str) -> None:
    state = parse_qs(urlsplit(leave(web)).query)["state"][0]

    answer = web.get("/dashboard/signed-in", query_string={"code": code, "state": state})

    assert answer.status_code == 401
    assert github.requests == []


def test_a_code_of_another_browser_is_refused_by_its_verifier(web: FlaskClient, github: FakeGitHubSignIn) -> None:
    stolen = parse_qs(urlsplit(github.authorize(leave(web.application.test_client()))).query)["code"][0]
    state = parse_qs(urlsplit(leave(web)).query)["state"][0]

    answer = web.get("/dashboard/signed-in", query_string={"code": stolen, "state": state})

    assert answer.status_code == 401
    assert github.tokens == {}


def test_who_cancels_at_github_comes_back_to_the_page(web: FlaskClient, github: FakeGitHubSignIn) -> None:
    github.at_the_browser = None

    answer = arrive(web, github)

    assert answer.status_code == 401
    assert "GitHub did not sign you in" in answer.text


@pytest.mark.parametrize(
    ("wrong", "in_the_log"),
    [
        ({"client_secret": "another"}, "are not those of one App"),
        ({"public_url": "http://other.example.com"}, "the callback URL in the App's settings differ"),
    ],
    ids=["wrong secret", "wrong callback"],
)
def test_a_mistake_of_the_operator_is_for_the_log(
    start: StartDashboard,
    github: FakeGitHubSignIn,
    caplog: pytest.LogCaptureFixture,
    wrong: dict[str, str],
    in_the_log: str,
) -> None:
    browser = start(**wrong)
    if "public_url" in wrong:
        # GitHub sends no browser to an address that the App does not have; the code is as if it did.
        github.callback = "http://other.example.com/dashboard/signed-in"
        back = path_of(github.authorize(leave(browser)))
        github.fault("POST", "access_token", json_reply({"error": "redirect_uri_mismatch"}))
    else:
        back = path_of(github.authorize(leave(browser)))

    with caplog.at_level(logging.WARNING, "app.web"):
        answer = browser.get(back)

    assert answer.status_code == 503
    assert in_the_log not in answer.text
    assert in_the_log in caplog.text
    assert "another" not in caplog.text


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        Reply(status=404, body=b"Not Found"),
        Reply(body=b"<html>", headers={"content-type": "text/html"}),
        json_reply(["ghu_x"]),
        json_reply({"access_token": 7}),
        json_reply({"access_token": "ghu_with space and more"}),
        json_reply({"access_token": "ghu_0123456789", "expires_in": "soon"}),
        Reply(status=302, headers={"location": "http://127.0.0.1:1/"}),
        Reply(body=b"{}" * 50, cut=True),
    ],
    ids=["500", "404", "HTML", "a list", "a number", "a space", "no time", "a redirection", "half an answer"],
)
def test_whatever_else_github_answers_nobody_is_let_in(
    web: FlaskClient, github: FakeGitHubSignIn, reply: Reply
) -> None:
    back = path_of(github.authorize(leave(web)))
    github.fault("POST", "access_token", reply)

    answer = web.get(back)

    assert answer.status_code == 503
    assert "quartet_session" not in str(answer.headers)


def test_a_session_holds_a_random_id_in_the_browser_and_nothing_else(
    web: FlaskClient, github: FakeGitHubSignIn
) -> None:
    answer = arrive(web, github)

    cookie = web.get_cookie("quartet_session")
    assert cookie is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", cookie.value)
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    assert 0 < (cookie.max_age or 0) <= 8 * 3_600
    (token,) = github.tokens
    assert token not in str(answer.headers) + answer.text + web.get("/dashboard").text


def test_a_token_is_in_no_log_and_in_redis_only_sealed(
    web: FlaskClient, github: FakeGitHubSignIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        arrive(web, github)
        web.get("/dashboard")

    (token,) = github.tokens
    cookie = web.get_cookie("quartet_session")
    with redis_server().client() as redis:
        kept = [(name, redis.get(name)) for name in redis.scan_iter("*:dashboard:*:*") if redis.type(name) == b"string"]
    assert kept
    assert cookie is not None
    for secret in (token, "mona", "octo/app", cookie.value, github.client_secret):
        assert secret.encode() not in repr(kept).encode()
    assert token not in caplog.text
    assert github.client_secret not in caplog.text


def test_behind_https_cookies_are_for_this_host_and_https_alone(start: StartDashboard) -> None:
    browser = start(public_url="https://quartet.example.com")

    cookies = [*cookies_of(browser, "/dashboard"), *cookies_of(browser, "/dashboard/sign-in")]

    assert [cookie.partition("=")[0] for cookie in cookies] == ["__Host-quartet_browser", "__Host-quartet_departure"]
    assert all("Secure" in cookie and "Path=/;" in cookie and "Domain" not in cookie for cookie in cookies)


def test_signing_out_ends_the_session_and_the_token(sign_in: SignIn, github: FakeGitHubSignIn) -> None:
    mona = sign_in("mona")
    cookie = mona.get_cookie("quartet_session")
    form = form_of(mona.get("/dashboard"))

    answer = mona.post("/dashboard/sign-out", data={"form": form})
    assert cookie is not None
    mona.set_cookie("quartet_session", cookie.value)

    assert place_of(answer) == "/dashboard"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert github.tokens == {}
    assert mona.get("/dashboard").status_code == 401


def test_signing_in_again_ends_the_session_before(sign_in: SignIn, github: FakeGitHubSignIn) -> None:
    browser = sign_in("mona")
    former = browser.get_cookie("quartet_session")
    assert former
    thief = browser.application.test_client()
    thief.set_cookie("quartet_session", former.value)
    assert thief.get("/dashboard").status_code == 200

    arrive(browser, github)

    assert browser.get("/dashboard").status_code == 200
    assert thief.get("/dashboard").status_code == 401
    assert len(github.tokens) == 1


def test_signing_out_works_when_github_does_not(
    sign_in: SignIn, github: FakeGitHubSignIn, caplog: pytest.LogCaptureFixture
) -> None:
    mona = sign_in("mona")
    form = form_of(mona.get("/dashboard"))
    github.fault("DELETE", "/token$", Reply(status=500))

    with caplog.at_level(logging.WARNING, "app.web"):
        mona.post("/dashboard/sign-out", data={"form": form})

    assert mona.get("/dashboard").status_code == 401
    assert "GitHub was not told" in caplog.text


@pytest.mark.parametrize("form", ["", "0" * 64, "no", "\ud83d"])
def test_another_site_cannot_sign_anybody_out(sign_in: SignIn, form: str) -> None:
    mona = sign_in("mona")

    answer = mona.post("/dashboard/sign-out", data={"form": form.encode("utf-8", "replace")})

    assert answer.status_code == 403
    assert mona.get("/dashboard").status_code == 200


def test_a_form_of_one_visitor_is_none_of_another(sign_in: SignIn, github: FakeGitHubSignIn) -> None:
    github.people["ada"] = {"octo/app"}
    mona, ada = sign_in("mona"), sign_in("ada")

    answer = ada.post("/dashboard/sign-out", data={"form": form_of(mona.get("/dashboard"))})

    assert answer.status_code == 403


def test_sessions_end_when_a_secret_of_the_dashboard_is_changed(
    start: StartDashboard, github: FakeGitHubSignIn
) -> None:
    before = start()
    arrive(before, github)
    cookie = before.get_cookie("quartet_session")
    after = start(token="another-token-of-the-operators")
    assert cookie is not None

    after.set_cookie("quartet_session", cookie.value)

    assert before.get("/dashboard").status_code == 200
    assert after.get("/dashboard").status_code == 401


def test_who_signs_in_again_and_again_keeps_the_newest_sessions_alone(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, github: FakeGitHubSignIn
) -> None:
    monkeypatch.setattr(sessions, "MOST_OF_ONE", 2)
    github.people["ada"] = {"octo/app"}
    ada = sign_in("ada")

    browsers = [sign_in("mona") for _ in range(4)]

    assert [browser.get("/dashboard").status_code for browser in browsers] == [401, 401, 200, 200]
    assert ada.get("/dashboard").status_code == 200


def test_another_process_knows_the_session_too(start: StartDashboard, github: FakeGitHubSignIn) -> None:
    one, other = start(), start()
    arrive(one, github)
    cookie = one.get_cookie("quartet_session")
    assert cookie is not None

    other.set_cookie("quartet_session", cookie.value)

    assert other.get("/dashboard").status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "x" * 3_000, "../../etc", "é"])
def test_a_cookie_that_was_made_up_opens_nothing(web: FlaskClient, cookie: str) -> None:
    web.set_cookie("quartet_session", cookie)

    assert web.get("/dashboard").status_code == 401


def test_redis_that_does_not_answer_lets_nobody_in(start: StartDashboard, caplog: pytest.LogCaptureFixture) -> None:
    with own_redis() as redis:
        browser = start(redis_url=redis.url)
        browser.set_cookie("quartet_session", "x" * 43)
        redis.stop()

        with caplog.at_level(logging.WARNING, "app.web"):
            answer = browser.get("/dashboard")

    assert answer.status_code == 503
    assert f"127.0.0.1:{redis.port}" not in answer.text
    assert f"127.0.0.1:{redis.port}" in caplog.text


def test_the_pages_run_nothing_and_are_framed_by_nobody(web: FlaskClient) -> None:
    answer = web.get("/dashboard")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_behind_a_path_every_address_has_it(start: StartDashboard) -> None:
    answer = start(public_url="https://example.com/quartet").get("/dashboard?since=7d")

    assert 'href="/quartet/dashboard/sign-in?since=7d"' in answer.text
    assert 'action="/quartet/dashboard/token"' in answer.text
