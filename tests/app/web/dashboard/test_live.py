"""The whole of it: ``quartet web`` in its processes, with a real database, a real Redis, and GitHub on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from app.errors import StoreDown
from app.settings import Settings
from app.store.store import open_store
from app.store.values import PullTimes
from app.store.versions import FAULTS
from app.web.dashboard import figures
from app.web.dashboard.figures import make_page
from app.web.dashboard.shown import FORM_TOKEN, VISITOR, Page, Shown, TookTooLong
from app.web.dashboard.wish import Wish
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.records import EventKind, Generation, Happening, Record, Source, Trace
from llm_runtime.messages import Usage
from tests.app.store.conftest import begin
from tests.app.web.processes import WebProcesses, web_processes
from tests.browser import CHROMIUM, browser
from tests.builders import finding
from tests.fakes.github_oauth import FakeGitHubSignIn
from tests.fakes.postgres_server import postgres
from tests.fakes.redis_server import free_port, own_redis

TOKEN = "operators-token-of-thirty-chars"
NOW = datetime.now(UTC)
HOLDERS = {"octo/app": 60_000_001, "Umbrella/Corp": 60_000_002}
"""The installations that GitHub names for them."""


def review(repository: str, number: int) -> list[Record]:
    """A review of yesterday, with a call and something that was lost."""
    trace = trace_id(repository, number, "a1b2", "job")
    began = NOW - timedelta(hours=20)
    return [
        Trace(id=trace, name="review", source=Source.APP, repository=repository, number=number, started_at=began),
        Generation(
            trace=trace,
            id="00000000000000a1",
            asker="security",
            question="q1",
            provider="openai",
            model="gpt-6.1-sol",
            usage=Usage(input_tokens=1_000, output_tokens=100),
            cost_usd=Decimal("0.25"),
            started_at=began,
            latency_ms=1_500,
        ),
        Happening(
            trace=trace, id="00000000000000b1", kind=EventKind.DROPPED, at=began, data={"by": "sink", "records": 7}
        ),
    ]


def fill(url: str) -> None:
    """Two repositories, with the costs of a review and a fault that comes back in each."""
    with open_books(url, FAULTS) as books:
        books.write([*review("octo/app", 7), *review("umbrella/corp", 8)])
    with open_store(url, now=lambda: NOW - timedelta(hours=1)) as store:
        for repository, path in (("octo/app", "shop/orders.py"), ("Umbrella/Corp", "umbrella/virus.py")):
            opened = [PullTimes(number=number, opened_at=NOW - timedelta(days=2)) for number in (1, 2, 3)]
            store.note_pull_times(repository, opened)
            for number in (1, 2, 3):
                made = finding(path=path, anchor=f"code {number}")
                store.remember_findings(begin(store, repository, number, installation=HOLDERS[repository]), [made])
                store.mark_told(repository, number, {made.fingerprint: number})


def settings_of(url: str) -> Settings:
    return Settings(DATABASE_URL=url)


def shown(*repositories: str, **changed: object) -> Shown:
    allowed = frozenset(repositories) if repositories else None
    usual = {"wish": Wish(), "period": Period(NOW - timedelta(days=7), NOW), "allowed": allowed}
    parts = {**usual, "repositories": allowed, "session": True, "complete": True, "root": "/dashboard", **changed}
    return Shown(**parts)  # type: ignore[arg-type] # a dictionary tells no types


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('figures') / 'quartet.db'}"
    fill(url)
    return url


@pytest.fixture(scope="module")
def page(url: str) -> Page:
    """A visitor's; drawing it takes most of a second."""
    return make_page(settings_of(url), shown("octo/app", complete=False))


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_visitors_page_has_nothing_of_another_repository(url: str, engine: str) -> None:
    if engine == "postgres":
        url = postgres().schema()
        fill(url)

    mine, all_of_it = (make_page(settings_of(url), what).html for what in (shown("octo/app"), shown()))

    assert "octo/app" in mine
    assert "shop" in mine
    assert "umbrella" not in mine
    assert "virus" not in mine
    assert "octo/app" in all_of_it
    assert "umbrella/corp" in all_of_it


def test_somebody_who_may_read_other_repositories_alone_sees_no_figure_at_all(url: str) -> None:
    page = make_page(settings_of(url), shown("third/app"))

    assert "octo" not in page.html
    assert "0.25" not in page.html


def test_the_page_holds_the_places_of_what_is_a_visitors_own(page: Page) -> None:
    text = page.of("<mona>", "f0f0")
    assert "Sign out &lt;mona&gt;" in text
    assert 'name="form" value="f0f0"' in text
    assert VISITOR not in text
    assert FORM_TOKEN not in text


def test_an_operator_without_a_session_is_led_to_the_queue_and_has_nothing_to_sign_out_of(url: str, page: Page) -> None:
    operators = make_page(settings_of(url), shown(session=False))

    assert 'href="/dashboard/queue"' in operators.html
    assert "/dashboard/queue" not in page.html
    assert "Sign out" not in operators.html


def test_the_page_says_when_it_is_not_of_all_repositories(page: Page) -> None:
    assert "Only 3,000 of the repositories that you may read are looked at." in page.html


def test_its_policy_lets_it_be_framed_by_nobody_and_runs_what_it_names_alone(page: Page) -> None:
    assert page.policy.endswith("; frame-ancestors 'none'")
    assert "default-src 'none'" in page.policy
    assert "unsafe" not in page.policy


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_question_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    url = f"sqlite:///{tmp_path / 'quartet.db'}" if engine == "sqlite" else postgres().schema()
    fill(url)
    monkeypatch.setattr(figures, "LONGEST_SECONDS", -1.0)
    monkeypatch.setattr(figures, "_STEPS", 1)

    with pytest.raises(TookTooLong, match="choose a shorter period"):
        make_page(settings_of(url), shown())


def test_a_database_that_is_away_is_not_said_to_be_slow(tmp_path: Path) -> None:
    (tmp_path / "quartet.db").write_bytes(b"this is no database, and long enough to be taken for one" * 20)

    with pytest.raises(StoreDown):
        make_page(settings_of(f"sqlite:///{tmp_path / 'quartet.db'}"), shown())


def test_a_server_that_has_just_been_started_shows_an_empty_page(tmp_path: Path) -> None:
    page: Page = make_page(settings_of(f"sqlite:///{tmp_path / 'new' / 'quartet.db'}"), shown())

    assert "<h1" in page.html


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WebProcesses, FakeGitHubSignIn]]:
    """A server of two processes, at which people sign in."""
    folder = tmp_path_factory.mktemp("live")
    url, port = f"sqlite:///{folder / 'quartet.db'}", free_port()
    fill(url)
    public = f"http://127.0.0.1:{port}"
    with FakeGitHubSignIn(callback=f"{public}/dashboard/signed-in") as github, own_redis() as redis:
        github.install("octo", "octo/app")
        github.install("umbrella", "umbrella/corp")
        github.people |= {"mona": {"octo/app"}, "ada": {"umbrella/corp"}}
        environment = {
            "REDIS_URL": redis.url,
            "DATABASE_URL": url,
            "QUARTET_PUBLIC_URL": public,
            "QUARTET_DASHBOARD_TOKEN": TOKEN,
            "GITHUB_API_URL": github.api_url,
            "GITHUB_APP_CLIENT_ID": github.client_id,
            "GITHUB_APP_CLIENT_SECRET": github.client_secret,
            "LANGFUSE_PUBLIC_KEY": "pk-lf-1",
            "LANGFUSE_SECRET_KEY": "sk-lf-1",
            "LANGFUSE_BASE_URL": "http://127.0.0.1:9",
        }
        with web_processes("--port", str(port), "--workers", "2", **environment) as web:
            web.wait_for("listening at")
            yield web, github


def test_who_has_a_name_now_sees_nothing_of_who_had_it_before(live: tuple[WebProcesses, FakeGitHubSignIn]) -> None:
    # An account was renamed, which no delivery tells, and somebody has taken its old name and installed the App.
    taker = live[1].install("octo", "octo/app")
    with live[1].lock:
        live[1].people["eve"] = {"octo/app"}
        live[1].places[0].repositories, kept = [], live[1].places[0].repositories

    eve, page = sign_in(*live, "eve")
    eve.close()
    with live[1].lock:
        live[1].places[0].repositories = kept
        live[1].places.remove(taker)

    assert "Nothing to see yet" in page.text
    assert "octo/app" not in page.text


def sign_in(web: WebProcesses, github: FakeGitHubSignIn, login: str) -> tuple[requests.Session, requests.Response]:
    """There, to GitHub and back, as a browser follows it."""
    session = requests.Session()
    github.at_the_browser = login
    return session, session.get(f"{web.url}/dashboard/sign-in", timeout=20)


def test_two_visitors_of_one_server_see_each_their_own(live: tuple[WebProcesses, FakeGitHubSignIn]) -> None:
    mona, first = sign_in(*live, "mona")
    ada, second = sign_in(*live, "ada")
    third = mona.get(f"{live[0].url}/dashboard?repository=umbrella/corp", timeout=20)
    mona.close()
    ada.close()

    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 404)
    assert "octo/app" in first.text
    assert "umbrella" not in first.text
    assert "umbrella/corp" in second.text
    assert "octo/app" not in second.text
    said = "\n".join(live[0].said)
    assert all(secret not in said for secret in (*live[1].tokens, live[1].client_secret))


def test_signing_out_is_known_to_all_processes(live: tuple[WebProcesses, FakeGitHubSignIn]) -> None:
    mona, page = sign_in(*live, "mona")
    form = re.search(r'name="form" value="([0-9a-f]{64})"', page.text)
    assert form

    with mona:
        mona.post(f"{live[0].url}/dashboard/sign-out", data={"form": form[1]}, timeout=20)
        statuses = {mona.get(f"{live[0].url}/dashboard", timeout=20).status_code for _ in range(4)}

    assert statuses == {401}


def test_readiness_tells_what_langfuse_has_lost(live: tuple[WebProcesses, FakeGitHubSignIn]) -> None:
    answer = requests.get(f"{live[0].url}/readyz", timeout=20)

    assert answer.json() == {"database": "ok", "queue": "ok", "langfuse": "14 records lost in the last day"}


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_signs_in_looks_and_finds_nothing_to_complain_of(
    live: tuple[WebProcesses, FakeGitHubSignIn], width: int
) -> None:
    web, github = live
    github.at_the_browser = "mona"
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    seen: list[tuple[str, int]] = []

    with browser() as tab:
        for address in ("/dashboard", "/dashboard/sign-in", "/dashboard?repository=umbrella/corp", "/dashboard/queue"):
            tab.open(f"{web.url}{address}", width=width)
            seen.append((tab.run("document.querySelector('h1').textContent"), tab.run(overflow)))
            assert [said for said in tab.complaints if "status of 40" not in said] == []
        cookie = tab.run("document.cookie")

    assert [name for name, _ in seen] == ["Sign in", "What reviews cost and bring", "Not here", "For operators"]
    assert {over for _, over in seen} == {0}
    assert cookie == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"GITHUB_APP_CLIENT_ID": "Iv1.1"}, "GITHUB_APP_CLIENT_SECRET and QUARTET_PUBLIC_URL must be set, too"),
        ({"QUARTET_DASHBOARD_TOKEN": "short"}, "QUARTET_DASHBOARD_TOKEN cannot be used: it must have 24 characters"),
    ],
    ids=["half of it", "a short token"],
)
def test_a_dashboard_that_is_set_up_wrong_is_told_before_anything_is_served(given: dict[str, str], said: str) -> None:
    with web_processes(REDIS_URL="redis://127.0.0.1:9/0", **given) as web:
        assert web.wait() == 2
        assert said in "\n".join(web.said)
