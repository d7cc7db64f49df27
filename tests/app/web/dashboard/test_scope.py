"""Who sees what: the one thing that must never go wrong."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient

from app.web.dashboard import sessions
from tests.app.web.dashboard.conftest import TOKEN, Figures, SignIn, arrive, form_of
from tests.fakes.github_oauth import FakeGitHubSignIn
from tests.fakes.github_replies import refused, secondary_limited
from tests.fakes.redis_server import redis_server
from tests.fakes.server import Reply


@pytest.fixture
def two(github: FakeGitHubSignIn) -> FakeGitHubSignIn:
    """Two installations, a reader of each, and repositories that neither the one nor the other may read."""
    github.install("octo", "octo/app", "octo/secret")
    github.install("Umbrella", "Umbrella/Corp")
    github.people |= {"mona": {"octo/app", "octo/not-installed"}, "ada": {"Umbrella/Corp"}}
    return github


def forget_what_github_said() -> None:
    """As it is three minutes later."""
    with redis_server().client() as redis:
        for name in redis.scan_iter("*:dashboard:readable:*"):
            redis.delete(name)


def test_two_visitors_see_each_their_own_repositories(two: FakeGitHubSignIn, sign_in: SignIn) -> None:
    mona, ada = sign_in("mona"), sign_in("ada")

    assert "mona sees octo/app since" in mona.get("/dashboard").text
    assert "ada sees umbrella/corp since" in ada.get("/dashboard").text
    assert "mona sees octo/app since" in mona.get("/dashboard").text


@pytest.mark.parametrize(
    "query",
    [
        "repository=umbrella/corp",
        "repository=Umbrella/Corp",
        "repository=octo/secret",
        "repository=octo/not-installed",
        "repository=octo/app&repository=umbrella/corp&repository=octo/secret",
        "repositories=umbrella/corp",
        "scope=all&operator=1&name=ada&repositories=",
        "repository=octo/app%00",
        "repository=octo/app%2Cumbrella/corp",
        "repository=*",
        "repository=%25",
        "repository=octo/app'%20or%20'1'='1",
    ],
)
def test_no_parameter_shows_a_visitor_more(
    two: FakeGitHubSignIn, sign_in: SignIn, figures: Figures, query: str
) -> None:
    sign_in("mona").get(f"/dashboard?{query}")

    assert {shown.repositories for shown in figures.asked} <= {frozenset({"octo/app"})}


@pytest.mark.parametrize("name", ["octo/secret", "octo/there-is-none"])
def test_a_repository_that_is_not_for_a_visitor_is_as_one_that_does_not_exist(
    two: FakeGitHubSignIn, sign_in: SignIn, name: str
) -> None:
    answer = sign_in("mona").get(f"/dashboard?repository={name}")

    assert answer.status_code == 404
    assert f"There is no {name} that you may read" in answer.text


def test_a_repository_is_chosen_by_name_however_it_is_written(
    two: FakeGitHubSignIn, sign_in: SignIn, figures: Figures
) -> None:
    answer = sign_in("ada").get("/dashboard?repository=UMBRELLA/corp&since=7d")

    assert answer.status_code == 200
    assert [(shown.repositories, shown.wish.since) for shown in figures.asked] == [(frozenset({"umbrella/corp"}), "7d")]


def test_who_may_read_nothing_is_told_what_to_do(two: FakeGitHubSignIn, sign_in: SignIn, figures: Figures) -> None:
    answer = sign_in("nobody").get("/dashboard")

    assert answer.status_code == 200
    assert "Ask an owner of the repository" in answer.text
    assert figures.asked == []


def test_a_repository_that_is_taken_away_is_gone_when_github_is_asked_again(
    two: FakeGitHubSignIn, sign_in: SignIn
) -> None:
    two.places[0].repositories.append("octo/more")
    two.people["mona"].add("octo/more")
    mona = sign_in("mona")
    before = mona.get("/dashboard").text

    two.people["mona"].remove("octo/app")
    forget_what_github_said()
    after = mona.get("/dashboard").text

    assert "mona sees octo/app octo/more since" in before
    assert "mona sees octo/more since" in after


def test_a_renamed_repository_is_seen_under_its_new_name_alone(two: FakeGitHubSignIn, sign_in: SignIn) -> None:
    mona = sign_in("mona")
    two.places[0].repositories[0] = "octo/renamed"
    two.people["mona"] = {"octo/renamed"}
    forget_what_github_said()

    assert "mona sees octo/renamed since" in mona.get("/dashboard").text
    assert mona.get("/dashboard?repository=octo/app").status_code == 404


def test_github_is_asked_again_after_three_minutes_at_the_latest(two: FakeGitHubSignIn, sign_in: SignIn) -> None:
    sign_in("mona")

    with redis_server().client() as redis:
        seconds = [redis.ttl(name) for name in redis.scan_iter("*:dashboard:readable:*")]
    assert seconds
    assert max(seconds) <= sessions.FRESH_SECONDS <= 300


def test_within_these_minutes_a_page_asks_github_nothing(two: FakeGitHubSignIn, sign_in: SignIn) -> None:
    mona = sign_in("mona")
    before = len(two.requests)

    for since in ("7d", "8d", "7d"):
        mona.get(f"/dashboard?since={since}")

    assert len(two.requests) == before


def test_every_page_of_what_may_be_read_is_asked_for(
    github: FakeGitHubSignIn, sign_in: SignIn, figures: Figures
) -> None:
    names = {f"octo/r{number}" for number in range(250)}
    github.install("octo", *sorted(names))
    for number in range(101):
        github.install(f"org{number}", f"org{number}/app")
    # GitHub lists an installation for who may read something of it.
    github.people["mona"] = names | {"org99/app"}

    sign_in("mona").get("/dashboard")

    assert figures.asked[0].repositories == frozenset(names | {"org99/app"})


def test_a_suspended_installation_shows_nothing(two: FakeGitHubSignIn, sign_in: SignIn) -> None:
    two.install("third", "third/app")
    two.people["mona"].add("third/app")
    two.places[0].suspended = True

    assert "mona sees third/app since" in sign_in("mona").get("/dashboard").text


def test_an_organisation_whose_single_sign_on_was_not_passed_shows_nothing(
    two: FakeGitHubSignIn, sign_in: SignIn
) -> None:
    two.install("third", "third/app")
    two.people["mona"].add("third/app")
    two.places[0].single_sign_on.add("mona")

    assert "mona sees third/app since" in sign_in("mona").get("/dashboard").text


def test_who_has_lost_the_token_at_github_has_to_sign_in_again(
    two: FakeGitHubSignIn, sign_in: SignIn, figures: Figures
) -> None:
    mona = sign_in("mona")
    two.expire_tokens()
    forget_what_github_said()

    answer = mona.get("/dashboard")

    assert answer.status_code == 401
    assert "Sign in with GitHub" in answer.text
    assert figures.asked == []


@pytest.mark.parametrize(
    "reply", [refused(500, "broken"), refused(503, "broken"), secondary_limited(retry_after=60)], ids=str
)
def test_when_github_does_not_say_nothing_is_shown(
    two: FakeGitHubSignIn, sign_in: SignIn, figures: Figures, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    mona = sign_in("mona")
    forget_what_github_said()
    two.fault("GET", "/repositories$", reply, times=100)

    with caplog.at_level(logging.WARNING, "app.web"):
        answer = mona.get("/dashboard")

    assert answer.status_code == 503
    assert "nothing is shown" in answer.text
    assert figures.asked == []
    assert [line for line in caplog.messages if "the dashboard cannot be shown" in line]


def test_a_page_that_was_kept_for_one_visitor_is_not_shown_to_another(two: FakeGitHubSignIn, sign_in: SignIn) -> None:
    two.people["ada"] = {"octo/app"}
    mona, ada = sign_in("mona"), sign_in("ada")

    first = mona.get("/dashboard?repository=octo/app")
    second = ada.get("/dashboard?repository=octo/app", headers={"If-None-Match": first.headers["ETag"]})

    assert (second.status_code, "ada sees octo/app" in second.text) == (200, True)
    assert form_of(first) != form_of(second)
    assert "mona" not in second.text


def test_a_visitor_of_github_is_no_operator(two: FakeGitHubSignIn, sign_in: SignIn, figures: Figures) -> None:
    sign_in("mona").get("/dashboard", headers={"Authorization": "Bearer wrong"})
    sign_in("mona").get("/dashboard")

    assert [shown.allowed for shown in figures.asked] == [frozenset({"octo/app"})]


def test_an_operator_sees_everything_or_what_they_choose(web: FlaskClient, figures: Figures) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}

    web.get("/dashboard", headers=bearer)
    web.get("/dashboard?repository=Octo/secret", headers=bearer)

    assert [shown.repositories for shown in figures.asked] == [None, frozenset({"octo/secret"})]


def test_signing_in_comes_back_to_what_was_asked_for(two: FakeGitHubSignIn, web: FlaskClient) -> None:
    two.at_the_browser = "mona"

    answer = arrive(web, two, "?since=7d&repository=octo/app&next=https://evil.example")

    assert answer.headers["Location"] == "/dashboard?since=7d&repository=octo%2Fapp"


def test_a_page_is_made_once_for_all_who_may_see_the_same(
    two: FakeGitHubSignIn, sign_in: SignIn, figures: Figures
) -> None:
    two.people["ada"] = {"octo/app"}

    texts = [sign_in(login).get("/dashboard").text for login in ("mona", "ada", "mona")]

    assert [text.split()[0] for text in texts] == ["<p>mona", "<p>ada", "<p>mona"]
    assert len(figures.asked) == 1
