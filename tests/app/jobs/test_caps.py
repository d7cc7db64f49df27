from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app import wiring
from app.accounts import Account
from llm_runtime.catalog import find
from llm_runtime.errors import BudgetExceeded
from llm_runtime.messages import Request
from tests.app.commands.conftest import Open, Room
from tests.fakes.models import Spent, says

SPEC = find("anthropic/claude-opus-5-5")
QUESTION = Request(system="You review.", question="Well?", max_output_tokens=1_000)
CAP = Decimal("0.03")
ONE = Account(repository="octo/app", review="octo/app#7", job="opened 1", lasting=True)


@pytest.fixture
def room(open_room: Open) -> Room:
    return open_room(replace(says("fine"), spent=Spent(input=10, output=1_000)))


def attempt(room: Room, account: Account) -> Any:
    """One question of an attempt at a review, in a process of its own as far as its accounts go."""
    models = {"bugs": (SPEC,)}
    with wiring.llms(models, room.services.settings, CAP, account, notify=lambda _: None) as llms:
        return llms["bugs"].complete(QUESTION)


def test_attempts_at_one_review_have_one_cap_in_common(room: Room) -> None:
    attempt(room, ONE)

    with pytest.raises(BudgetExceeded):
        attempt(room, ONE)


def test_another_review_has_a_cap_of_its_own(room: Room) -> None:
    attempt(room, ONE)

    assert attempt(room, replace(ONE, job="push 2")).text == "fine"
