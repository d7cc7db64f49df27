from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.cli.doctor_dashboard import report
from app.cli.doctor_line import Line
from app.settings import read_settings
from tests.app.cli.conftest import Ended
from tests.fakes.github_oauth import FakeGitHubSignIn
from tests.fakes.server import Reply

PUBLIC = "https://quartet.example.com"
TOKEN = "operators-token-of-thirty-chars"


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGitHubSignIn]:
    with FakeGitHubSignIn(callback=f"{PUBLIC}/dashboard/signed-in") as github:
        monkeypatch.setenv("GITHUB_API_URL", github.api_url)
        monkeypatch.setenv("GITHUB_APP_CLIENT_ID", github.client_id)
        monkeypatch.setenv("GITHUB_APP_CLIENT_SECRET", github.client_secret)
        monkeypatch.setenv("QUARTET_PUBLIC_URL", f"{PUBLIC}/")
        yield github


def lines(*, offline: bool = False) -> list[Line]:
    return list(report(read_settings(), offline=offline))


def test_where_there_is_none_it_says_how_to_have_one() -> None:
    (line,) = lines()

    assert not line.fault
    assert line.text.startswith("! there is no dashboard: QUARTET_DASHBOARD_TOKEN lets operators in")


def test_the_apps_secrets_are_tried_at_github(github: FakeGitHubSignIn) -> None:
    told = lines()

    assert [line.fault for line in told] == [False, False]
    assert f"the dashboard is at {PUBLIC}/dashboard; people sign in with an account of 127.0.0.1" in told[0].text
    assert told[1].text.endswith(f"its callback URL must be {PUBLIC}/dashboard/signed-in")


def test_secrets_that_are_not_the_apps_are_a_fault(github: FakeGitHubSignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_APP_CLIENT_SECRET", "another secret")

    told = lines()

    assert told[-1].fault
    assert "are not those of one App" in told[-1].text
    assert "another secret" not in str(told)


def test_a_github_that_does_not_answer_is_a_fault(github: FakeGitHubSignIn) -> None:
    github.fault("POST", "access_token", Reply(status=502))

    assert [line.fault for line in lines()] == [False, True]


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("name", ["GITHUB_APP_CLIENT_ID", "GITHUB_APP_CLIENT_SECRET", "QUARTET_PUBLIC_URL"])
def test_half_of_it_is_a_fault_that_names_the_other_half(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)

    (line,) = lines()

    assert line.fault
    assert f"half set up: {name} must be set, too" in line.text


def test_offline_github_is_not_asked(github: FakeGitHubSignIn) -> None:
    assert [line.fault for line in lines(offline=True)] == [False]
    assert github.requests == []


def test_an_address_that_is_not_encrypted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTET_PUBLIC_URL", "http://quartet.example.com")
    monkeypatch.setenv("QUARTET_DASHBOARD_TOKEN", TOKEN)

    told = [line.text for line in lines()]

    assert (
        told[0]
        == "✓ the dashboard is at http://quartet.example.com/dashboard; people sign in with QUARTET_DASHBOARD_TOKEN"
    )
    assert told[1].startswith("! QUARTET_PUBLIC_URL is not https")


def test_the_doctor_tells_of_a_dashboard_that_is_all_there_is(
    quartet: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTET_DASHBOARD_TOKEN", TOKEN)

    ended = quartet("doctor", "--offline")

    assert "✓ the dashboard is at /dashboard" in ended.out
    assert TOKEN not in ended.out


@pytest.mark.parametrize("token", ["short", "x" * 23])
def test_a_token_that_could_be_guessed_is_refused(
    quartet: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("QUARTET_DASHBOARD_TOKEN", token)

    ended = quartet("doctor")

    assert ended.status == 2
    assert "QUARTET_DASHBOARD_TOKEN cannot be used: it must have 24 characters or more" in ended.err
    assert token not in ended.err.replace("must have", "")
