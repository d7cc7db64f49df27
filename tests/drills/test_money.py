"""Drill: money runs out among threads, the clock jumps over midnight, and the account of it is lost and found."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from llm_runtime.cost.caps import Cap, Period
from llm_runtime.cost.ledgers.redis import RedisAccounts
from tests.contracts.account_ledgers import ENGINES
from tests.drills.chains import OPUS, SOL, Outcome, budgeted, drill
from tests.drills.clocks import SharedClock
from tests.drills.vendors import FINE
from tests.fakes.models import Answer, Asked, CutShort, Fails, RateLimited
from tests.fakes.redis_server import own_redis

CALLERS, EACH = 8, 6
REQUESTS = CALLERS * EACH
CAP = Cap(scope="run", limit_usd=Decimal("0.004"))
"""Enough for about half of the requests; one may cost up to $0.0008 and costs $0.00016."""
MOST = Decimal("0.0008")


def cost(outcomes: list[Outcome]) -> Decimal:
    return sum((call.cost_usd or Decimal(0) for outcome in outcomes for call in outcome.calls), Decimal(0))


@pytest.mark.parametrize("engine", ENGINES)
def test_money_that_runs_out_among_threads_is_used_up_and_never_passed(engine: str, tmp_path: Path) -> None:
    clock = SharedClock()
    with ENGINES[engine].run(tmp_path) as opened, drill({SOL: FINE}, clock=clock) as held:
        ledger = opened(clock)
        builder, budget = budgeted(held, CAP, ledger)
        outcomes = held.ask_at_once(builder.build(), callers=CALLERS, each=EACH)
        spent = budget.spent(CAP)
        ledger.close()

        held.check_accounts(REQUESTS)
    assert {outcome.kind for outcome in outcomes} == {"Completion", "BudgetExceeded"}
    assert CAP.limit_usd - MOST < spent <= CAP.limit_usd
    assert spent == cost(outcomes) == held.tracker.get_total_cost() == budget.get_total_cost()


@pytest.mark.parametrize("fault", [RateLimited(1), Fails(529), CutShort()], ids=["429", "529", "cut"])
def test_retries_and_fallbacks_are_paid_from_the_same_cap(fault: Answer) -> None:
    """What nobody knows the cost of counts with all that was set aside: the cap holds even then."""
    turns = [*([fault, FINE] * REQUESTS), FINE]
    with drill({SOL: turns, OPUS: [fault, FINE]}) as held:
        builder, budget = budgeted(held, CAP)
        outcomes = held.ask_at_once(builder.build(), callers=CALLERS, each=EACH)

        held.check_accounts(REQUESTS)
    spent = budget.spent(CAP)
    assert cost(outcomes) <= spent <= CAP.limit_usd
    assert (spent > cost(outcomes)) is isinstance(fault, CutShort)
    assert {outcome.kind for outcome in outcomes} <= {"Completion", "BudgetExceeded", "AllModelsExhausted"}
    assert any(outcome.answered for outcome in outcomes)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_date_that_jumps_ahead_and_back_spends_no_days_money_twice(engine: str, tmp_path: Path) -> None:
    clock = SharedClock()
    cap = Cap(scope="repository", name="acme/shop", limit_usd=CAP.limit_usd, period=Period.DAY)
    with ENGINES[engine].run(tmp_path) as opened, drill({SOL: FINE}, clock=clock) as held:
        ledger = opened(clock)
        builder, budget = budgeted(held, cap, ledger)
        llm = builder.build()
        days: list[tuple[list[Outcome], Decimal]] = []
        for jump in (timedelta(0), timedelta(days=1), timedelta(days=-1)):
            clock.date += jump
            outcomes = [held.ask(llm, f"Question {len(days)}.{number}") for number in range(REQUESTS)]
            days.append((outcomes, budget.spent(cap)))
        ledger.close()

        held.check_accounts(3 * REQUESTS)
    (today, spent_today), (tomorrow, spent_tomorrow), (again, spent_again) = days
    assert (spent_today, spent_tomorrow) == (cost(today), cost(tomorrow))
    assert max(spent_today, spent_tomorrow) <= cap.limit_usd
    # What was spent today before the date was wrong is still gone.
    assert {outcome.kind for outcome in again} == {"BudgetExceeded"}
    assert spent_again == spent_today


def test_without_an_account_no_money_is_spent_and_it_is_said_once() -> None:
    with own_redis() as server, drill({SOL: FINE, OPUS: FINE}) as held:
        ledger = RedisAccounts(server.url)
        server.kill()
        builder, _ = budgeted(held, CAP, ledger)
        outcomes = held.ask_at_once(builder.build(), callers=CALLERS, each=EACH)
        ledger.close()

        held.check_accounts(REQUESTS)
    assert {outcome.kind for outcome in outcomes} == {"LedgerUnavailable"}
    assert (held.asked(SOL), held.asked(OPUS)) == (0, 0)
    assert held.heard.kinds() == ["LedgerLost"]


def test_an_account_lost_under_a_call_takes_no_answer_away_and_is_made_good_when_it_is_back() -> None:
    lock, taken = threading.Lock(), [0]
    with own_redis("--appendonly", "yes", "--appendfsync", "always") as server:

        def answer(asked: Asked) -> Answer:
            with lock:
                taken[0] += 1
                if taken[0] == 5:
                    server.kill()
            return FINE

        with drill({SOL: answer, OPUS: FINE}) as held:
            ledger = RedisAccounts(server.url)
            builder, budget = budgeted(held, Cap(scope="run", limit_usd=Decimal(1)), ledger)
            llm = builder.build()
            before = [held.ask(llm, f"before {number}") for number in range(5)]
            without = [held.ask(llm, f"without {number}") for number in range(3)]
            server.start()
            after = [held.ask(llm, "after")]
            spent = budget.spent(Cap(scope="run", limit_usd=Decimal(1)))
            ledger.close()

            held.check_accounts(9)
    assert all(outcome.answered for outcome in (*before, *after))
    assert {outcome.kind for outcome in without} == {"LedgerUnavailable"}
    assert spent == cost(before + after)
    assert held.heard.kinds() == ["LedgerLost", "LedgerFound"]


def test_a_second_model_is_not_asked_when_nobody_knows_what_money_is_left() -> None:
    with own_redis() as server:

        def answer(asked: Asked) -> Answer:
            server.kill()
            return Fails(404)

        with drill({SOL: answer, OPUS: FINE}) as held:
            ledger = RedisAccounts(server.url)
            builder, _ = budgeted(held, CAP, ledger)
            outcome = held.ask(builder.build(), "Why?")
            ledger.close()

            held.check_accounts(1)
    assert outcome.kind == "LedgerUnavailable"
    assert [call.error for call in outcome.calls] == ["ModelNotFound"]
    assert held.asked(OPUS) == 0


def test_held_money_is_not_waited_for_longer_than_the_deadline() -> None:
    """Another process holds all of it and never says a word again."""
    clock = SharedClock()
    with ENGINES["memory"].run(Path()) as opened, drill({SOL: FINE}, clock=clock) as held:
        ledger = opened(clock)
        _, dead = budgeted(held, CAP, ledger)
        builder, _ = budgeted(held, CAP, ledger)
        llm = builder.with_deadline(20).build()
        with dead.reserved(llm.spec, CAP.limit_usd):
            outcome = held.ask(llm, "Why?")

        held.check_accounts(1, deadline=20)
    assert outcome.kind == "BudgetExceeded"
