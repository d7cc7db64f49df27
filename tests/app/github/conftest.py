"""A fake GitHub with an App on it, whose every request is held against what GitHub publishes of its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from app.events import RepositoryId
from app.github.addresses import api_address
from app.github.app_api import AppApi
from app.github.auth import app_key
from app.github.client import GitHubClient
from app.github.tokens import InstallationTokens
from app.github.vault import Vault
from tests import openapi
from tests.app.conftest import Waits
from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_state import GitHubState
from tests.fakes.redis_server import own_prefix, redis_server


@pytest.fixture
def hub(waits: Waits) -> Iterator[FakeGitHubApp]:
    """A GitHub whose clock is the test's."""
    with FakeGitHubApp(clock=waits.now) as github:
        yield github
    if openapi.available():
        assert [fault for request in github.requests for fault in openapi.request_faults(request)] == []


@pytest.fixture
def octo(hub: FakeGitHubApp) -> GitHubState:
    """``octo/app`` with pull request 7."""
    before, after = {"a.py": "one\ntwo\nthree\n"}, {"a.py": "one\nTWO\nthree\n"}
    pull = FakePull(base_files=before, head_files=after)
    return hub.repository("octo/app", pull, collaborators={"mona": "write"})


@pytest.fixture
def repository(octo: GitHubState) -> RepositoryId:
    return named(octo)


def named(state: GitHubState) -> RepositoryId:
    owner, repo = state.repository.split("/")
    return RepositoryId(installation=state.installation, owner=owner, repo=repo)


@pytest.fixture
def api(hub: FakeGitHubApp, waits: Waits) -> Iterator[AppApi]:
    key = app_key(hub.app_id, hub.private_key_pem)
    app = AppApi(key, api_address(hub.api_url), notify=waits.words.append, now=waits.now, sleep=waits.sleep)
    yield app
    app.close()


@pytest.fixture
def vault() -> Iterator[Vault]:
    with Vault(redis_server().url, b"s" * 32, prefix=own_prefix()) as vault:
        yield vault


OpenClient = Callable[..., GitHubClient]


@pytest.fixture
def open_client(hub: FakeGitHubApp, api: AppApi, waits: Waits) -> Iterator[OpenClient]:
    """``open_client(repository, **options)`` is a client under the installation's token, whose waits take no time."""
    tokens = InstallationTokens(api)
    with ExitStack() as clients:

        def start(repository: RepositoryId, **options: Any) -> GitHubClient:
            client = GitHubClient(
                lambda: tokens.get(repository),
                api_address(hub.api_url),
                now=waits.now,
                sleep=waits.sleep,
                **{"renew": lambda: tokens.renew(repository), "login": "quartet[bot]", **options},
            )
            clients.callback(client.close)
            return client

        yield start


@pytest.fixture
def client(open_client: OpenClient, repository: RepositoryId) -> GitHubClient:
    return open_client(repository)
