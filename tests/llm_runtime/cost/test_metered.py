from __future__ import annotations

from decimal import Decimal

import pytest

from llm_runtime.cost.budget import Budget
from llm_runtime.cost.calculator import CostCalculator
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
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Call, Completion, Request, Usage
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, Step, completion, spec

REQUEST = Request(system="Be brief.", question="Why?")
USAGE = Usage(input_tokens=1_000, output_tokens=100)


def metered(
    *steps: Step, clock: FakeClock | None = None, budget: Budget | None = None, model: ModelSpec | None = None
) -> MeteredLLM:
    clock = clock or FakeClock()
    return MeteredLLM(ScriptedLLM(model or spec(), *steps), CostCalculator(clock), clock, budget)


def test_an_answer_carries_its_call() -> None:
    clock = FakeClock()

    def answer(_: Request) -> Completion:
        clock.seconds += 2.5
        return completion()

    llm = metered(answer, clock=clock)

    assert llm.spec == spec()
    assert llm.complete(REQUEST).calls == (
        Call(provider="openai", model="gpt-6.1-sol", usage=USAGE, cost_usd=Decimal("0.003"), seconds=2.5),
    )


def test_an_error_carries_its_call() -> None:
    llm = metered(RateLimited("openai/gpt-6.1-sol: too many requests"))

    with pytest.raises(RateLimited) as caught:
        llm.complete(REQUEST)

    assert caught.value.calls == (
        Call(
            provider="openai",
            model="gpt-6.1-sol",
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
    budget = Budget(Decimal(1))

    (call,) = metered(completion(input_tokens=0, output_tokens=0), budget=budget).complete(REQUEST).calls

    assert (call.usage, call.cost_usd) == (Usage(), None)
    assert budget.spent == CostCalculator(FakeClock()).estimate(spec(), REQUEST)


def test_answers_are_paid_from_the_budget() -> None:
    budget = Budget(Decimal(1))

    metered(completion(), budget=budget).complete(REQUEST)

    assert budget.spent == Decimal("0.003")


def test_a_call_that_may_cost_more_than_is_left_is_not_sent() -> None:
    llm = ScriptedLLM(spec(), completion())
    clock = FakeClock()

    with pytest.raises(BudgetExceeded, match="raise the cap") as caught:
        MeteredLLM(llm, CostCalculator(clock), clock, Budget(Decimal("0.01"))).complete(REQUEST)

    assert llm.requests == []
    assert caught.value.calls == ()


def test_a_model_without_a_price_is_not_asked_under_a_cap() -> None:
    with pytest.raises(BudgetExceeded, match=r"openai/llama: no price is known.*leave the cap out"):
        metered(completion(), budget=Budget(Decimal(1)), model=spec("llama")).complete(REQUEST)


@pytest.mark.parametrize(
    ("error", "billed"),
    [
        pytest.param(RateLimited("limit", status=429), "nothing", id="a limit"),
        pytest.param(ServerFailed("broken", status=500), "nothing", id="a server that says it failed"),
        pytest.param(ServerFailed("unread"), "everything", id="an answer that nobody can read"),
        pytest.param(TimedOut("late"), "everything", id="no answer in time"),
        pytest.param(ConnectionFailed("cut"), "everything", id="a connection cut"),
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
    budget = Budget(Decimal(1))
    bound = CostCalculator(FakeClock()).estimate(spec(), REQUEST)

    with pytest.raises(LLMError):
        metered(error, budget=budget).complete(REQUEST)

    assert budget.spent == {"nothing": Decimal(0), "everything": bound, "usage": Decimal("0.003")}[billed]
