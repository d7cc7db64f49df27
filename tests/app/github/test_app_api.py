from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.errors import GitHubFailed, InstallationGone, InstallationSuspended, NotPermitted, WrongToken
from app.events import RepositoryId
from app.github.addresses import api_address
from app.github.app_api import AppApi
from app.github.auth import AppKey, app_key
from tests.app.conftest import Waits
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.github_payloads import pull_request
from tests.fakes.github_state import GitHubState
from tests.fakes.server import FakeServer, Incoming, Reply


def test_the_app_says_who_it_is_and_what_it_asks_for(api: AppApi) -> None:
    app = api.app()

    assert app.login == "quartet[bot]"
    assert app.permissions["pull_requests"] == "write"
    assert "pull_request" in app.events


def test_a_token_is_for_one_repository_and_for_what_is_needed(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId, waits: Waits
) -> None:
    hub.account.installations[repository.installation].permissions |= {"secrets": "write", "issues": "admin"}

    token = api.installation_token(repository.installation, ["app"])

    grant = hub.account.grants[token.value]
    assert grant.repositories == {"octo/app"}
    assert grant.permissions == {
        "metadata": "read",
        "contents": "read",
        "pull_requests": "write",
        "issues": "write",
        "checks": "write",
    }
    assert token.expires_at == waits.time + 3_600
    assert token.value not in repr(token)


def test_an_owner_who_lets_the_app_write_contents_has_threads_resolved(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId
) -> None:
    hub.account.installations[repository.installation].permissions["contents"] = "write"

    token = api.installation_token(repository.installation, ["app"])

    assert hub.account.grants[token.value].permissions["contents"] == "write"


def test_who_has_not_accepted_a_new_permission_keeps_the_others(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId
) -> None:
    del hub.account.installations[repository.installation].permissions["checks"]

    token = api.installation_token(repository.installation, ["app"])

    permissions = hub.account.grants[token.value].permissions
    assert "checks" not in permissions
    assert permissions["pull_requests"] == "write"


def test_permissions_that_are_taken_away_in_between_are_told(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId
) -> None:
    permissions = hub.account.installations[repository.installation].permissions
    hub.before("POST", "access_tokens", permissions.clear)

    with pytest.raises(NotPermitted, match="octo has taken permissions from the App; try again"):
        api.installation_token(repository.installation, ["app"])


def test_a_suspended_installation_is_told_with_what_to_do(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId
) -> None:
    hub.account.installations[repository.installation].suspended = True

    with pytest.raises(InstallationSuspended, match="installation on octo is suspended; unsuspend it"):
        api.installation_token(repository.installation, ["app"])


def test_a_removed_installation_is_told_with_what_to_do(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId
) -> None:
    hub.uninstall(hub.account.installations[repository.installation])

    with pytest.raises(InstallationGone, match=r"is not installed any more \(.*\); install it again"):
        api.installation_token(repository.installation, ["app"])


def test_a_repository_that_was_taken_from_the_installation_is_told(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId
) -> None:
    hub.account.installations[repository.installation].repositories.discard("octo/app")

    with pytest.raises(InstallationGone, match="may not work on octo/app; install it there"):
        api.installation_token(repository.installation, ["app"])


@pytest.mark.parametrize("behind", [-3_600.0, -700.0, 700.0, 3_600.0])
def test_a_wrong_clock_is_set_right_by_githubs(
    hub: FakeGitHubApp, api: AppApi, waits: Waits, behind: float, octo: GitHubState
) -> None:
    hub.clock = lambda: waits.time + behind

    assert api.app().slug == "quartet"
    assert len(api.installations()) == 1
    assert len(hub.requests) == 3
    assert api.now() == pytest.approx(waits.time + behind, abs=1)


def test_a_key_that_is_not_the_apps_is_refused_after_two_tries(hub: FakeGitHubApp, waits: Waits) -> None:
    key = AppKey(hub.app_id, rsa.generate_private_key(public_exponent=65537, key_size=2048))

    with (
        closing(AppApi(key, api_address(hub.api_url), now=waits.now, sleep=waits.sleep)) as api,
        pytest.raises(WrongToken, match="does not accept the App's key; check GITHUB_APP_ID"),
    ):
        api.app()

    assert len(hub.requests) == 2


def test_a_number_that_is_not_the_keys_is_refused(hub: FakeGitHubApp, waits: Waits) -> None:
    key = app_key(1, hub.private_key_pem)

    with (
        closing(AppApi(key, api_address(hub.api_url), now=waits.now, sleep=waits.sleep)) as api,
        pytest.raises(WrongToken, match="check GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY"),
    ):
        api.app()


def test_every_installation_is_listed_and_suspended_ones_are_marked(hub: FakeGitHubApp, api: AppApi) -> None:
    for number in range(120):
        hub.install(f"org{number}").suspended = number == 3

    found = api.installations()

    assert [installation.account for installation in found] == [f"org{number}" for number in range(120)]
    assert [installation.account for installation in found if installation.suspended] == ["org3"]


def test_a_token_is_asked_for_again_when_github_fails(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId, waits: Waits
) -> None:
    hub.fault("POST", "access_tokens", Reply(status=502), times=2)

    assert api.installation_token(repository.installation, ["app"]).value.startswith("ghs_")
    assert waits.seconds == [0.5, 1.0]


def test_a_github_that_stays_down_is_an_error(hub: FakeGitHubApp, api: AppApi, repository: RepositoryId) -> None:
    hub.fault("POST", "access_tokens", Reply(status=502), times=9)

    with pytest.raises(GitHubFailed):
        api.installation_token(repository.installation, ["app"])


class Web(FakeServer):
    """A web server that takes deliveries, or does not."""

    status = 202

    def answer(self, request: Incoming) -> Reply:
        return Reply(status=self.status)

    @property
    def guids(self) -> list[str]:
        return [request.headers["x-github-delivery"] for request in self.requests]


@pytest.fixture
def web(hub: FakeGitHubApp) -> Iterator[Web]:
    with Web() as server:
        hub.webhook_url = f"{server.url}/webhooks/github"
        yield server


def test_deliveries_that_nobody_took_are_told_once_oldest_first(
    hub: FakeGitHubApp, api: AppApi, octo: GitHubState, web: Web, waits: Waits
) -> None:
    opened = pull_request(octo, "opened")
    hub.deliver("pull_request", opened, guid="taken")
    web.status = 503
    for guid in ("lost", "lost too", "taken later"):
        waits.time += 60
        hub.deliver("pull_request", opened, guid=guid)
    hub.deliver("pull_request", opened, guid="lost", url="http://127.0.0.1:9/")
    web.status = 202
    hub.deliver("pull_request", opened, guid="taken later")

    failed = api.failed_deliveries(waits.time - 3_600)

    assert [delivery.guid for delivery in failed] == ["lost", "lost too"]


def test_deliveries_from_before_are_not_told(
    hub: FakeGitHubApp, api: AppApi, octo: GitHubState, web: Web, waits: Waits
) -> None:
    web.status = 503
    hub.opened(octo)
    waits.time += 600

    assert api.failed_deliveries(waits.time - 300) == ()
    assert len(api.failed_deliveries(waits.time - 900)) == 1


def test_what_is_refused_as_unreadable_is_not_sent_again_for_ever(
    hub: FakeGitHubApp, api: AppApi, octo: GitHubState, web: Web
) -> None:
    web.status = 400
    hub.opened(octo, guid="unreadable")
    web.status = 503
    hub.opened(octo, guid="away")

    for status in (400, 400, 503, 503):
        web.status = status
        api.resend_failed(0)
        hub.settle()

    assert web.guids.count("unreadable") == 3
    assert [delivery.guid for delivery in api.failed_deliveries(0)] == ["away"]


def test_more_failures_than_a_page_are_all_found(
    hub: FakeGitHubApp, api: AppApi, octo: GitHubState, web: Web, waits: Waits
) -> None:
    web.status = 503
    for _ in range(230):
        hub.opened(octo)

    assert len({delivery.guid for delivery in api.failed_deliveries(0)}) == 230


def test_a_delivery_is_sent_again_under_its_guid(hub: FakeGitHubApp, api: AppApi, octo: GitHubState, web: Web) -> None:
    web.status = 503
    hub.opened(octo, guid="one")
    web.status = 202

    sent = api.resend_failed(0)

    hub.settle()
    assert sent == 1
    assert web.guids == ["one", "one"]
    assert web.requests[0].body == web.requests[1].body
    assert api.failed_deliveries(0) == ()


def test_a_delivery_that_github_has_forgotten_keeps_no_other_back(
    hub: FakeGitHubApp, api: AppApi, octo: GitHubState, web: Web
) -> None:
    web.status = 503
    hub.opened(octo, guid="one")
    hub.opened(octo, guid="two")
    hub.fault("POST", "attempts", Reply(status=422, body=b"{}"))

    assert api.resend_failed(0) == 1
