from __future__ import annotations

from collections.abc import Callable

import pytest

from app.errors import InstallationSuspended, WrongToken
from app.events import RepositoryId
from app.github.app_api import AppApi
from app.github.client import GitHubClient
from app.github.tokens import InstallationTokens
from app.github.vault import Vault
from tests.app.conftest import Waits
from tests.app.github.conftest import OpenClient, named
from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_state import GitHubState
from tests.fakes.redis_server import own_redis

PULL = "/repos/octo/app/pulls/7"
COMMENTS = "/repos/octo/app/issues/7/comments"


def test_a_token_is_asked_for_once_an_hour(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId, waits: Waits
) -> None:
    tokens = InstallationTokens(api)

    first = tokens.get(repository)
    waits.time += 3_299
    assert tokens.get(repository) == first
    waits.time += 2

    assert tokens.get(repository) != first
    assert hub.tokens_given == 2


def test_processes_share_tokens(hub: FakeGitHubApp, api: AppApi, repository: RepositoryId, vault: Vault) -> None:
    first = InstallationTokens(api, vault).get(repository)

    assert InstallationTokens(api, vault).get(repository) == first
    assert hub.tokens_given == 1


def test_a_shared_token_that_was_refused_is_not_taken_again(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId, vault: Vault
) -> None:
    one, other = InstallationTokens(api, vault), InstallationTokens(api, vault)
    refused = one.get(repository)
    assert other.get(repository) == refused

    renewed = one.renew(repository)

    assert renewed != refused
    assert other.renew(repository) == renewed  # which somebody else has by then
    assert hub.tokens_given == 2


def test_repositories_have_tokens_of_their_own(hub: FakeGitHubApp, api: AppApi, octo: GitHubState) -> None:
    other = hub.repository("octo/other", FakePull())
    elsewhere = hub.repository("acme/app", FakePull())
    tokens = InstallationTokens(api)

    grants = [hub.account.grants[tokens.get(named(state))] for state in (octo, other, elsewhere)]

    assert [grant.repositories for grant in grants] == [{"octo/app"}, {"octo/other"}, {"acme/app"}]
    assert len({grant.installation.id for grant in grants}) == 2


@pytest.fixture
def stopped_vault() -> Vault:
    with own_redis() as server:
        return Vault(server.url, b"s" * 32)


def test_a_redis_that_is_away_is_no_failure(
    hub: FakeGitHubApp, api: AppApi, repository: RepositoryId, stopped_vault: Vault
) -> None:
    tokens = InstallationTokens(api, stopped_vault)

    assert tokens.get(repository).startswith("ghs_")
    assert tokens.renew(repository).startswith("ghs_")
    stopped_vault.close()


def test_a_token_that_expires_midway_is_renewed_and_the_read_goes_on(hub: FakeGitHubApp, client: GitHubClient) -> None:
    client.get(PULL, about="octo/app#7")
    hub.expire_tokens()

    assert client.get(PULL, about="octo/app#7")["number"] == 7
    assert hub.tokens_given == 2


def test_a_token_that_expires_before_a_write_is_renewed_and_the_write_happens_once(
    hub: FakeGitHubApp, client: GitHubClient, octo: GitHubState
) -> None:
    client.get(PULL, about="octo/app#7")
    hub.expire_tokens()

    client.write("POST", COMMENTS, {"body": "x"}, about="a comment")

    assert len(octo.issue_comments) == 1


def test_a_token_that_expires_before_a_query_is_renewed(hub: FakeGitHubApp, client: GitHubClient) -> None:
    client.get(PULL, about="octo/app#7")
    hub.expire_tokens()
    query = 'query { repository(owner: "octo", name: "app") { pullRequest(number: 7) { state } } }'

    data = client.graphql(query, {}, about="octo/app#7")

    assert data["repository"]["pullRequest"]["state"] == "OPEN"
    assert not client.rest_alone


def test_a_token_that_is_never_accepted_is_an_error_after_one_renewal(hub: FakeGitHubApp, client: GitHubClient) -> None:
    hub.token_seconds = -1

    with pytest.raises(WrongToken, match="does not accept the App's token; check that the App is still installed"):
        client.get(PULL, about="octo/app#7")

    assert sum(request.path == PULL for request in hub.requests) == 2


def test_a_suspension_midway_is_told(hub: FakeGitHubApp, client: GitHubClient, repository: RepositoryId) -> None:
    client.get(PULL, about="octo/app#7")
    hub.account.installations[repository.installation].suspended = True

    with pytest.raises(InstallationSuspended, match="the App's installation is suspended; unsuspend it"):
        client.get(PULL, about="octo/app#7")


def test_a_seal_outlives_the_token_it_was_made_under(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId
) -> None:
    client = open_client(repository, secret=b"of the App")

    before = client.digest("text")
    hub.expire_tokens()
    client.get(PULL, about="octo/app#7")

    assert client.digest("text") == before
    assert open_client(repository, secret=b"of another").digest("text") != before


def test_a_write_is_not_sent_once_its_guard_refuses(
    hub: FakeGitHubApp, open_client: OpenClient, repository: RepositoryId, octo: GitHubState
) -> None:
    class Lost(Exception):
        pass

    def guard() -> None:
        if len(octo.issue_comments) == 2:
            raise Lost

    write: Callable[..., object] = open_client(repository, guard=guard).write

    for _ in range(2):
        write("POST", COMMENTS, {"body": "x"}, about="a comment")
    with pytest.raises(Lost):
        write("POST", COMMENTS, {"body": "x"}, about="a comment")

    assert len(octo.issue_comments) == 2
