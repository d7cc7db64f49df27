"""GitHub breaks down, asks for patience, or takes the token away, in the middle of a review."""

from __future__ import annotations

import pytest

from tests.app.whole.drilling import Ground
from tests.fakes.github_replies import refused, secondary_limited

pytestmark = pytest.mark.timeout(180)

BROKEN = refused(502, "Bad Gateway")

ENDPOINTS = {
    "installation": ("GET", r"/app/installations/\d+$"),
    "token": ("POST", "/access_tokens$"),
    "configuration": ("GET", r"/contents/\.quartet\.yml$"),
    "check runs": ("GET", r"/commits/[0-9a-f]+/check-runs$"),
    "new check": ("POST", "/check-runs$"),
    "pull request": ("GET", r"/pulls/\d+$"),
    "files": ("GET", r"/pulls/\d+/files$"),
    "graphql": ("POST", "/graphql$"),
    "news of the check": ("PATCH", r"/check-runs/\d+$"),
    "review": ("POST", r"/pulls/\d+/reviews$"),
    "summary": ("POST", r"/issues/\d+/comments$"),
}
WRITES = ("new check", "news of the check", "review", "summary")

TRIES = 4
"""How often one job tries at most before it fails and RQ has it done again."""


def test_a_502_of_each_endpoint_in_one_review_is_got_over(field: Ground) -> None:
    drill = field.drill()
    drill.held.github.expire_tokens()
    for method, path in ENDPOINTS.values():
        drill.held.github.fault(method, path, BROKEN)

    drill.open()

    drill.the_end()
    assert [fault.path for fault in drill.held.github.faults if fault.times > 0] == []


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_endpoint_that_is_down_until_the_job_has_failed_only_delays_the_review(field: Ground, endpoint: str) -> None:
    drill = field.drill()
    drill.held.github.expire_tokens()
    # Without GraphQL everything is read by REST, so that nothing fails.
    times = TRIES if endpoint == "graphql" else TRIES + 1
    drill.held.github.fault(*ENDPOINTS[endpoint], BROKEN, times=times)

    drill.open()

    drill.the_end()
    assert drill.held.github.faults[0].times == 0


@pytest.mark.parametrize("endpoint", WRITES)
def test_a_write_that_is_done_but_answered_with_a_502_is_not_done_twice(field: Ground, endpoint: str) -> None:
    drill = field.drill()
    drill.held.github.fault(*ENDPOINTS[endpoint], BROKEN, applied=True)

    drill.open()

    drill.the_end()
    assert len([check for check in drill.checks() if check["status"] == "completed"]) == 1


@pytest.mark.parametrize("endpoint", WRITES)
def test_a_secondary_limit_is_waited_for(field: Ground, endpoint: str) -> None:
    drill = field.drill()
    drill.held.github.fault(*ENDPOINTS[endpoint], secondary_limited(retry_after=1))

    drill.open()

    drill.the_end()


@pytest.mark.parametrize("endpoint", ["files", "new check", "graphql", "review", "summary", "news of the check"])
def test_a_token_that_expires_in_mid_way_is_renewed(field: Ground, endpoint: str) -> None:
    drill, github = field.drill(), field.held.github
    method, path = ENDPOINTS[endpoint]
    given = github.tokens_given
    github.before(method, path, github.account.expire_tokens)

    drill.open()

    drill.the_end()
    assert github.tokens_given > given
