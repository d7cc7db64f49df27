from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.jobs import prune, read_history
from app.queue import JobQueue
from app.store.store import open_store
from tests.fakes.github_app import FakeGitHubApp, FakePull
from tests.fakes.github_replies import rate_limited
from tests.fakes.redis_server import own_redis


def test_what_is_old_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'quartet.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    with open_store(url) as store:
        for guid, days in (("old", 31), ("new", 29)):
            at = datetime.now(UTC) - timedelta(days=days)
            store.note_delivery(guid, event="comment", received_at=at, state="handled")

    prune()

    with open_store(url) as store:
        assert store.delivery("old") is None
        assert store.delivery("new") is not None


def test_what_is_kept_for_how_long_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'quartet.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("QUARTET_RETENTION", "quartet_deliveries=forever")
    with open_store(url) as store:
        at = datetime.now(UTC) - timedelta(days=9_000)
        store.note_delivery("old", event="comment", received_at=at, state="handled")

    prune()

    with open_store(url) as store:
        assert store.delivery("old") is not None


def test_the_past_of_repositories_that_were_there_before_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'quartet.db'}"
    with own_redis() as redis, FakeGitHubApp() as github, open_store(url) as store:
        past = FakePull(number=3, state="closed", closed_at="2026-11-20T10:00:00Z")
        octo = github.repository("octo/app", past)
        store.belongs("octo/app", octo.installation)
        for name, value in {
            "DATABASE_URL": url,
            "REDIS_URL": redis.url,
            "GITHUB_API_URL": github.api_url,
            "GITHUB_APP_ID": str(github.app_id),
            "GITHUB_APP_PRIVATE_KEY": github.private_key_pem,
        }.items():
            monkeypatch.setenv(name, value)

        prune()
        with closing(JobQueue(redis.url)) as queue:
            assert queue.depths()["background"] == 1

            # Where GitHub asks to wait, it is put off.
            github.fault("POST", r"/graphql$", rate_limited())
            read_history(octo.installation, "octo", "app")
            assert store.pull_times("octo/app", 3) is None

            read_history(octo.installation, "octo", "app")
            known = store.pull_times("octo/app", 3)
            assert known is not None
            assert known.closed_at == datetime(2026, 11, 20, 10, tzinfo=UTC)

            prune()
            assert queue.depths()["background"] + queue.depths()["scheduled"] == 1
