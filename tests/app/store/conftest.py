"""The store on both of its engines, in a time that is set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.store.store import Store, open_store

START = datetime(2026, 11, 21, 9, 30, 15, 123456, tzinfo=UTC)


class Time:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def fresh_url(engine: str, folder: Path) -> str:
    """A database without tables."""
    if engine == "sqlite":
        return f"sqlite:///{folder / 'store' / 'quartet.db'}"
    # Loaded where it is started: processes that only open the store do without.
    from tests.fakes.postgres_server import postgres  # noqa: PLC0415

    return postgres().schema()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_url(request.param, tmp_path)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(url: str, time: Time) -> Iterator[Store]:
    with open_store(url, now=time) as opened:
        yield opened


def begin(
    store: Store, repository: str = "Octo/App", number: int = 7, *, installation: int = 3, head: str = "a1"
) -> str:
    return store.begin_review(
        repository=repository, number=number, installation=installation, head=head, base="b0", reason="push"
    )
