"""What people said of earlier findings decides how far the next one is believed."""

from __future__ import annotations

import time

import pytest

from app.jobs import take_turn
from app.wishes import Wish
from llm_runtime.catalog import find
from reviewers.findings import Severity
from tests.app.cli.conftest import by_reviewer, findings, remark
from tests.app.commands.conftest import Open, Room
from tests.builders import finding

MODEL = find("anthropic/claude-opus-5-5").id
SAID = remark(
    path="shop.py",
    quote="return sum(rows) / len(rows)",
    line=2,
    rule="logic-error",
    severity="medium",
    confidence=0.75,
    title="An empty list has no mean",
    message="`len(rows)` is 0 for an empty list, and the division fails. Return 0 for it.",
)


@pytest.fixture
def room(open_room: Open) -> Room:
    return open_room(by_reviewer(bugs=findings(SAID)), config="models: {default: anthropic/claude-opus-5-5}\n")


def _judged(room: Room, *, right: bool) -> None:
    """Thirty findings of that kind on another pull request, and what people made of them."""
    kinds = [
        finding(reviewer="bugs", rule="logic-error", severity=Severity.MEDIUM, models=[MODEL], anchor=f"line {number}")
        for number in range(30)
    ]
    review = room.store.begin_review(
        repository="octo/app", number=3, installation=room.github.installation, head="a", base="b", reason="push"
    )
    room.store.remember_findings(review, kinds)
    ids = [kind.fingerprint for kind in kinds]
    room.store.mark_told("octo/app", 3, dict.fromkeys(ids))
    room.store.dispose("octo/app", ids, kind="accepted" if right else "dismissed", by="mona", number=3)


@pytest.mark.parametrize("right", [True, False], ids=["accepted before", "dismissed before"])
def test_a_kind_of_finding_that_people_keep_dismissing_is_not_told(room: Room, *, right: bool) -> None:
    _judged(room, right=right)
    room.services.turns.want(room.repository, 7, Wish(reason="push", head=room.head), not_before=time.time())

    take_turn(room.services, room.repository, 7)

    assert [len(review["comments"]) for review in room.github.reviews] == ([1] if right else [])
