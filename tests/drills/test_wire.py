"""Drill: what goes wrong on the way to one vendor, on all three wires, and how it ends."""

from __future__ import annotations

from decimal import Decimal

import pytest

from llm_runtime.clock import SystemClock
from llm_runtime.errors import AllModelsExhausted
from llm_runtime.scheduling.backoff import Backoff
from llm_runtime.scheduling.ledger import Priority
from tests.drills.chains import ARGON, DEADLINE, OPUS, SOL, drill
from tests.drills.clocks import SharedClock
from tests.drills.vendors import FINE, until
from tests.fakes.models import (
    Answer,
    BadRequest,
    CallsTool,
    ContextTooLong,
    CutShort,
    Dribbles,
    Fails,
    Forbidden,
    Garbled,
    Hangs,
    NoSuchModel,
    QuotaExhausted,
    RateLimited,
    Refuses,
    Says,
    Stalls,
    Truncated,
    WrongKey,
)

OTHER = {SOL: OPUS, OPUS: ARGON, ARGON: SOL}
BRIEFLY = 0.25
PASSING = [
    pytest.param(RateLimited(), "RateLimited", id="429"),
    pytest.param(RateLimited(5), "RateLimited", id="429 and when to come back"),
    pytest.param(Fails(529), "Overloaded", id="529"),
    pytest.param(Fails(503), "Overloaded", id="503"),
    pytest.param(Fails(500), "ServerFailed", id="500"),
    pytest.param(CutShort(), "ConnectionFailed", id="cut in the body"),
    pytest.param(Garbled(), "ServerFailed", id="a page of a proxy"),
    pytest.param(Garbled('{"choices": [{"mess'), "ServerFailed", id="half a JSON"),
    pytest.param(Garbled("[]"), "ServerFailed", id="JSON of another form"),
    pytest.param(Garbled("null"), "ServerFailed", id="null"),
]
LASTING = [
    pytest.param(QuotaExhausted(), "QuotaExhausted", id="quota"),
    pytest.param(WrongKey(), "AuthenticationFailed", id="key"),
    pytest.param(Forbidden(), "AuthenticationFailed", id="forbidden"),
    pytest.param(NoSuchModel(), "ModelNotFound", id="model"),
    pytest.param(ContextTooLong(), "ContextTooLong", id="too long"),
    pytest.param(Refuses(), "Refused", id="refusal"),
    pytest.param(Truncated("fi"), "TruncatedOutput", id="truncated"),
    pytest.param(CallsTool(), "MalformedOutput", id="a tool call"),
    pytest.param(Says(""), "MalformedOutput", id="an empty answer"),
]


@pytest.mark.parametrize("model", [SOL, OPUS, ARGON])
@pytest.mark.parametrize(("fault", "error"), PASSING)
def test_what_passes_is_tried_again_and_answered_by_the_same_model(model: str, fault: Answer, error: str) -> None:
    with drill({model: [fault, fault, FINE]}) as held:
        outcome = held.ask(held.builder.build(), "Why?")

        held.check_accounts(1)
    assert outcome.answered
    assert [call.error for call in outcome.calls] == [error, error, None]


@pytest.mark.parametrize("model", [SOL, OPUS, ARGON])
@pytest.mark.parametrize(("fault", "error"), LASTING)
def test_what_lasts_goes_to_the_other_vendor_at_once(model: str, fault: Answer, error: str) -> None:
    with drill({model: fault, OTHER[model]: FINE}) as held:
        outcome = held.ask(held.builder.build(), "Why?")

        held.check_accounts(1)
    assert outcome.answered
    assert [call.error for call in outcome.calls] == [error, None]
    assert outcome.seconds == 0


@pytest.mark.parametrize("model", [SOL, OPUS, ARGON])
@pytest.mark.parametrize(("fault", "error"), PASSING)
def test_what_never_passes_goes_to_the_other_vendor_in_the_end(model: str, fault: Answer, error: str) -> None:
    with drill({model: fault, OTHER[model]: FINE}) as held:
        outcome = held.ask(held.builder.build(), "Why?")

        held.check_accounts(1)
    assert outcome.answered
    assert {call.error for call in outcome.calls[:-1]} == {error}
    assert held.asked(model) <= 2 + Backoff().max_retries


@pytest.mark.parametrize("fault", [Hangs(), Stalls(), Dribbles(0.05)], ids=["hangs", "stalls", "dribbles"])
@pytest.mark.parametrize("model", [SOL, OPUS, ARGON])
def test_a_server_that_does_not_end_its_answer_is_given_up_and_the_other_asked(model: str, fault: Answer) -> None:
    with drill({model: fault, OTHER[model]: FINE}, timeouts={model: BRIEFLY}) as held:
        builder = held.builder.with_scheduling(backoff=Backoff(max_retries=0), priority=Priority.INTERACTIVE)
        outcome = held.ask(builder.build(), "Why?")

        held.check_accounts(1)
    assert outcome.answered
    assert [call.error for call in outcome.calls] == ["TimedOut", None]


@pytest.mark.parametrize("model", [SOL, OPUS, ARGON])
def test_servers_that_hang_hold_nobody_beyond_the_deadline(model: str) -> None:
    clock = SystemClock()
    with drill({model: Hangs(), OTHER[model]: Hangs()}, clock=clock) as held:
        outcome = held.ask(held.builder.with_deadline(0.3).build(), "Why?")

        held.check_accounts(1, deadline=5)
    assert isinstance(outcome.ended, AllModelsExhausted)
    assert [call.error for call in outcome.calls] == ["TimedOut"]


def test_a_minute_of_overload_is_sat_out_by_the_final_attempt() -> None:
    """The 90-second rule: who has no other model waits until the vendor has been left alone for so long."""
    clock = SharedClock()
    with drill({OPUS: until(clock, 60, before=Fails(529))}, clock=clock) as held:
        outcomes = held.ask_at_once(held.builder.build(), callers=16, each=1)

        held.check_accounts(16)
    assert all(outcome.answered for outcome in outcomes)
    assert all(len(outcome.calls) == 2 + Backoff().max_retries for outcome in outcomes)
    assert all(90 <= outcome.seconds <= 90 + 7 for outcome in outcomes)


def test_a_person_does_not_sit_out_a_minute_of_overload_where_another_vendor_is_well() -> None:
    clock = SharedClock()
    with drill({OPUS: until(clock, 60, before=Fails(529)), SOL: FINE}, clock=clock) as held:
        builder = held.builder.with_scheduling(priority=Priority.INTERACTIVE)
        outcomes = held.ask_at_once(builder.build(), callers=16, each=1)

        held.check_accounts(16)
    assert all(outcome.answered for outcome in outcomes)
    assert max(outcome.seconds for outcome in outcomes) <= 7


def test_overload_without_end_on_both_vendors_ends_within_the_deadline() -> None:
    with drill({OPUS: Fails(529), SOL: Fails(503)}) as held:
        outcomes = held.ask_at_once(held.builder.build(), callers=8, each=2)

        held.check_accounts(16)
    assert {outcome.kind for outcome in outcomes} == {"AllModelsExhausted"}
    assert all(outcome.seconds <= DEADLINE for outcome in outcomes)


def test_a_bad_request_is_asked_of_nobody_else() -> None:
    with drill({OPUS: BadRequest(), SOL: FINE}) as held:
        outcome = held.ask(held.builder.build(), "Why?")

        held.check_accounts(1)
    assert outcome.kind == "BadRequest"
    assert held.asked(SOL) == 0


@pytest.mark.parametrize("fault", [CutShort(), Garbled()], ids=["cut in the body", "a page of a proxy"])
def test_nobody_says_that_an_answer_which_was_not_read_cost_nothing(fault: Answer) -> None:
    with drill({OPUS: [fault, FINE]}) as held:
        outcome = held.ask(held.builder.build(), "Why?")

        held.check_accounts(1)
    assert [call.cost_usd is None for call in outcome.calls] == [True, False]
    assert held.tracker.get_total_cost() is None
    assert held.tracker.known_cost > Decimal(0)
