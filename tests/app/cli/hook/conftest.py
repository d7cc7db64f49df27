"""What is staged in the tests of hooks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.app.cli.conftest import AFTER, Ended
from tests.repositories import Repository

Quartet = Callable[..., Ended]
# However busy the machine is, these are ready in time.
COMMIT = ("hook", "run", "pre-commit", "--budget-seconds", "60")
CLEAN = "def names(rows):\n    return [row.name for row in rows]\n"


@pytest.fixture(autouse=True)
def _just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git starts a process for each hook; the one of these tests is older than any budget."""
    monkeypatch.setattr("app.hooks.budget.started_ago", lambda: 0.0)


@pytest.fixture
def staged(shop: Repository) -> Repository:
    """The shop with a change in its index that evidence has nothing to say of."""
    shop.write({"names.py": CLEAN})
    shop.git("add", "--all")
    return shop


@pytest.fixture
def faulty(shop: Repository) -> Repository:
    """The shop with an injection in its index."""
    shop.git("checkout", "--quiet", "main")
    shop.write({"orders.py": AFTER})
    shop.git("add", "--all")
    return shop
