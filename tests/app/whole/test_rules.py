"""What ``.quartet.yml`` decides, and whose counts, in real processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.app.whole.endings import one_review, summaries
from tests.app.whole.tenants import House, Tenant, pull
from tests.app.whole.world import AFTER, BEFORE
from tests.fakes import github_payloads
from tests.fakes.github_app import FakePull

pytestmark = pytest.mark.timeout(120)


def configured(text: str, proposed: str | None = None, **rest: Any) -> tuple[FakePull, Mapping[str, str]]:
    """A pull request whose base branch has this configuration and whose head has the proposed one."""
    there = {".quartet.yml": text}
    head = {"a.py": AFTER, ".quartet.yml": text if proposed is None else proposed}
    return pull(base={"a.py": BEFORE, **there}, head=head, **rest), there


def until_left_alone(tenant: Tenant) -> dict[str, Any]:
    """The check of a pull request that nobody looked at."""
    check = tenant.until_checked()
    tenant.until_quiet()
    assert (tenant.asked, tenant.app.reviews, summaries(tenant)) == ([], [], [])
    return check


@pytest.mark.parametrize(
    ("text", "rest", "reason"),
    [
        pytest.param("", {"draft": True}, "draft", id="a draft"),
        pytest.param("", {"author": "renovate[bot]"}, "opened by a bot, renovate[bot]", id="what a bot opens"),
        pytest.param(
            "when: {labels: {never: [wip]}}\n", {"labels": ("WIP",)}, "label 'WIP' keeps reviews away", id="a label"
        ),
        pytest.param("when: {base_branches: ['release/*']}\n", {}, "to main are not reviewed", id="a branch"),
        pytest.param("when: {authors: {never: [mona]}}\n", {}, "what mona opens", id="an author"),
        pytest.param("when: {events: [ready]}\n", {}, "'opened' does not set a review off", id="the event"),
    ],
)
def test_it_is_skipped_and_the_check_says_why(home: House, text: str, rest: dict[str, Any], reason: str) -> None:
    change, files = configured(text, **rest)
    tenant = home.tenant(change, files=files)
    tenant.open()

    check = until_left_alone(tenant)

    assert check["conclusion"] == "skipped"
    assert reason in check["output"]["title"]


def test_a_draft_that_becomes_ready_is_reviewed(home: House) -> None:
    tenant = home.tenant(pull(draft=True))
    tenant.open()
    until_left_alone(tenant)

    tenant.app.pulls[7].draft = False
    ready = github_payloads.pull_request(tenant.app, "ready_for_review")
    tenant.until_checked_again(lambda: tenant.send("pull_request", ready))

    one_review(tenant)


def test_a_label_that_asks_for_it_sets_off_a_review_of_a_draft(home: House) -> None:
    change, files = configured("when: {on_label: review-me}\n", draft=True)
    tenant = home.tenant(change, files=files)
    tenant.open()
    until_left_alone(tenant)

    labelled = github_payloads.pull_request(tenant.app, "labeled", label="review-me")
    tenant.until_checked_again(lambda: tenant.send("pull_request", labelled))

    one_review(tenant)


def test_a_faulty_configuration_is_a_neutral_check_with_a_remark_on_its_line(home: House) -> None:
    change, files = configured("check: {fail_on: high}\nreviewer: [security]\n")
    tenant = home.tenant(change, files=files)
    tenant.open()

    check = until_left_alone(tenant)

    assert check["conclusion"] == "neutral"
    (remark,) = check["annotations"]
    assert (remark["path"], remark["start_line"], remark["end_line"]) == (".quartet.yml", 2, 2)
    assert "reviewers" in remark["message"], "it says what was meant"


@pytest.mark.parametrize(
    "proposed",
    [
        pytest.param("when: {authors: {never: [mona]}}\n", id="one that switches the review off"),
        pytest.param("reviewer: [nobody\n", id="one that is broken"),
        pytest.param("check: {fail_on: never}\nreviewers: [performance]\n", id="one that makes it harmless"),
    ],
)
def test_what_a_pull_request_makes_of_the_configuration_does_not_count_for_it(home: House, proposed: str) -> None:
    change, files = configured("check: {fail_on: high}\n", proposed)
    tenant = home.tenant(change, files=files)
    tenant.open()

    one_review(tenant, "failure")

    (comment,) = tenant.app.review_comments()
    assert comment["path"] == "a.py"


def test_what_a_fork_adds_as_configuration_does_not_count(home: House) -> None:
    head = {"a.py": AFTER, ".quartet.yml": "when: {bots: false, authors: {never: [mona]}}\n"}
    tenant = home.tenant(pull(head=head, fork="stranger/app"))
    tenant.open()

    one_review(tenant)


def test_the_organisations_configuration_counts(home: House) -> None:
    tenant = home.tenant(organisation={".quartet.yml": "check: {fail_on: high, name: house-review}\n"})
    tenant.open()

    one_review(tenant, "failure")

    assert tenant.check()["name"] == "house-review"


def test_the_repositorys_own_configuration_counts_more_than_the_organisations(home: House) -> None:
    change, files = configured("check: {fail_on: critical}\n")
    tenant = home.tenant(
        change, files=files, organisation={".quartet.yml": "check: {fail_on: high}\nreviewers: [security]\n"}
    )
    tenant.open()

    one_review(tenant, "success")

    assert len(tenant.asked) == 1, "the organisation's choice of reviewers counts where the repository says nothing"


def test_a_faulty_file_of_the_organisation_stops_nobody_and_is_told(home: House) -> None:
    tenant = home.tenant(organisation={".quartet.yml": "nonsense: 1\n"})
    tenant.open()

    one_review(tenant)

    assert "nonsense" in tenant.check()["output"]["summary"]
