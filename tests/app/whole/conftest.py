"""One running App for all tests that need nothing but an account of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.whole.drilling import Ground, ground
from tests.app.whole.tenants import House, house


@pytest.fixture(scope="session")
def home() -> Iterator[House]:
    with house() as running:
        yield running


@pytest.fixture(scope="session")
def field() -> Iterator[Ground]:
    """Another one, for drills: its processes are killed, and started again by the next drill."""
    with ground() as running:
        yield running
