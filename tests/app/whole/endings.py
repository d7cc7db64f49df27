"""How the stories of tenants end: one review, nothing lost, nothing paid for twice."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from tests.app.whole.tenants import Tenant
from tests.app.whole.world import FAULT
from tests.fakes.models import Asked

_FENCE = re.compile(r"\b(?:canary)?[0-9a-f]{24}\b")


def asked_twice(asked: list[Asked]) -> list[str]:
    """Questions that were put more than once in the same words."""
    counted = Counter(_FENCE.sub("FENCE", f"{one.system}\n{one.prompt}\n{one.rounds}") for one in asked)
    return [question for question, times in counted.items() if times > 1]


def summaries(tenant: Tenant, number: int = 7) -> list[str]:
    """The texts of our comments in the conversation of a pull request."""
    return [one["body"] for one in tenant.app.issue_comments if one["pull"] == number and tenant.app.own(one)]


def one_review(tenant: Tenant, conclusion: str = "success", number: int = 7, *, unanswered: int = 0) -> dict[str, Any]:
    """The end of every story: one review and one summary, all is found, nothing was paid for twice.

    Args:
        tenant: Whose.
        conclusion: Of the check.
        number: The pull request.
        unanswered: How many questions were put again, because they had got no answer that could be used.

    Returns:
        The review.
    """
    check = tenant.until_checked(number)
    tenant.until_quiet()
    assert check["conclusion"] == conclusion, check["output"]
    (review,) = [one for one in tenant.app.reviews if one["pull"] == number]
    assert review["commit_id"] == tenant.app.pulls[number].head_sha
    assert [FAULT["title"] in comment["body"] for comment in review["comments"]] == [True]
    assert len(summaries(tenant, number)) <= 1
    assert len(asked_twice(tenant.asked)) == unanswered
    state = tenant.state(number)
    assert (state.done, state.held_until, state.due) == (state.wanted, None, None)
    assert all(one["status"] == "completed" for one in tenant.app.checks if one["head_sha"] in heads(tenant, number))
    return review


def heads(tenant: Tenant, number: int = 7) -> set[str]:
    """All commits that were the head of a pull request; other pull requests of the test count too."""
    return {tenant.app.pulls[number].head_sha, *tenant.app.history}
