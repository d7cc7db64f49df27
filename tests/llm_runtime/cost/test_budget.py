from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_runtime.cost.accounts import Hold
from llm_runtime.cost.budget import LOOK_SECONDS, PATIENCE_SECONDS, BudgetEnforcingTracker
from llm_runtime.cost.caps import Cap, Period
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.errors import BudgetExceeded, LedgerUnavailable
from llm_runtime.events import BudgetNearlySpent, CallEnded
from llm_runtime.messages import Call
from tests.llm_runtime.cost.doubles import Remembering, Unsteady
from tests.llm_runtime.doubles import FakeClock, spec

MODEL = spec()
REVIEW = Cap(scope="review", name="acme/shop#7", limit_usd=Decimal("1.00"))
DAY = Cap(scope="repository", name="acme/shop", limit_usd=Decimal("2.00"), period=Period.DAY)


def spend(budget: BudgetEnforcingTracker, amount: str, cost: str | None = None) -> None:
    with budget.reserved(MODEL, Decimal(amount)) as reservation:
        reservation.settle(Decimal(cost or amount))


def held_elsewhere(ledger: MemoryAccounts, clock: FakeClock, amount: str) -> Hold:
    hold = Hold(id="elsewhere", accounts=(REVIEW.account(clock.now()),), amount=Decimal(amount), lease_seconds=3_600)
    ledger.hold(hold)
    return hold


def test_what_a_call_did_not_use_is_given_back() -> None:
    budget = BudgetEnforcingTracker([REVIEW])

    for _ in range(5):
        spend(budget, "0.60", "0.08")

    assert budget.spent(REVIEW) == Decimal("0.40")


def test_a_call_that_was_not_billed_costs_nothing() -> None:
    budget = BudgetEnforcingTracker([REVIEW])

    spend(budget, "1", "0")

    assert budget.spent(REVIEW) == 0
    spend(budget, "1")


def test_a_call_that_was_interrupted_costs_all_that_was_set_aside() -> None:
    budget = BudgetEnforcingTracker([REVIEW])

    with pytest.raises(KeyboardInterrupt), budget.reserved(MODEL, Decimal("0.7")):
        raise KeyboardInterrupt

    assert budget.spent(REVIEW) == Decimal("0.7")


def test_what_cannot_fit_any_more_is_refused_at_once_with_a_cure() -> None:
    budget = BudgetEnforcingTracker([REVIEW])
    spend(budget, "0.60")

    with pytest.raises(
        BudgetExceeded,
        match=r"openai/gpt-6\.1-sol: the next call may cost \$0\.5000, but of the cap of \$1\.00 "
        r"\(review acme/shop#7\) only \$0\.4000 is left; raise the cap, or take a cheaper model$",
    ) as caught:
        spend(budget, "0.50")

    assert (caught.value.provider, caught.value.model) == ("openai", "gpt-6.1-sol")


def test_a_cap_that_begins_anew_says_when() -> None:
    budget = BudgetEnforcingTracker([DAY])

    with pytest.raises(BudgetExceeded, match=r"repository acme/shop a day.*or wait for midnight \(UTC\)"):
        spend(budget, "2.01")


def test_what_is_too_much_from_the_start_does_not_wait_for_others() -> None:
    budget = BudgetEnforcingTracker([REVIEW])

    with budget.reserved(MODEL, Decimal("0.50")), pytest.raises(BudgetExceeded):
        spend(budget, "1.01")


def test_a_call_waits_for_what_others_give_back() -> None:
    budget = BudgetEnforcingTracker([REVIEW])
    entered, waiting = threading.Event(), threading.Event()

    def second() -> Decimal:
        waiting.set()
        with budget.reserved(MODEL, Decimal("0.60")) as reservation:
            entered.set()
            reservation.settle(Decimal("0.20"))
        return budget.spent(REVIEW)

    with ThreadPoolExecutor(1) as pool:
        with budget.reserved(MODEL, Decimal("0.60")) as first:
            later = pool.submit(second)
            waiting.wait(10)
            assert not entered.wait(0.05)
            first.settle(Decimal("0.10"))

        assert later.result(10) == Decimal("0.30")


def test_a_call_that_waited_is_refused_when_the_others_used_it_all() -> None:
    budget = BudgetEnforcingTracker([REVIEW])
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        spend(budget, "0.60")

    with ThreadPoolExecutor(1) as pool:
        with budget.reserved(MODEL, Decimal("0.60")) as first:
            later = pool.submit(second)
            waiting.wait(10)
            first.settle(Decimal("0.60"))

        with pytest.raises(BudgetExceeded):
            later.result(10)


def test_nobody_waits_longer_than_the_request_allows() -> None:
    clock = FakeClock()
    budget = BudgetEnforcingTracker([REVIEW], clock=clock)

    with (
        budget.reserved(MODEL, Decimal("0.60")),
        pytest.raises(
            BudgetExceeded,
            match=r"only \$0\.4000 is left beside \$0\.6000 set aside for calls under way; try again when they",
        ),
        budget.reserved(MODEL, Decimal("0.60"), timeout_seconds=20),
    ):
        pass

    assert clock.waits == [20]


def test_what_other_processes_hold_is_waited_for_with_limited_patience() -> None:
    clock = FakeClock()
    ledger = MemoryAccounts(clock)
    held_elsewhere(ledger, clock, "0.60")

    with pytest.raises(BudgetExceeded, match="set aside for calls under way"):
        spend(BudgetEnforcingTracker([REVIEW], ledger, clock=clock), "0.60")

    assert clock.waits == [LOOK_SECONDS] * int(PATIENCE_SECONDS / LOOK_SECONDS)


def test_what_other_processes_give_back_can_be_spent() -> None:
    class Meanwhile(FakeClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            ledger.settle(elsewhere, Decimal("0.10"))
            return super().wait(event, seconds)

    clock = Meanwhile()
    ledger = MemoryAccounts(clock)
    elsewhere = held_elsewhere(ledger, clock, "0.60")
    budget = BudgetEnforcingTracker([REVIEW], ledger, clock=clock)

    spend(budget, "0.60")

    assert budget.spent(REVIEW) == Decimal("0.70")


def test_every_cap_counts() -> None:
    clock = FakeClock()
    ledger = MemoryAccounts(clock)
    reviews = [Cap(scope="review", name=str(number), limit_usd=Decimal(1)) for number in range(3)]
    budgets = [BudgetEnforcingTracker([review, DAY], ledger, clock=clock) for review in reviews]

    spend(budgets[0], "1.00")
    spend(budgets[1], "0.90")
    with pytest.raises(BudgetExceeded, match=r"\$2\.00 \(repository acme/shop a day\) only \$0\.1000"):
        spend(budgets[2], "0.20")

    assert [budget.spent(review) for budget, review in zip(budgets, reviews, strict=True)] == [
        Decimal(1),
        Decimal("0.9"),
        Decimal(0),
    ]


def test_a_cap_for_each_call_begins_anew_with_every_call() -> None:
    each = Cap(scope="call", limit_usd=Decimal("0.50"), period=Period.CALL)
    budget = BudgetEnforcingTracker([each])

    for _ in range(3):
        spend(budget, "0.50")

    with pytest.raises(BudgetExceeded, match=r"\(each call\) only \$0\.5000 is left"):
        spend(budget, "0.51")


@pytest.mark.parametrize(
    ("period", "later"),
    [
        pytest.param(Period.DAY, datetime(2026, 11, 22, tzinfo=UTC), id="midnight"),
        pytest.param(Period.MONTH, datetime(2026, 12, 1, tzinfo=UTC), id="the first of the month"),
    ],
)
def test_a_period_ends_at_midnight_utc(period: Period, later: datetime) -> None:
    clock = FakeClock()
    cap = Cap(scope="repository", name="acme/shop", limit_usd=Decimal(1), period=period)
    budget = BudgetEnforcingTracker([cap], clock=clock)
    spend(budget, "1")

    clock.advance((later - clock.now()).total_seconds() - 1)
    with pytest.raises(BudgetExceeded):
        spend(budget, "0.01")
    clock.advance(1)

    spend(budget, "1")


def test_a_call_counts_for_the_day_on_which_it_was_sent() -> None:
    clock = FakeClock(datetime(2026, 11, 21, 23, 59, tzinfo=UTC))
    budget = BudgetEnforcingTracker([DAY], clock=clock)

    with budget.reserved(MODEL, Decimal("0.50")) as reservation:
        clock.advance(120)
        reservation.settle(Decimal("0.40"))
    today = budget.spent(DAY)
    clock.advance(-120)

    assert (budget.spent(DAY), today) == (Decimal("0.40"), Decimal(0))


def test_without_a_price_no_cap_can_be_kept() -> None:
    budget = BudgetEnforcingTracker([REVIEW])

    with (
        pytest.raises(BudgetExceeded, match=r"openai/gpt-6.1-sol: no price is known.*leave the cap out"),
        budget.reserved(MODEL, None),
    ):
        pass


def test_without_caps_everything_may_be_spent() -> None:
    budget = BudgetEnforcingTracker([])

    with budget.reserved(MODEL, None) as reservation:
        reservation.settle(Decimal(1_000), Call(provider="openai", model="gpt-6.1-sol", cost_usd=Decimal(1_000)))

    assert budget.get_total_cost() == 1_000


def test_a_ledger_that_is_gone_closes_the_purse() -> None:
    ledger = Unsteady()
    budget = BudgetEnforcingTracker([REVIEW], ledger)
    ledger.gone = True

    with pytest.raises(LedgerUnavailable):
        spend(budget, "0.01")


def test_a_ledger_that_goes_during_a_call_does_not_take_the_answer_away() -> None:
    ledger = Unsteady()
    budget = BudgetEnforcingTracker([REVIEW], ledger)

    with budget.reserved(MODEL, Decimal("0.60")) as reservation:
        ledger.gone = True
        reservation.settle(Decimal("0.10"))

    ledger.gone = False
    spend(budget, "0.30")
    assert budget.spent(REVIEW) == Decimal("0.40")


def test_four_fifths_of_a_cap_are_told() -> None:
    told = Remembering()
    budget = BudgetEnforcingTracker([REVIEW, DAY], observer=told)

    spend(budget, "0.80")

    assert told.events == [BudgetNearlySpent(account="review:acme/shop#7", spent=Decimal("0.8"), cap=Decimal(1))]


def test_whoever_observes_later_watches_the_same_caps() -> None:
    first, later = Remembering(), Remembering()
    budget = BudgetEnforcingTracker([REVIEW], observer=first)

    with budget.telling(later, first).reserved(MODEL, Decimal("0.80")) as reservation:
        reservation.settle(Decimal("0.80"), Call(provider="openai", model="gpt-6.1-sol", cost_usd=Decimal("0.80")))

    assert first.events == later.events
    assert [type(event) for event in later.events] == [BudgetNearlySpent]
    assert (budget.spent(REVIEW), budget.get_total_cost()) == (Decimal("0.80"), Decimal("0.80"))
    with pytest.raises(BudgetExceeded):
        spend(budget, "0.30")


def test_what_one_chain_holds_is_waited_for_in_another_until_it_comes_back() -> None:
    class Meanwhile(FakeClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            first.settle(Decimal("0.10"))
            held.close()
            woken.append(event.is_set())
            return super().wait(event, seconds)

    clock, woken = Meanwhile(), list[bool]()
    budget = BudgetEnforcingTracker([REVIEW], clock=clock)
    held = ExitStack()
    first = held.enter_context(budget.telling(Remembering()).reserved(MODEL, Decimal("0.60")))

    spend(budget.telling(Remembering()), "0.60")

    assert woken == [True]
    assert budget.spent(REVIEW) == Decimal("0.70")


def test_a_call_without_a_reservation_is_charged() -> None:
    budget = BudgetEnforcingTracker([REVIEW])

    budget.track_usage(Call(provider="openai", model="gpt-6.1-sol", cost_usd=Decimal("0.95")))

    assert (budget.spent(REVIEW), budget.get_total_cost()) == (Decimal("0.95"), Decimal("0.95"))
    with pytest.raises(BudgetExceeded):
        spend(budget, "0.06")


def test_a_call_that_a_layer_tells_of_is_not_counted_twice() -> None:
    budget = BudgetEnforcingTracker([REVIEW])
    call = Call(provider="openai", model="gpt-6.1-sol", cost_usd=Decimal("0.10"))

    with budget.reserved(MODEL, Decimal("0.20")) as reservation:
        reservation.settle(Decimal("0.10"), call)
        budget.record(CallEnded(call=call))

    assert (budget.spent(REVIEW), budget.get_total_cost()) == (Decimal("0.10"), Decimal("0.10"))


def test_what_is_charged_for_an_unknown_cost_does_not_make_it_known() -> None:
    budget = BudgetEnforcingTracker([REVIEW])

    with budget.reserved(MODEL, Decimal("0.20")) as reservation:
        reservation.settle(Decimal("0.20"), Call(provider="openai", model="gpt-6.1-sol"))

    assert (budget.spent(REVIEW), budget.get_total_cost()) == (Decimal("0.20"), None)


@settings(max_examples=25)
@given(
    calls=st.lists(
        st.tuples(st.integers(1, 400), st.integers(0, 100), st.booleans()),
        min_size=5,
        max_size=40,
    )
)
def test_threads_never_pass_a_cap_and_every_cent_is_accounted_for(calls: list[tuple[int, int, bool]]) -> None:
    budget = BudgetEnforcingTracker([REVIEW, DAY])
    paid: list[Decimal] = []

    def call(most: int, percent: int, fails: bool) -> None:
        amount = Decimal(most) / 1_000
        try:
            with budget.reserved(MODEL, amount) as reservation:
                cost = Decimal(0) if fails else amount * percent / 100
                paid.append(cost)
                reservation.settle(cost)
        except BudgetExceeded:
            return

    with ThreadPoolExecutor(8) as pool:
        for each in calls:
            pool.submit(call, *each)

    assert sum(paid) == budget.spent(REVIEW) == budget.spent(DAY)
    assert sum(paid) <= REVIEW.limit_usd


def test_a_cap_is_passed_by_no_more_than_calls_cost_above_what_was_set_aside() -> None:
    budget = BudgetEnforcingTracker([REVIEW])
    refused = 0

    for _ in range(20):
        try:
            spend(budget, "0.10", "0.11")
        except BudgetExceeded:
            refused += 1

    assert (budget.spent(REVIEW), refused) == (Decimal("0.99"), 11)


def test_what_is_affordable_is_what_fits_beside_what_is_spent() -> None:
    each = Cap(scope="call", limit_usd=Decimal("0.50"), period=Period.CALL)
    budget = BudgetEnforcingTracker([Cap(scope="review", limit_usd=Decimal(1)), each], clock=FakeClock())
    with budget.reserved(spec(), Decimal("0.40")) as reservation:
        assert budget.affords(Decimal("0.50"))
        reservation.settle(Decimal("0.60"))

    answers = [budget.affords(Decimal(amount)) for amount in ("0.40", "0.41", "0.51")]

    assert answers == [True, False, False]
