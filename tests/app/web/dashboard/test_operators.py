"""The operators' token: as a header, in a form, and for those who guess."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web.dashboard import attempts
from tests.app.web.dashboard.conftest import TOKEN, Figures, StartDashboard, form_of, place_of


def send(
    browser: FlaskClient, token: str, *, wish: str = "", sender: str = "127.0.0.1", **headers: str
) -> TestResponse:
    """Fill in the form."""
    where: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": sender}, "headers": headers}
    form = form_of(browser.get("/dashboard", **where))
    return browser.post("/dashboard/token", data={"form": form, "token": token, "wish": wish}, **where)


def test_the_form_opens_a_session_for_everything(web: FlaskClient, figures: Figures) -> None:
    answer = send(web, f" {TOKEN} ", wish="?since=7d&repository=Octo/app")

    assert place_of(answer) == "/dashboard?since=7d&repository=octo%2Fapp"
    assert web.get(answer.headers["Location"]).status_code == 200
    assert [(shown.allowed, shown.session) for shown in figures.asked] == [(None, True)]


@pytest.mark.parametrize(
    "wish",
    ["//evil.example", "https://evil.example", "?next=//evil.example", "/\\evil", "\r\nSet-Cookie: a=b", "?since="],
)
def test_a_form_leads_nowhere_else(web: FlaskClient, wish: str) -> None:
    assert place_of(send(web, TOKEN, wish=wish)) == "/dashboard"


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é" * 30, "\x00"])
def test_a_wrong_token_opens_nothing(web: FlaskClient, token: str) -> None:
    answer = send(web, token)

    assert answer.status_code == 401
    assert "That is not the token." in answer.text
    assert web.get("/dashboard").status_code == 401


def test_a_form_that_another_site_sends_opens_nothing(web: FlaskClient) -> None:
    """Or a visitor would look at an operator's dashboard without knowing whose session it is."""
    web.get("/dashboard")

    answer = web.post("/dashboard/token", data={"form": "0" * 64, "token": TOKEN})

    assert answer.status_code == 403
    assert web.get("/dashboard").status_code == 401


def test_the_header_needs_no_session_and_opens_none(web: FlaskClient) -> None:
    answer = web.get("/dashboard", headers={"Authorization": f"bearer {TOKEN}"})

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert web.get("/dashboard").status_code == 401


def test_who_guesses_is_slowed_and_a_right_token_from_there_is_not_looked_at_either(web: FlaskClient) -> None:
    for _ in range(attempts.MOST_FROM_ONE):
        web.get("/dashboard", headers={"Authorization": "Bearer wrong"})

    by_header = web.get("/dashboard", headers={"Authorization": f"Bearer {TOKEN}"})
    by_form = send(web, TOKEN)

    assert (by_header.status_code, by_form.status_code) == (429, 429)
    assert 0 < int(by_header.headers["Retry-After"]) <= attempts.WINDOW_SECONDS


def test_who_guesses_slows_nobody_elsewhere(web: FlaskClient) -> None:
    for _ in range(attempts.MOST_FROM_ONE + 1):
        send(web, "wrong", sender="203.0.113.9")

    assert send(web, TOKEN, sender="203.0.113.9").status_code == 429
    assert send(web, TOKEN, sender="203.0.113.10").status_code == 303


@pytest.mark.parametrize("proxy", ["127.0.0.1", "172.18.0.1", "10.1.2.3", "::ffff:10.1.2.3", "::1", "fd00::1"])
def test_behind_a_proxy_each_visitor_is_counted_apart(web: FlaskClient, proxy: str) -> None:
    for number in range(attempts.MOST_FROM_ONE):
        # The first entry is the visitor's own word.
        send(web, "wrong", sender=proxy, **{"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"})

    assert send(web, TOKEN, sender=proxy, **{"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert send(web, TOKEN, sender=proxy, **{"X-Forwarded-For": "203.0.113.10"}).status_code == 303


def test_a_stranger_cannot_pretend_to_be_many(web: FlaskClient) -> None:
    for number in range(attempts.MOST_FROM_ONE):
        send(web, "wrong", sender="203.0.113.9", **{"X-Forwarded-For": f"198.51.100.{number}"})

    assert send(web, TOKEN, sender="203.0.113.9", **{"X-Forwarded-For": "198.51.100.99"}).status_code == 429


def test_the_addresses_of_one_ipv6_network_are_one_stranger(web: FlaskClient) -> None:
    for number in range(attempts.MOST_FROM_ONE):
        send(web, "wrong", sender=f"2001:db8::{number + 1:x}")

    assert send(web, TOKEN, sender="2001:db8::ffff").status_code == 429
    assert send(web, TOKEN, sender="2001:db8:0:1::1").status_code == 303


def test_many_strangers_together_are_slowed_too(web: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_FROM_ALL", 5)
    for number in range(5):
        send(web, "wrong", sender=f"203.0.113.{number}")

    assert send(web, TOKEN, sender="198.51.100.1").status_code == 429


def test_without_the_token_there_is_no_form_and_no_header_that_opens(start: StartDashboard) -> None:
    browser = start(token="")

    assert 'type="password"' not in browser.get("/dashboard").text
    assert browser.post("/dashboard/token", data={"token": ""}).status_code == 404
    assert browser.get("/dashboard", headers={"Authorization": "Bearer "}).status_code == 401


def test_without_an_app_to_sign_in_with_there_is_the_form_alone(start: StartDashboard) -> None:
    browser = start(client_id="", client_secret="")

    assert "Sign in with GitHub" not in browser.get("/dashboard").text
    assert browser.get("/dashboard/sign-in").status_code == 404
    assert send(browser, TOKEN).status_code == 303


def test_a_form_that_is_too_large_is_not_read(web: FlaskClient) -> None:
    assert web.post("/dashboard/token", data={"token": "x" * 100_000}).status_code == 413
