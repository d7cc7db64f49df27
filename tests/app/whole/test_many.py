"""Fifty pull requests at once on two workers, in real processes."""

from __future__ import annotations

import time

import pytest

from tests.app.whole.endings import summaries
from tests.app.whole.tenants import house, pull
from tests.app.whole.world import FAULT

pytestmark = pytest.mark.timeout(240)

MANY = 50
FASTER = 10
"""GitHub's minute is six seconds here, and the App keeps the tenth of a second between writes instead of one."""

MOST_WRITES = 80
"""Of what makes content, a minute: docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api."""


def test_fifty_at_once_get_one_review_each_and_github_refuses_nothing() -> None:
    with house(QUARTET_SECONDS_BETWEEN_WRITES=str(1 / FASTER)) as home:
        tenant = home.tenant(*(pull(number, head_ref=f"change-{number}") for number in range(1, MANY + 1)))
        github, began = tenant.github, time.time()
        github.clock = lambda: began + (time.time() - began) * FASTER
        github.writes_per_minute = MOST_WRITES

        for number in range(1, MANY + 1):
            tenant.open(number)
        github.until(
            lambda: all(tenant.checks(number=number) for number in range(1, MANY + 1)), "all are known", seconds=200
        )
        github.until(
            lambda: all(check["status"] == "completed" for check in tenant.app.checks), "all are reviewed", seconds=200
        )
        tenant.until_quiet()

        assert sorted(review["pull"] for review in tenant.app.reviews) == list(range(1, MANY + 1))
        assert all(
            [FAULT["title"] in one["body"] for one in review["comments"]] == [True] for review in tenant.app.reviews
        )
        assert [check["conclusion"] for check in tenant.app.checks] == ["success"] * MANY
        assert all(len(summaries(tenant, number)) <= 1 for number in range(1, MANY + 1))
        assert {tenant.state(number).fence for number in range(1, MANY + 1)} == {1}
        assert len(tenant.asked) == 4 * MANY
        assert [reply.status for _, reply in github.exchanges if reply.status in {403, 429}] == []
