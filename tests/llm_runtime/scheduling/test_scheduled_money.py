"""A call that waits for money as well as for room: room is for calls that can be sent at once."""

from __future__ import annotations

import functools
import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from llm_runtime.context.strategy import LargeContextFallback
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.caps import Cap
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.errors import BudgetExceeded, LLMError, Overloaded, TimedOut, WouldWaitTooLong
from llm_runtime.llm import Funded
from llm_runtime.messages import Completion, Request
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import RateLimits
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.scheduled import ScheduledLLM
from tests.drills.clocks import SharedClock
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, Step, completion, spec
from tests.llm_runtime.scheduling.test_scheduled import KEY, REQUEST, Tokens

WINDOW = 60.0
LIMIT = 20
MOST = CostCalculator(FakeClock()).estimate(spec(), REQUEST, 1_000)
"""Dollars that one call may cost."""


def capped(
    clock: FakeClock,
    limit: Decimal,
    *steps: Step,
    limits: RateLimits | None = None,
    patience: Patience | None = None,
    deadline: float = 900.0,
) -> tuple[ScheduledLLM, BudgetEnforcingTracker, Cap, ScriptedLLM]:
    cap = Cap(scope="run", limit_usd=limit)
    budget, vendor, tokens = BudgetEnforcingTracker([cap], clock=clock), ScriptedLLM(spec(), *steps), Tokens()
    metered = MeteredLLM(
        vendor, CostCalculator(clock), clock, budget=budget, estimate=lambda request: tokens.estimate(request, "")
    )
    strategy = ProactiveRateLimitScheduler(
        KEY,
        limits or RateLimits(requests_per_minute=LIMIT),
        MemoryLedger(clock),
        clock=clock,
        chance=lambda: 1.0,
        patience=patience or Patience(),
    )
    context = LargeContextFallback([spec()], tokens.estimate)
    llm = ScheduledLLM(metered, strategy, context=context, estimator=tokens, clock=clock, deadline_seconds=deadline)
    return llm, budget, cap, vendor


def test_no_window_has_more_calls_than_its_limit_while_they_wait_for_money() -> None:
    """One large call holds the money of all others until the room that they would have had is that of a window past."""
    large, small = replace(REQUEST, max_output_tokens=10_000), replace(REQUEST, max_output_tokens=100)
    most = CostCalculator(FakeClock()).estimate(spec(), large, 1_000)
    assert most is not None
    clock, sent = SharedClock(), list[float]()

    def answer(request: Request) -> Completion:
        sent.append(clock.monotonic())
        clock.wait(threading.Event(), 55.0 if request.max_output_tokens == large.max_output_tokens else 1.0)
        return completion(input_tokens=10, output_tokens=1)

    llm, budget, cap, _ = capped(clock, most + Decimal("0.001"), answer)

    def later() -> None:
        clock.wait(threading.Event(), 0.5)
        llm.complete(small)

    clock.run([functools.partial(llm.complete, large), *[later] * 40])

    sent.sort()
    assert len(sent) == 41
    assert max(sum(at - WINDOW < other <= at for other in sent) for at in sent) <= LIMIT - 2
    assert budget.spent(cap) == 41 * Decimal("0.00003")


def test_who_finds_no_money_takes_no_room() -> None:
    llm, _, _, vendor = capped(FakeClock(), Decimal("0.000001"), completion(), limits=RateLimits(requests_per_minute=1))

    for _ in range(3):
        with pytest.raises(BudgetExceeded):
            llm.complete(REQUEST)

    assert vendor.requests == []


def test_who_finds_no_room_gives_the_money_back() -> None:
    assert MOST is not None
    llm, budget, cap, vendor = capped(
        FakeClock(),
        MOST + Decimal("0.003"),
        completion(),
        limits=RateLimits(requests_per_minute=1),
        patience=Patience(max_wait_seconds=0.0),
    )
    llm.complete(REQUEST)

    for _ in range(3):
        with pytest.raises(WouldWaitTooLong):
            llm.complete(REQUEST)

    assert len(vendor.requests) == 1
    assert budget.spent(cap) == Decimal("0.003")
    assert budget.affords(MOST)


def test_nothing_is_held_between_two_attempts() -> None:
    assert MOST is not None
    clock = FakeClock()
    llm, budget, cap, vendor = capped(clock, MOST, Overloaded("openai/gpt-6.1-sol: busy"), completion())
    spent: list[Decimal] = []
    clock_wait = clock.wait

    def wait(event: threading.Event, seconds: float) -> bool:
        with budget.reserved(spec(), MOST, timeout_seconds=0.0) as held:
            held.settle(Decimal(0))
            spent.append(budget.spent(cap))
        return clock_wait(event, seconds)

    clock.wait = wait  # type: ignore[method-assign]

    llm.complete(REQUEST)

    assert len(vendor.requests) == 2
    assert spent == [Decimal(0)]


def test_an_interruption_before_the_call_is_sent_costs_nothing() -> None:
    clock, cap = FakeClock(), Cap(scope="run", limit_usd=Decimal(1))
    budget = BudgetEnforcingTracker([cap], clock=clock)
    metered: Funded = MeteredLLM(ScriptedLLM(spec()), CostCalculator(clock), clock, budget=budget)

    with pytest.raises(KeyboardInterrupt), metered.funded(REQUEST):
        raise KeyboardInterrupt

    assert budget.spent(cap) == Decimal(0)


def test_an_interruption_while_the_call_is_under_way_costs_all_that_was_set_aside() -> None:
    def interrupted(_: Request) -> Completion:
        raise KeyboardInterrupt

    llm, budget, cap, _ = capped(FakeClock(), Decimal(1), interrupted)

    with pytest.raises(KeyboardInterrupt):
        llm.complete(REQUEST)

    assert budget.spent(cap) == MOST


def test_waiting_for_money_ends_with_the_deadline() -> None:
    assert MOST is not None
    clock = SharedClock()
    ended: list[tuple[LLMError, float]] = []

    def slow(_: Request) -> Completion:
        clock.wait(threading.Event(), 100.0)
        return completion()

    llm, _, _, vendor = capped(clock, MOST, slow, deadline=30.0)

    def ask() -> None:
        try:
            llm.complete(REQUEST)
        except (BudgetExceeded, TimedOut) as error:
            ended.append((error, clock.monotonic()))

    clock.run([ask, ask, ask])

    assert len(vendor.requests) == 1
    assert [at for _, at in ended] == [30.0, 30.0]
