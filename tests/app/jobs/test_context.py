"""What the App's reviews know beside the change."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from app.jobs import take_turn
from app.wishes import Wish
from tests.app.commands.conftest import Open, Room
from tests.fakes.models import Answer, Asked, says

BEFORE = "from rates import rate_of\n\n\ndef total(rows):\n    return sum(rows)\n"


def silent(_: Asked) -> Answer:
    return says({"findings": [], "dropped_evidence": []})


def review(room: Room, config: str) -> list[Asked]:
    base = {"shop.py": BEFORE, "rates.py": "def rate_of(rows):\n    return len(rows)\n", ".quartet.yml": config}
    head = {**base, "shop.py": BEFORE.replace("sum(rows)", "sum(rows) / rate_of(rows)")}
    closes = ((12, "Rates", "A total is divided by its rate."),)
    room.github.pulls[7] = replace(room.github.pulls[7], base_files=base, head_files=head, closes=closes)
    room.services.turns.want(room.repository, 7, Wish(reason="push", head=room.head), not_before=time.time())
    take_turn(room.services, room.repository, 7)
    assert room.vendor is not None
    return room.vendor.asked


def test_a_model_of_the_app_sees_what_is_called_and_the_issue_that_is_closed(open_room: Open) -> None:
    asked = review(open_room(silent), "reviewers: [bugs]\n")

    (prompt,) = [one.prompt for one in asked]
    context = prompt.partition("Context, for understanding only:")[2]
    assert "definition of `rate_of`, called in shop.py line 5" in context
    assert "A total is divided by its rate." in context


@pytest.mark.parametrize(
    ("tokens", "listed"), [pytest.param(0, False, id="none wanted"), pytest.param(500, True, id="some wanted")]
)
def test_where_no_context_is_wanted_nothing_is_asked_of_github(open_room: Open, tokens: int, listed: bool) -> None:
    room = open_room(silent)

    review(room, f"context: {{max_tokens: {tokens}}}\n")

    assert any("/git/trees/" in request.path for request in room.app.requests) is listed
