from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from llm_runtime.cost.accounts import Hold
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.caps import Cap
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.errors import (
    BudgetExceeded,
    ConnectionFailed,
    LLMError,
    MalformedOutput,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from llm_runtime.events import CallEnded, Observer, PriceUnknown
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Call, Completion, Request, Usage
from tests.llm_runtime.cost.doubles import Remembering
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, Step, completion, spec

REQUEST = Request(system="Be brief.", question="Why?")
USAGE = Usage(input_tokens=1_000, output_tokens=100)
SENT = datetime(2026, 11, 21, tzinfo=UTC)
DOLLAR = Cap(scope="run", limit_usd=Decimal(1))


def metered(
    *steps: Step,
    clock: FakeClock | None = None,
    budget: BudgetEnforcingTracker | None = None,
    model: ModelSpec | None = None,
    observer: Observer | None = None,
) -> MeteredLLM:
    clock = clock or FakeClock()
    llm = ScriptedLLM(model or spec(), *steps)
    return MeteredLLM(llm, CostCalculator(clock), clock, budget=budget, observer=observer)


def under(cap: Cap) -> BudgetEnforcingTracker:
    return BudgetEnforcingTracker([cap], clock=FakeClock())


def test_an_answer_carries_its_call() -> None:
    clock = FakeClock()

    def answer(_: Request) -> Completion:
        clock.advance(2.5)
        return completion()

    llm = metered(answer, clock=clock)

    assert llm.spec == spec()
    assert llm.complete(REQUEST).calls == (
        Call(
            provider="openai",
            model="gpt-6.1-sol",
            usage=USAGE,
            cost_usd=Decimal("0.003"),
            started_at=SENT,
            seconds=2.5,
        ),
    )


def test_an_error_carries_its_call() -> None:
    llm = metered(RateLimited("openai/gpt-6.1-sol: too many requests"))

    with pytest.raises(RateLimited) as caught:
        llm.complete(REQUEST)

    assert caught.value.calls == (
        Call(
            provider="openai",
            model="gpt-6.1-sol",
            cost_usd=Decimal(0),
            started_at=SENT,
            error="RateLimited",
            detail="openai/gpt-6.1-sol: too many requests",
        ),
    )


def test_an_unusable_answer_was_paid_for() -> None:
    llm = metered(MalformedOutput("no JSON", completion=completion()))

    with pytest.raises(MalformedOutput) as caught:
        llm.complete(REQUEST)

    (call,) = caught.value.calls
    assert (call.usage, call.cost_usd, call.error) == (USAGE, Decimal("0.003"), "MalformedOutput")


def test_an_unknown_price_is_not_zero() -> None:
    (call,) = metered(completion(), model=spec("llama", source="")).complete(REQUEST).calls

    assert (call.usage, call.cost_usd) == (USAGE, None)


def test_a_server_that_counts_no_tokens_leaves_the_cost_unknown_and_the_reservation_spent() -> None:
    budget = under(DOLLAR)

    (call,) = metered(completion(input_tokens=0, output_tokens=0), budget=budget).complete(REQUEST).calls

    assert (call.usage, call.cost_usd) == (Usage(), None)
    assert budget.spent(DOLLAR) == CostCalculator(FakeClock()).estimate(spec(), REQUEST)


def test_answers_are_paid_from_the_budget() -> None:
    budget = under(DOLLAR)

    metered(completion(), budget=budget).complete(REQUEST)

    assert budget.spent(DOLLAR) == Decimal("0.003")


def test_a_call_that_may_cost_more_than_is_left_is_not_sent() -> None:
    llm = ScriptedLLM(spec(), completion())
    clock, budget = FakeClock(), under(Cap(scope="run", limit_usd=Decimal("0.01")))

    with pytest.raises(BudgetExceeded, match="raise the cap") as caught:
        MeteredLLM(llm, CostCalculator(clock), clock, budget=budget).complete(REQUEST)

    assert llm.requests == []
    assert caught.value.calls == ()


def test_a_model_without_a_price_is_not_asked_under_a_cap() -> None:
    with pytest.raises(BudgetExceeded, match=r"openai/llama: no price is known.*leave the cap out"):
        metered(completion(), budget=under(DOLLAR), model=spec("llama")).complete(REQUEST)


def _unsent() -> ConnectionFailed:
    error = ConnectionFailed("none")
    error.sent = False
    return error


@pytest.mark.parametrize(
    ("error", "billed"),
    [
        pytest.param(RateLimited("limit", status=429), "nothing", id="a limit"),
        pytest.param(ServerFailed("broken", status=500), "nothing", id="a server that says it failed"),
        pytest.param(ServerFailed("unread"), "everything", id="an answer that nobody can read"),
        pytest.param(TimedOut("late"), "everything", id="no answer in time"),
        pytest.param(ConnectionFailed("cut"), "everything", id="a connection cut"),
        pytest.param(_unsent(), "nothing", id="no connection at all"),
        pytest.param(MalformedOutput("bad", completion=completion()), "usage", id="an unusable answer"),
        pytest.param(
            MalformedOutput("bad", completion=completion(input_tokens=0, output_tokens=0)),
            "everything",
            id="an unusable answer that counts no tokens",
        ),
        pytest.param(MalformedOutput("bad"), "nothing", id="an unusable answer without usage"),
    ],
)
def test_what_may_have_been_billed_counts_against_the_cap(error: LLMError, billed: str) -> None:
    budget = under(DOLLAR)
    bound = CostCalculator(FakeClock()).estimate(spec(), REQUEST)

    with pytest.raises(LLMError):
        metered(error, budget=budget).complete(REQUEST)

    assert budget.spent(DOLLAR) == {"nothing": Decimal(0), "everything": bound, "usage": Decimal("0.003")}[billed]


@pytest.mark.parametrize(
    ("error", "cost"),
    [
        pytest.param(RateLimited("limit", status=429), Decimal(0), id="refused"),
        pytest.param(MalformedOutput("bad", completion=completion()), Decimal("0.003"), id="answered"),
        pytest.param(TimedOut("late"), None, id="nobody knows"),
        pytest.param(ServerFailed("unread", status=200), None, id="unread"),
    ],
)
def test_the_cost_of_a_failed_call_is_known_where_it_can_be(error: LLMError, cost: Decimal | None) -> None:
    with pytest.raises(LLMError) as caught:
        metered(error).complete(REQUEST)

    assert [call.cost_usd for call in caught.value.calls] == [cost]


def test_what_an_interrupted_call_may_cost_counts_against_the_cap() -> None:
    budget = under(DOLLAR)

    def interrupted(_: Request) -> Completion:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        metered(interrupted, budget=budget).complete(REQUEST)

    assert budget.spent(DOLLAR) == CostCalculator(FakeClock()).estimate(spec(), REQUEST)


def test_every_call_is_told_of() -> None:
    told = Remembering()
    llm = metered(RateLimited("later"), completion(), observer=told)

    with pytest.raises(RateLimited) as caught:
        llm.complete(REQUEST)
    answered = llm.complete(REQUEST)

    assert told.events == [CallEnded(call=call) for call in (*caught.value.calls, *answered.calls)]


@pytest.mark.parametrize(
    ("model", "step", "unknown"),
    [
        pytest.param("llama", completion(), True, id="no price"),
        pytest.param("gpt-6.1-sol", completion(input_tokens=0, output_tokens=0), True, id="no usage"),
        pytest.param("llama", MalformedOutput("bad", completion=completion()), True, id="unusable, no price"),
        pytest.param("llama", RateLimited("later"), False, id="refused"),
        pytest.param("gpt-6.1-sol", TimedOut("late"), False, id="not answered"),
        pytest.param("gpt-6.1-sol", completion(), False, id="priced"),
    ],
)
def test_an_answer_without_a_price_is_told_of(model: str, step: Step, unknown: bool) -> None:
    told = Remembering()

    with contextlib.suppress(LLMError):
        metered(step, model=spec(model), observer=told).complete(REQUEST)

    assert [event for event in told.events if isinstance(event, PriceUnknown)] == [
        PriceUnknown(provider="openai", model=model)
    ] * unknown


class Generous(FakeClock):
    """While it is waited on, somebody else gives back what was held, in the end."""

    def __init__(self, ledger: MemoryAccounts, hold: Hold, after: float) -> None:
        super().__init__()
        self._ledger, self._hold, self._after = ledger, hold, after

    def wait(self, event: threading.Event, seconds: float) -> bool:
        woken = super().wait(event, seconds)
        if self.seconds >= self._after:
            self._ledger.settle(self._hold, Decimal(0))
        return woken


def waits_for_money(*steps: Step, after: float) -> tuple[MeteredLLM, ScriptedLLM, BudgetEnforcingTracker]:
    ledger = MemoryAccounts(FakeClock())
    elsewhere = Hold(id="elsewhere", accounts=(DOLLAR.account(SENT),), amount=Decimal("0.99"), lease_seconds=3_600)
    ledger.hold(elsewhere)
    clock = Generous(ledger, elsewhere, after)
    llm, budget = ScriptedLLM(spec(), *steps), BudgetEnforcingTracker([DOLLAR], ledger, clock=clock)
    return MeteredLLM(llm, CostCalculator(clock), clock, budget=budget), llm, budget


def test_what_was_waited_for_money_is_taken_off_the_time_of_the_call() -> None:
    llm, sent, _ = waits_for_money(completion(), after=20)

    llm.complete(replace(REQUEST, timeout_seconds=25))

    assert [request.timeout_seconds for request in sent.requests] == [5]


def test_nothing_is_sent_once_the_deadline_has_passed_while_money_was_waited_for() -> None:
    llm, sent, budget = waits_for_money(completion(), after=20)

    with pytest.raises(TimedOut, match="the deadline passed while waiting for what other calls had set aside"):
        llm.complete(replace(REQUEST, timeout_seconds=20))

    assert sent.requests == []
    assert budget.spent(DOLLAR) == 0


def test_a_budget_is_told_of_what_it_paid() -> None:
    budget = under(DOLLAR)

    metered(completion(), budget=budget, observer=budget).complete(REQUEST)

    assert budget.get_total_cost() == budget.spent(DOLLAR) == Decimal("0.003")


def test_retries_and_fallbacks_are_paid_from_the_same_budget() -> None:
    budget = under(DOLLAR)

    for model in (spec(), spec("gpt-6.1-terra")):
        with pytest.raises(MalformedOutput):
            metered(MalformedOutput("bad", completion=completion()), budget=budget, model=model).complete(REQUEST)

    assert Decimal("0.003") < budget.spent(DOLLAR) == budget.get_total_cost()
