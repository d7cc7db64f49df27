from __future__ import annotations

from decimal import Decimal

import pytest

from llm_runtime.builder import get_llm
from llm_runtime.cost.budget import BudgetEnforcingTracker
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.caps import Cap
from llm_runtime.errors import BudgetExceeded, RateLimited
from llm_runtime.messages import Request
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, completion, spec

REQUEST = Request(system="Be brief.", question="Why?")


def test_every_attempt_is_a_call_of_its_own() -> None:
    clock = FakeClock()
    providers = [
        ScriptedLLM(spec("gpt-6.1-sol"), RateLimited("later")),
        ScriptedLLM(spec("gpt-6.1-terra"), completion()),
    ]

    llm = get_llm(providers, CostCalculator(clock), clock)

    assert llm.spec.name == "gpt-6.1-sol"
    calls = llm.complete(REQUEST).calls
    assert [(call.model, call.error) for call in calls] == [("gpt-6.1-sol", "RateLimited"), ("gpt-6.1-terra", None)]


def test_one_budget_serves_several_llms() -> None:
    clock = FakeClock()
    cap = Cap(scope="run", limit_usd=Decimal("0.10"))
    budget = BudgetEnforcingTracker([cap], clock=clock)
    first, second = (
        get_llm([ScriptedLLM(spec(), completion(output_tokens=9_000))], CostCalculator(clock), clock, budget)
        for _ in range(2)
    )

    first.complete(REQUEST)
    with pytest.raises(BudgetExceeded):
        second.complete(REQUEST)

    assert budget.spent(cap) == Decimal("0.092")
