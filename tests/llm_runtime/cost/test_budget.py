from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from llm_runtime.cost.budget import Budget
from llm_runtime.errors import BudgetExceeded


def test_what_a_call_did_not_use_is_given_back() -> None:
    budget = Budget(Decimal(1))

    for _ in range(5):
        with budget.reserved(Decimal("0.60")) as reservation:
            reservation.settle(Decimal("0.08"))

    assert budget.spent == Decimal("0.40")


def test_a_call_that_was_not_billed_costs_nothing() -> None:
    budget = Budget(Decimal(1))

    with pytest.raises(ZeroDivisionError), budget.reserved(Decimal(1)):
        raise ZeroDivisionError

    assert budget.spent == 0
    with budget.reserved(Decimal(1)):
        pass


def test_what_cannot_fit_any_more_is_refused_at_once_with_a_cure() -> None:
    budget = Budget(Decimal("1.00"))
    with budget.reserved(Decimal("0.60")) as reservation:
        reservation.settle(Decimal("0.60"))

    with pytest.raises(BudgetExceeded, match=r"may cost \$0\.5000.*of \$1\.00 only \$0\.4000 is left; raise the cap"):
        budget.reserved(Decimal("0.50")).__enter__()


def test_what_is_too_much_from_the_start_does_not_wait_for_others() -> None:
    budget = Budget(Decimal(1))

    with budget.reserved(Decimal("0.50")), pytest.raises(BudgetExceeded):
        budget.reserved(Decimal("1.01")).__enter__()


def test_a_call_waits_for_what_others_give_back() -> None:
    budget = Budget(Decimal(1))
    entered, waiting = threading.Event(), threading.Event()

    def second() -> Decimal:
        waiting.set()
        with budget.reserved(Decimal("0.60")) as reservation:
            entered.set()
            reservation.settle(Decimal("0.20"))
        return budget.spent

    with ThreadPoolExecutor(1) as pool:
        with budget.reserved(Decimal("0.60")) as first:
            later = pool.submit(second)
            waiting.wait(10)
            assert not entered.wait(0.05)
            first.settle(Decimal("0.10"))

        assert later.result(10) == Decimal("0.30")


def test_a_call_that_waited_is_refused_when_the_others_used_it_all() -> None:
    budget = Budget(Decimal(1))
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        with budget.reserved(Decimal("0.60")):
            pass

    with ThreadPoolExecutor(1) as pool:
        with budget.reserved(Decimal("0.60")) as first:
            later = pool.submit(second)
            waiting.wait(10)
            first.settle(Decimal("0.60"))

        with pytest.raises(BudgetExceeded):
            later.result(10)


def test_many_threads_stay_under_the_cap() -> None:
    budget = Budget(Decimal("1.00"))

    def call(number: int) -> bool:
        try:
            with budget.reserved(Decimal("0.10")) as reservation:
                reservation.settle(Decimal("0.03") if number % 2 else Decimal("0.10"))
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(call, range(60)))

    assert Decimal("0.90") < budget.spent <= budget.limit_usd
    assert not all(answered)
