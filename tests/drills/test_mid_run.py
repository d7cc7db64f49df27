"""Drill: in the middle of a run the quota ends, the key is revoked, or nobody wants the answers any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest

from llm_runtime.cost.caps import Cap
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.events import BreakerOpened
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.limits import RateLimits
from tests.drills.chains import ARGON, OPUS, SOL, budgeted, drill
from tests.drills.clocks import SharedClock
from tests.drills.vendors import FINE
from tests.fakes.models import Answer, Asked, Fails, QuotaExhausted, WrongKey

CALLERS, EACH = 8, 4
REQUESTS = CALLERS * EACH


def after(calls: int, then: Answer) -> Callable[[Asked], Answer]:
    """Well for so many calls, and never again."""
    lock, taken = threading.Lock(), [0]

    def answer(asked: Asked) -> Answer:
        with lock:
            taken[0] += 1
            return FINE if taken[0] <= calls else then

    return answer


@pytest.mark.parametrize("end", [QuotaExhausted(), WrongKey()], ids=["quota", "key"])
@pytest.mark.parametrize("model", [SOL, OPUS, ARGON])
def test_what_ends_in_mid_run_is_found_out_once_and_the_other_vendor_goes_on(model: str, end: Answer) -> None:
    other = SOL if model != SOL else OPUS
    with drill({model: after(10, end), other: FINE}) as held:
        outcomes = held.ask_at_once(held.builder.build(), callers=CALLERS, each=EACH)

        held.check_accounts(REQUESTS)
    assert all(outcome.answered for outcome in outcomes)
    # Those who were under way may find out as well, nobody after them.
    assert held.asked(model) <= 10 + CALLERS
    assert held.asked(other) == REQUESTS - 10


@pytest.mark.parametrize(("end", "error"), [(QuotaExhausted(), "QuotaExhausted"), (WrongKey(), "AuthenticationFailed")])
def test_without_another_vendor_every_call_says_why_it_was_not_answered(end: Answer, error: str) -> None:
    with drill({SOL: after(10, end)}) as held:
        outcomes = held.ask_at_once(held.builder.build(), callers=CALLERS, each=EACH)

        held.check_accounts(REQUESTS)
    assert sum(outcome.answered for outcome in outcomes) == 10
    assert {outcome.kind for outcome in outcomes if not outcome.answered} == {error, "CircuitOpen"}
    assert held.asked(SOL) <= 10 + CALLERS
    assert {event.error for event in held.heard.events if isinstance(event, BreakerOpened)} == {error}


def test_a_revoked_key_is_told_of_once() -> None:
    with drill({SOL: after(10, WrongKey()), OPUS: FINE}) as held:
        held.ask_at_once(held.builder.build(), callers=CALLERS, each=EACH)

    assert held.heard.kinds().count("BreakerOpened") == 1


def test_a_quota_that_comes_back_is_used_again() -> None:
    clock = SharedClock()
    with drill({SOL: [QuotaExhausted(), FINE], OPUS: FINE}, clock=clock) as held:
        llm = held.builder.build()
        answers = [held.ask(llm, "first")]
        clock.advance(899)
        answers.append(held.ask(llm, "second"))
        clock.advance(2)
        answers.append(held.ask(llm, "third"))

        held.check_accounts(3)
    assert [answer.calls[-1].model for answer in answers] == ["claude-opus-5-5", "claude-opus-5-5", "gpt-6.1-sol"]


def test_cancelled_while_they_wait_for_room_all_end_at_once() -> None:
    """The fifth answer is one too many: what waits ends, what is with the vendor is still paid for and given."""
    cancellation, clock = Cancellation(), SharedClock()
    lock = threading.Lock()
    moments: list[float] = []

    def answer(asked: Asked) -> Answer:
        with lock:
            moments.append(clock.monotonic())
            if len(moments) == 5:
                cancellation.cancel()
        return FINE

    with drill({SOL: answer, OPUS: FINE}, clock=clock) as held:
        limits = {SOL: RateLimits(requests_per_minute=20)}
        llm = held.builder.with_scheduling(limits=limits, cancellation=cancellation).build()
        outcomes = held.ask_at_once(llm, callers=CALLERS, each=EACH)

        held.check_accounts(REQUESTS)
    assert {outcome.kind for outcome in outcomes} == {"Completion", "Cancelled"}
    assert sum(outcome.answered for outcome in outcomes) == held.asked(SOL)
    assert held.asked(OPUS) == 0
    # Four may go at once; when the fifth was let in, nobody slept a moment longer.
    assert clock.monotonic() == moments[4] > 0


def test_cancelled_between_two_attempts_the_failed_ones_are_still_accounted_for() -> None:
    cancellation = Cancellation()

    def answer(asked: Asked) -> Answer:
        cancellation.cancel()
        return Fails(529)

    with drill({SOL: answer, OPUS: FINE}) as held:
        llm = held.builder.with_scheduling(cancellation=cancellation).build()
        outcome = held.ask(llm, "Why?")

        held.check_accounts(1)
    assert outcome.kind == "Cancelled"
    assert [call.error for call in outcome.calls] == ["Overloaded"]
    assert outcome.seconds == 0


def test_cancelled_when_the_next_model_would_be_asked_the_failed_calls_are_still_accounted_for() -> None:
    cancellation = Cancellation()

    def answer(asked: Asked) -> Answer:
        cancellation.cancel()
        return QuotaExhausted()

    with drill({SOL: answer, OPUS: FINE}) as held:
        outcome = held.ask(held.builder.with_scheduling(cancellation=cancellation).build(), "Why?")

        held.check_accounts(1)
    assert outcome.kind == "Cancelled"
    assert held.asked(OPUS) == 0


@pytest.mark.parametrize("elsewhere", [False, True], ids=["held by another thread", "held by another process"])
def test_cancelled_while_they_wait_for_money_nothing_is_sent_afterwards(elsewhere: bool) -> None:
    cancellation, clock = Cancellation(), SharedClock()
    accounts, cap = MemoryAccounts(clock), Cap(scope="run", limit_usd=Decimal("0.001"))

    def answer(asked: Asked) -> Answer:
        cancellation.cancel()
        return FINE

    with drill({SOL: answer, OPUS: FINE}, clock=clock) as held:
        builder, budget = budgeted(held, cap, accounts)
        _, other = budgeted(held, cap, accounts)
        llm = builder.with_scheduling(cancellation=cancellation).build()
        if elsewhere:
            with other.reserved(llm.spec, cap.limit_usd):
                clock.run([lambda: held.ask(llm, "Why?"), lambda: cancel_after(clock, 5, cancellation)])
        else:
            held.ask_at_once(llm, callers=CALLERS, each=1)
            assert budget.spent(cap) == held.tracker.known_cost

        held.check_accounts(1 if elsewhere else CALLERS)
    assert {outcome.kind for outcome in held.outcomes} - {"Completion"} == {"Cancelled"}
    assert held.asked(SOL) == (0 if elsewhere else 1)
    assert clock.monotonic() <= 5


def cancel_after(clock: SharedClock, seconds: float, cancellation: Cancellation) -> None:
    clock.wait(threading.Event(), seconds)
    cancellation.cancel()
