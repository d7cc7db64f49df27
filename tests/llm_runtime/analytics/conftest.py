"""The books on both of their engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_runtime.analytics.books import Books, open_books
from llm_runtime.database.database import Faults


class Down(Exception):
    """The database does not answer."""


class Unusable(Exception):
    """The address cannot be meant."""


class Refused(Down):
    """The database does not take what it was given."""


FAULTS = Faults(down=Down, unusable=Unusable, refused=Refused)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'books' / 'quartet.db'}"
    # Loaded where it is started: processes that only open the books do without.
    from tests.fakes.postgres_server import postgres  # noqa: PLC0415

    return postgres().schema()


@pytest.fixture
def books(url: str) -> Iterator[Books]:
    with open_books(url, FAULTS) as opened:
        yield opened
