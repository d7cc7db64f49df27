"""Pushes that come one soon after the other, in real processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.whole.endings import one_review, summaries
from tests.app.whole.tenants import House, Tenant, house
from tests.app.whole.world import AFTER
from tests.fakes import github_payloads

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def patient() -> Iterator[House]:
    with house(QUARTET_DEBOUNCE_SECONDS="6") as running:
        yield running


def push_and_wait(tenant: Tenant, text: str) -> str:
    """The new head, when it is known that it is to be reviewed."""
    wanted = tenant.state().wanted
    tenant.push({"a.py": AFTER, "b.py": text})
    tenant.until_state(lambda state: state.wanted == wanted + 1, "the push is known")
    return tenant.app.pulls[7].head_sha


def test_pushes_soon_after_each_other_are_one_review_of_the_last(patient: House) -> None:
    tenant = patient.tenant()
    old = [push_and_wait(tenant, f"total = {number}\n") for number in range(3)]

    push_and_wait(tenant, "total = 3\n")
    one_review(tenant)

    assert [[check["conclusion"] for check in tenant.checks(head)] for head in old] == [["cancelled"]] * 3
    assert all("total = 3" in one.prompt for one in tenant.asked), "a head was asked about that nobody waits for"
    assert tenant.state().fence == 1


def test_a_pull_request_closed_before_its_review_begins_leaves_no_check_open(patient: House) -> None:
    tenant = patient.tenant()
    push_and_wait(tenant, "total = 0\n")

    tenant.app.pulls[7].state = "closed"
    tenant.send("pull_request", github_payloads.pull_request(tenant.app, "closed"))
    check = tenant.until_checked()
    tenant.until_quiet()

    assert (check["conclusion"], check["output"]["title"]) == ("cancelled", "The pull request was closed")
    assert (tenant.asked, tenant.app.reviews, summaries(tenant)) == ([], [], [])
