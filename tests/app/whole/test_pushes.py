"""What happens to a review when the pull request goes on while it is made, in real processes."""

from __future__ import annotations

import pytest

from tests.app.whole.endings import one_review, summaries
from tests.app.whole.tenants import House
from tests.app.whole.world import AFTER, BEFORE, FAULT, finds
from tests.fakes import github_payloads
from tests.fakes.models import says

pytestmark = pytest.mark.timeout(120)

OTHER = "total = 0\n"


def test_a_push_while_reviewing_stops_the_review_and_what_was_paid_for_is_used(home: House) -> None:
    tenant = home.tenant()
    gate = tenant.gate(lambda asked: finds(FAULT)(asked) if "security" in asked.question.lower() else says("no JSON"))
    tenant.open()
    tenant.until_asked(gate, questions=4)
    old = tenant.app.pulls[7].head_sha

    tenant.push({"a.py": AFTER, "b.py": OTHER})
    tenant.until_state(lambda state: state.wanted == 2, "the push is known")
    tenant.until_noticed()
    tenant.script(finds(FAULT))
    gate.opened.set()
    one_review(tenant, unanswered=3)

    assert [check["conclusion"] for check in tenant.checks(old)] == ["cancelled"]
    assert [one for one in tenant.asked if one.rounds] == [], "an answer was repaired that nobody wanted any more"
    assert len([one for one in tenant.asked if FAULT["quote"] in one.prompt]) == 4 + 3, "security had answered"


def test_a_push_just_before_the_review_is_posted_is_reviewed_instead(home: House) -> None:
    tenant = home.tenant()
    old = tenant.app.pulls[7].head_sha
    pushed = {"a.py": AFTER, "b.py": OTHER}

    # The delivery of the push is lost, so nobody but GitHub knows of it.
    tenant.script(tenant.once(lambda: tenant.app.push(7, pushed), finds(FAULT)))
    tenant.open()
    one_review(tenant)

    assert tenant.app.pulls[7].head_sha != old
    assert [check["conclusion"] for check in tenant.checks(old)] == ["cancelled"]


def test_a_pull_request_closed_while_it_is_reviewed_gets_no_review(home: House) -> None:
    tenant = home.tenant()
    gate = tenant.gate()
    tenant.open()
    tenant.until_asked(gate, questions=4)

    tenant.app.pulls[7].state = "closed"
    tenant.send("pull_request", github_payloads.pull_request(tenant.app, "closed"))
    tenant.until_state(lambda state: state.cancelled, "it is told to stop")
    gate.opened.set()
    check = tenant.until_checked()
    tenant.until_quiet()

    assert check["conclusion"] == "cancelled"
    assert tenant.app.reviews == []
    assert summaries(tenant) == []


def test_a_finding_whose_code_is_gone_has_its_thread_resolved(home: House) -> None:
    tenant = home.tenant(permissions={"contents": "write"})
    tenant.open()
    one_review(tenant)

    tenant.push({"a.py": BEFORE.replace("line 30\n", "rows = db.execute('select ?', [name])\n")})
    tenant.until_checked()
    tenant.until_quiet()

    (comment,) = tenant.app.review_comments()
    assert tenant.app.threads[comment["id"]]["resolved"] is True
    assert "Fixed" in summaries(tenant)[0] or "fixed" in summaries(tenant)[0]


def test_without_the_right_to_resolve_the_comment_says_fixed_and_is_folded(home: House) -> None:
    tenant = home.tenant()
    tenant.open()
    one_review(tenant)

    tenant.push({"a.py": BEFORE.replace("line 30\n", "rows = db.execute('select ?', [name])\n")})
    tenant.until_checked()
    tenant.until_quiet()

    (comment,) = tenant.app.review_comments()
    assert "resolved" not in tenant.app.threads[comment["id"]]
    assert tenant.app.minimized[comment["node_id"]] == "RESOLVED"
    assert "fixed" in comment["body"].lower()
    assert FAULT["title"] in comment["body"]


def test_a_rebase_of_the_same_change_asks_nothing(home: House) -> None:
    tenant = home.tenant()
    tenant.open()
    one_review(tenant)
    asked = len(tenant.asked)

    with tenant.github.lock:
        tenant.app.pulls[7].base_files = {"a.py": "import db\n" + BEFORE}
    tenant.push({"a.py": "import db\n" + AFTER})
    check = tenant.until_checked()
    tenant.until_quiet()

    assert len(tenant.asked) == asked
    assert check["conclusion"] == "success"
    assert len(tenant.app.reviews) == 1
