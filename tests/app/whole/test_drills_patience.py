"""GitHub's limits that last longer than a job waits, and longer than RQ tries again."""

from __future__ import annotations

import pytest

from tests.app.whole.drilling import Ground, idle, time_passes
from tests.app.whole.test_drills_github import ENDPOINTS
from tests.fakes.github_replies import rate_limited

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("endpoint", ["configuration", "new check", "files", "review", "summary"])
def test_a_limit_that_lasts_for_most_of_an_hour_is_outlasted(field: Ground, endpoint: str) -> None:
    drill, github = field.drill(), field.held.github
    github.fault(*ENDPOINTS[endpoint], rate_limited(reset_in=3000), times=1_000)

    drill.open()
    drill.wait(lambda: github.faults[0].times < 1_000, "the limit was met", patiently=True)
    for _ in range(10):
        drill.wait(lambda: idle(drill.held), "the App waits", patiently=True)
        time_passes(drill.held, 280)
    github.faults.clear()
    time_passes(drill.held, 3000)

    drill.the_end()
