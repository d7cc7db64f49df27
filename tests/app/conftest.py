"""A fake GitHub whose every request is held against what GitHub publishes of its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from app.github.addresses import ApiAddress, api_address
from app.github.client import GitHubClient
from tests import openapi
from tests.fakes.github import TOKEN, FakeGitHub, FakePull

StartGitHub = Callable[..., FakeGitHub]


class Waits:
    """A clock that moves only when somebody sleeps, and keeps how long."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.words: list[str] = []
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.time += seconds


@pytest.fixture
def start_github() -> Iterator[StartGitHub]:
    """``start_github(*pulls, **options)`` serves until the test ends; then its requests are checked."""
    with ExitStack() as servers:
        started: list[FakeGitHub] = []

        def start(*pulls: FakePull, **options: Any) -> FakeGitHub:
            started.append(servers.enter_context(FakeGitHub(pulls, **options)))
            return started[-1]

        yield start
    if openapi.available():
        faults = [
            fault
            for github in started
            for request in github.requests
            for fault in openapi.request_faults(request, prefix=github.prefix)
        ]
        assert faults == []


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def connect(waits: Waits) -> Iterator[Callable[..., GitHubClient]]:
    """``connect(github)`` is a client whose waits take no time."""
    with ExitStack() as clients:

        def connect(
            github: FakeGitHub, *, token: str | None = TOKEN, address: ApiAddress | None = None
        ) -> GitHubClient:
            client = GitHubClient(
                token,
                address or api_address(github.api_url),
                notify=waits.words.append,
                now=waits.now,
                sleep=waits.sleep,
            )
            clients.callback(client.close)
            return client

        yield connect
