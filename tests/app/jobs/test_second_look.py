"""What second looks say is not posted twice, and not asked twice."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from app import jobs, reviewing
from app.jobs import take_turn
from app.wishes import Wish
from tests.app.commands.conftest import CODE, Open, Room
from tests.fakes.models import Answer, Asked, Fails, says, verdicts

DIVISION = {
    "path": "shop.py",
    "quote": "return sum(rows) / len(rows)",
    "line": 2,
    "removed": False,
    "rule": "logic-error",
    "severity": "high",
    "confidence": 0.9,
    "title": "Division by zero",
    "message": "An empty list has no length.",
    "suggestion": None,
    "evidence": [],
}


def finds_division(asked: Asked) -> Answer:
    mine = "Your speciality now: Bug hunter" in asked.prompt and str(DIVISION["quote"]) in asked.prompt
    return says({"findings": [DIVISION] if mine else [], "dropped_evidence": []}, input=6_000, output=6_000)


def refutes(asked: Asked) -> Answer:
    return verdicts(asked, "refuted")


def review(room: Room) -> None:
    room.services.turns.want(room.repository, 7, Wish(reason="push", head=room.head), not_before=time.time())
    take_turn(room.services, room.repository, 7)


def posted(room: Room) -> list[dict[str, Any]]:
    return [comment for one in room.github.reviews for comment in one.get("comments", ())]


def looked_again(room: Room) -> int:
    assert room.vendor is not None
    return len(room.vendor.looked_again)


def test_what_was_refuted_is_not_posted(open_room: Open) -> None:
    room = open_room(finds_division, looks_again=refutes)

    review(room)

    assert looked_again(room) == 1
    assert room.github.reviews == []


def test_what_was_confirmed_is_posted_with_a_word(open_room: Open) -> None:
    room = open_room(finds_division)

    review(room)

    (one,) = room.github.reviews
    assert "confirmed by anthropic/claude-" in str(one)


def test_a_finding_that_is_still_open_is_not_looked_at_again(open_room: Open) -> None:
    room = open_room(finds_division)
    review(room)

    room.github.push(7, {"shop.py": CODE, "other.py": "total = 0\n"})
    review(room)

    assert looked_again(room) == 1


def test_what_was_refuted_stays_refuted_after_a_push(open_room: Open) -> None:
    room = open_room(finds_division, looks_again=refutes)
    review(room)

    room.github.push(7, {"shop.py": CODE, "other.py": "total = 0\n"})
    review(room)

    assert looked_again(room) == 1
    assert room.github.reviews == []


def test_what_was_posted_unverified_and_is_refuted_later_is_taken_back_in_its_thread(open_room: Open) -> None:
    looks: list[Asked] = []

    def refutes_the_second_time(asked: Asked) -> Answer:
        looks.append(asked)
        return Fails(status=400) if len(looks) == 1 else verdicts(asked, "refuted")

    room = open_room(finds_division, looks_again=refutes_the_second_time)
    review(room)
    before = [comment["body"] for comment in room.github.review_comments()]
    room.github.push(7, {"shop.py": CODE, "other.py": "total = 0\nfor i in range(3):\n    total += i\n"})

    review(room)

    (body,) = (comment["body"] for comment in room.github.review_comments())
    assert ["Withdrawn" in each for each in (*before, body)] == [False, True]
    assert len(looks) == 2


def test_a_worker_that_dies_before_the_second_look_leaves_its_money_to_the_next(
    open_room: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = open_room(finds_division, looks_again=refutes)
    monkeypatch.setattr(jobs, "_PAUSES", (0.0,) * 9)
    with monkeypatch.context() as dying:
        dying.setattr(reviewing, "verified", _dies)
        review(room)
    assert looked_again(room) == 0

    take_turn(room.services, room.repository, 7)

    assert looked_again(room) == 1
    assert room.github.reviews == []


def _dies(*_: object) -> None:
    raise RuntimeError


def test_second_looks_are_accounted_to_the_review(open_room: Open) -> None:
    room = open_room(finds_division)

    review(room)

    assert "verification" in {line.reviewer for line in room.store.costs("octo/app", 7)}


def test_a_second_look_that_failed_is_made_in_the_next_attempt_though_its_reviewers_have_all_answered(
    open_room: Open,
) -> None:
    looked: list[Asked] = []

    def refutes_at_last(asked: Asked) -> Answer:
        looked.append(asked)
        if len(looked) > 1:
            return verdicts(asked, "refuted")
        # The head moves, so that this attempt publishes nothing; in what comes there is nothing to ask.
        room.github.push(7, {"shop.py": CODE, "package-lock.json": "{}\n"})
        return Fails(status=400)

    room = open_room(finds_division, looks_again=refutes_at_last)
    room = replace(room, services=replace(room.services, now=lambda: time.time() - 60))
    review(room)

    take_turn(room.services, room.repository, 7)

    assert room.store.reviews_of("octo/app", 7)[0].state == "done"
    assert len(looked) > 1
    assert room.github.reviews == []
