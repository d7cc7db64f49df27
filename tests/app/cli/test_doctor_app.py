"""``quartet doctor`` where a GitHub App is set up: what is wrong with it, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rq import Queue, SimpleWorker

from app.events import CommentWritten, RepositoryId
from app.queue import JobQueue
from tests.app.cli.conftest import Ended, Models, findings
from tests.fakes.github_app import FakeGitHubApp
from tests.fakes.redis_server import RedisServer, own_redis

Quartet = Callable[..., Ended]


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture
def github(
    models: Models, redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeGitHubApp]:
    """An App that is set up as it should be."""
    models.openai(findings())
    with FakeGitHubApp() as github:
        github.repository("octo/app")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("GITHUB_APP_ID", str(github.app_id))
        monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", github.private_key_pem)
        monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", github.webhook_secret)
        monkeypatch.setenv("GITHUB_API_URL", github.api_url)
        monkeypatch.setenv("REDIS_URL", redis.url)
        yield github


@pytest.mark.usefixtures("github")
def test_an_app_that_is_set_up_is_well(quartet: Quartet) -> None:
    ended = quartet("doctor")

    assert ended.status == 0, ended.out
    assert "✓ GitHub knows the App as quartet[bot]" in ended.out
    assert "✓ installed on octo" in ended.out
    assert "! the App does not get the event repository" in ended.out
    assert "✓ the queue answers: nothing waits" in ended.out


def test_what_an_installation_has_not_granted_is_named(github: FakeGitHubApp, quartet: Quartet) -> None:
    (octo,) = github.account.installations.values()
    octo.permissions["checks"] = "read"

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ installed on octo, which has not granted checks yet" in ended.out


def test_a_key_that_is_not_the_apps_is_named(
    github: FakeGitHubApp, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_APP_ID", str(github.app_id + 1))

    ended = quartet("doctor")

    assert ended.status == 3
    assert "GITHUB_APP_PRIVATE_KEY" in ended.out
    assert "PRIVATE KEY-----" not in ended.out + ended.err


@pytest.mark.usefixtures("github")
def test_a_missing_secret_is_named(quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WEBHOOK_SECRET")

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ GITHUB_WEBHOOK_SECRET is not set" in ended.out


def test_a_queue_that_is_away_is_named(github: FakeGitHubApp, redis: RedisServer, quartet: Quartet) -> None:
    redis.stop()

    ended = quartet("doctor")

    assert ended.status == 3
    assert "✗ Redis" in ended.out
    assert github.requests


@pytest.mark.usefixtures("github")
def test_jobs_that_failed_for_good_are_listed_without_what_they_held(redis: RedisServer, quartet: Quartet) -> None:
    event = CommentWritten(
        repository=RepositoryId(installation=1, owner="octo", repo="app"),
        number=7,
        comment=1,
        body="a secret remark",
        author="mona",
    )
    with closing(JobQueue(redis.url, handler="tests.app.cli.nowhere.handle")) as queue, redis.client() as client:
        queue.accept("72d3162e-cc78-11e3-81ab-4c9367dc0958", event)
        lane = Queue("quartet:interactive", connection=client, serializer="json")
        (job,) = lane.jobs
        job.retries_left = 0
        job.save()
        SimpleWorker([lane], connection=client, serializer="json").work(burst=True, logging_level="CRITICAL")

    ended = quartet("doctor")

    assert ended.status == 3
    assert "failed for good" in ended.out
    assert "octo/app#7" in ended.out
    assert "a secret remark" not in ended.out


@pytest.mark.usefixtures("github")
def test_offline_github_is_not_asked(github: FakeGitHubApp, quartet: Quartet) -> None:
    quartet("doctor", "--offline")

    assert github.requests == []
