"""The page with the figures: its times, its headers, and what reloading it costs."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask.testing import FlaskClient

from app.errors import StoreDown
from app.web.dashboard.kept_pages import KeptPages
from app.web.dashboard.shown import Page, Shown, TookTooLong
from app.web.dashboard.wish import Wish
from llm_runtime.analytics.period import Period
from tests.app.web.conftest import StartWeb
from tests.app.web.dashboard.conftest import POLICY, TOKEN, Figures, StartDashboard, place_of


def shown(repository: str, *, until: int = 0) -> Shown:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    return Shown(
        wish=Wish(),
        period=Period(since, since + timedelta(days=1, seconds=until)),
        allowed=None,
        repositories=frozenset({repository}),
        session=True,
        complete=True,
        root="/dashboard",
    )


BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/queue", "/dashboard/sign-in", "/dashboard/signed-in"])
def test_without_a_setting_there_is_no_dashboard(start_web: StartWeb, path: str) -> None:
    assert start_web().get(path, headers=BEARER).status_code == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "is no time"),
        ("since=2026-11-01&until=2026-10-01", "nothing lies between"),
        ("since=1999-01-01", "two years at the most"),
        ("since=9999w", "two years at the most"),
        ("since=" + "9" * 50, "a time is written as"),
        ("repository=app", "owner/name"),
        ("repository=octo/app%0d%0aSet-Cookie:x", "owner/name"),
    ],
)
def test_a_wish_that_means_nothing_is_refused_in_words(
    web: FlaskClient, figures: Figures, query: str, said: str
) -> None:
    answer = web.get(f"/dashboard?{query}", headers=BEARER)

    assert answer.status_code == 400
    assert said in answer.text
    assert figures.asked == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/dashboard/", "/dashboard"),
        ("/dashboard/?since=7d&repository=octo/app", "/dashboard?since=7d&repository=octo/app"),
        ("/dashboard/?%0d%0aSet-Cookie:a=b//evil.example", "/dashboard?%0d%0aSet-Cookie:a=b//evil.example"),
    ],
)
def test_a_slash_too_many_leads_to_the_page(web: FlaskClient, typed: str, meant: str) -> None:
    assert place_of(web.get(typed)) == meant


def test_what_was_asked_for_is_escaped(web: FlaskClient) -> None:
    answer = web.get("/dashboard", query_string={"since": "<b onclick=x>"}, headers=BEARER)

    assert "<b onclick" not in answer.text


def test_the_page_brings_its_own_policy_and_is_kept_by_this_browser_alone(web: FlaskClient) -> None:
    answer = web.get("/dashboard", headers=BEARER)

    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Cookie, Authorization"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_page_that_is_loaded_again_is_not_sent_again(web: FlaskClient, figures: Figures) -> None:
    first = web.get("/dashboard", headers=BEARER)

    second = web.get("/dashboard", headers={**BEARER, "If-None-Match": first.headers["ETag"]})

    assert (second.status_code, second.data) == (304, b"")
    assert len(figures.asked) == 1


def test_who_is_not_let_in_is_not_told_that_a_page_is_the_same(web: FlaskClient) -> None:
    first = web.get("/dashboard", headers=BEARER)

    assert web.get("/dashboard", headers={"If-None-Match": first.headers["ETag"]}).status_code == 401


def test_a_page_is_made_anew_after_a_minute() -> None:
    now, made = [0.0], iter(range(10))
    pages = KeptPages(lambda: now[0])

    def make() -> Page:
        return Page(str(next(made)), "")

    seen = [pages.get(shown("octo/app"), make).html]
    for moment in (59.0, 60.0):
        now[0] = moment
        seen.append(pages.get(shown("octo/app"), make).html)

    assert seen == ["0", "0", "1"]


def test_a_page_whose_period_ends_now_is_the_same_a_second_later() -> None:
    pages = KeptPages(lambda: 0.0)

    first, second = (pages.get(shown("octo/app", until=n), lambda: Page("", "")) for n in (0, 1))

    assert first is second


def test_only_the_last_pages_are_kept() -> None:
    pages = KeptPages(lambda: 0.0)
    made: list[int] = []

    def make(key: int) -> Page:
        made.append(key)
        return Page("", "")

    for key in (*range(17), 16, 0):
        pages.get(shown(f"octo/app{key}"), partial(make, key))

    assert made == [*range(17), 0]


def test_a_database_that_does_not_answer_is_told_without_its_name(start: StartDashboard) -> None:
    def down(_: Shown) -> Page:
        raise StoreDown("the database at db.internal does not answer; start it")

    answer = start(make_page=down).get("/dashboard", headers=BEARER)

    assert answer.status_code == 503
    assert "db.internal" not in answer.text


def test_who_asks_for_too_much_is_told_to_ask_for_less(start: StartDashboard) -> None:
    def slow(_: Shown) -> Page:
        raise TookTooLong("that takes too long; choose a shorter period, or a repository")

    answer = start(make_page=slow).get("/dashboard", headers=BEARER)

    assert answer.status_code == 503
    assert "That takes too long; choose a shorter period, or a repository." in answer.text


def test_a_dashboard_that_is_slow_leaves_room_for_deliveries(start: StartDashboard) -> None:
    entered, leave = threading.Barrier(3), threading.Event()

    def slow(_: Shown) -> Page:
        entered.wait(20)
        leave.wait(20)
        return Page("at last", POLICY)

    app = start(make_page=slow).application
    statuses: list[int] = []

    def look(number: int) -> None:
        answer = app.test_client().get(f"/dashboard?since={number}d", headers=BEARER)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=look, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    entered.wait(20)
    third = app.test_client().get("/dashboard", headers=BEARER)
    alive = app.test_client().get("/healthz")
    leave.set()
    for thread in threads:
        thread.join(20)
    after = app.test_client().get("/dashboard?since=1d", headers=BEARER)

    assert (third.status_code, third.headers["Retry-After"]) == (503, "2")
    assert alive.status_code == 200
    assert statuses == [200, 200]
    assert after.status_code == 200
