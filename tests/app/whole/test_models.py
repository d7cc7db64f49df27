"""Models that are not there, fail, or have no room, in real processes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.app.whole.endings import one_review, summaries
from tests.app.whole.tenants import House, Tenant, house, pull
from tests.app.whole.world import AFTER, BEFORE, FAULT, finds
from tests.fakes import github_payloads
from tests.fakes.models import Answer, Asked, Fails

pytestmark = pytest.mark.timeout(180)

SECRET = f"aws_secret_access_key = '{'wJalrXUtnFEMI/K7MDENG/'}bPxRfiCYzV4tQ2mLp9'\n"
STRICT = {".quartet.yml": "check: {incomplete: failure}\n"}


@pytest.fixture(scope="module")
def keyless() -> Iterator[House]:
    with house(OPENAI_API_KEY="", OPENAI_BASE_URL="", QUARTET_MODELS="") as running:
        yield running


def test_without_a_key_the_check_is_neutral_and_tools_alone_are_heard(keyless: House) -> None:
    tenant = keyless.tenant(pull(head={"a.py": BEFORE + SECRET}))
    tenant.open()

    check = tenant.until_checked()
    tenant.until_quiet()

    assert check["conclusion"] == "neutral"
    assert "no model was asked" in check["output"]["title"]
    assert tenant.asked == []
    (comment,) = tenant.app.review_comments()
    assert (comment["path"], comment["line"]) == ("a.py", 61)
    assert "wJalrXUtnFEMI" not in comment["body"]


@pytest.mark.parametrize(
    ("files", "conclusion"),
    [pytest.param({}, "neutral", id="by default"), pytest.param(STRICT, "failure", id="strict")],
)
def test_where_no_model_answers_the_gaps_are_told(failing: House, files: dict[str, str], conclusion: str) -> None:
    tenant = failing.tenant(
        pull(base={"a.py": BEFORE, **files}, head={"a.py": AFTER, **files}), answers=lambda _: Fails(500), files=files
    )
    tenant.open()

    check = tenant.until_checked()
    tenant.until_quiet()

    assert check["conclusion"] == conclusion
    assert "incomplete: 4 unanswered questions" in check["output"]["title"]
    assert all(name in check["output"]["summary"] for name in ("security", "bugs", "performance", "architecture"))
    assert tenant.app.review_comments() == []


def test_what_was_not_answered_is_all_that_the_button_asks(failing: House) -> None:
    def security_fails(asked: Asked) -> Answer:
        return Fails(500) if "Your speciality now: Security" in asked.prompt else finds(FAULT)(asked)

    tenant = failing.tenant(answers=security_fails)
    tenant.open()
    assert tenant.until_checked()["conclusion"] == "neutral"
    tenant.until_quiet()
    asked = len(tenant.asked)
    tenant.script(finds(FAULT))

    tenant.until_checked_again(lambda: tenant.github.rerun(tenant.app, tenant.check()))
    tenant.until_quiet()

    (again,) = tenant.asked[asked:]
    assert "Your speciality now: Security" in again.prompt
    assert tenant.check()["conclusion"] == "success"
    assert [FAULT["title"] in comment["body"] for comment in tenant.app.review_comments()] == [True]


@pytest.fixture(scope="module")
def failing() -> Iterator[House]:
    with house(QUARTET_MAX_RETRIES="0", QUARTET_MAX_WAIT_SECONDS="0") as running:
        yield running


def waits(tenant: Tenant, head: str = "") -> str:
    """When the check says that it goes on, or nothing."""
    titles = [check["output"]["title"] for check in tenant.checks(head)]
    return next((title for title in titles if re.match(r"Goes on at \d\d:\d\d UTC", title)), "")


@pytest.fixture
def crowded() -> Iterator[House]:
    # Three calls may go at once, and the next one in three seconds.
    with house(QUARTET_LIMITS="openai: rpm=20 burst=3 tpm=none otpm=none", QUARTET_MAX_WAIT_SECONDS="1") as running:
        yield running


def test_a_review_without_room_says_when_it_goes_on_and_does(crowded: House) -> None:
    tenant = crowded.tenant()
    tenant.open()

    tenant.github.until(lambda: bool(waits(tenant)), "the check says when it goes on")
    assert len(tenant.asked) == 3
    assert tenant.app.reviews == []
    one_review(tenant)

    assert len(tenant.asked) == 4


def test_a_push_to_a_parked_review_leaves_no_check_open(crowded: House) -> None:
    tenant = crowded.tenant()
    old = tenant.app.pulls[7].head_sha
    tenant.open()
    tenant.github.until(lambda: bool(waits(tenant)), "the check says when it goes on")
    tenant.until_state(lambda state: state.held_until is None, "it is parked")

    tenant.push({"a.py": AFTER + "line 61\n"})
    one_review(tenant)

    assert [check["conclusion"] for check in tenant.checks(old)] == ["cancelled"]


def test_a_parked_review_of_a_pull_request_that_is_closed_does_not_go_on(crowded: House) -> None:
    tenant = crowded.tenant()
    tenant.open()
    tenant.github.until(lambda: bool(waits(tenant)), "the check says when it goes on")
    tenant.until_state(lambda state: state.held_until is None, "it is parked")

    tenant.app.pulls[7].state = "closed"
    tenant.send("pull_request", github_payloads.pull_request(tenant.app, "closed"))
    check = tenant.until_checked()
    tenant.until_quiet()

    assert check["conclusion"] == "cancelled"
    assert (tenant.app.reviews, summaries(tenant), len(tenant.asked)) == ([], [], 3)
