"""From a delivery to a review, through real processes."""

from __future__ import annotations

import pytest

from tests.app.whole.world import AFTER, FAULT, world
from tests.fakes.models import says

pytestmark = pytest.mark.timeout(120)


def test_an_opened_pull_request_is_reviewed() -> None:
    with world() as held:
        held.web()
        held.workers()

        assert held.github.opened(held.app) == 202
        held.until_reviewed()

        (review,) = held.app.reviews
        (comment,) = review["comments"]
        assert (comment["path"], comment["line"]) == ("a.py", 30)
        assert FAULT["title"] in comment["body"]
        assert held.check["conclusion"] == "success"


def test_five_times_the_same_delivery_is_one_review() -> None:
    with world() as held:
        held.web()
        held.workers()

        statuses = [held.github.opened(held.app, guid="72d3162e-cc78-11e3-81ab-4c9367dc0958") for _ in range(5)]
        held.until_reviewed()

        assert statuses[0] == 202
        assert len(held.app.reviews) == 1
        assert len(held.app.issue_comments) <= 1


def test_a_push_is_asked_about_only_where_it_changes_something() -> None:
    with world() as held:
        held.web()
        held.workers()
        held.github.opened(held.app)
        held.until_reviewed()
        before = len(held.vendor.asked)

        held.github.push(held.app, 7, {"a.py": AFTER, "b.py": "total = 0\n"})
        held.until_reviewed()

        asked = held.vendor.asked[before:]
        assert asked
        assert all("total = 0" in one.prompt for one in asked)
        assert not any(FAULT["quote"] in one.question for one in asked)
        assert len(held.app.reviews) == 1


def test_a_delivery_that_nobody_took_is_sent_again_and_reviewed() -> None:
    with world() as held:
        held.web().kill()
        assert held.github.opened(held.app) == 0

        held.web()
        held.workers()
        held.until_reviewed()

        assert len(held.app.reviews) == 1


def test_one_command_is_a_working_bot_that_goes_on_after_a_crash() -> None:
    with world() as held:
        del held.environment["REDIS_URL"]
        crashed = held.up()
        held.github.opened(held.app)
        held.until_reviewed()
        crashed.kill()

        held.up()
        held.github.push(held.app, 7, {"a.py": AFTER, "b.py": "total = 0\n"})
        # The turn of the worker that was killed may have to run out first.
        held.until_reviewed(seconds=100)

        assert len(held.app.reviews) == 1


def test_one_reviewer_alone_turns_no_check_green() -> None:
    with world(says({"findings": []})) as held:
        held.web()
        held.workers()

        held.github.comment(held.app, 7, "/review security")
        held.until_reviewed()

        assert held.check["conclusion"] == "neutral"
        assert "not asked: bugs" in held.check["output"]["title"]
