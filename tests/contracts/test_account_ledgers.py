"""One suite over every account ledger, on its real engine, in a time that is set by hand."""

from __future__ import annotations

import itertools
import multiprocessing
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_runtime.cost.accounts import REMEMBERED_SECONDS, Account, AccountLedger, Balance, Held, Hold, Refused
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from tests.contracts.account_ledgers import ENGINES, Engine, Open
from tests.contracts.engines import closing_all
from tests.contracts.spenders import spend
from tests.llm_runtime.doubles import FakeClock

REVIEW = Account(name="review:acme/shop#7", cap_usd=Decimal(1))
DAY = Account(name="repository:acme/shop:2026-11-21", cap_usd=Decimal("2.50"))
LEASE = 600.0


@pytest.fixture(params=list(ENGINES))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    with closing_all(ENGINES[request.param].run, tmp_path) as opening:
        yield opening


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(opened: Open, clock: FakeClock) -> AccountLedger:
    return opened(clock)


def hold(name: str, amount: str, *accounts: Account) -> Hold:
    return Hold(id=name, accounts=accounts or (REVIEW,), amount=Decimal(amount), lease_seconds=LEASE)


def balance(account: Account, spent: str = "0", held: str = "0") -> Balance:
    return Balance(account=account.name, spent=Decimal(spent), held=Decimal(held))


def test_nothing_is_gone_from_an_account_that_nobody_used(ledger: AccountLedger) -> None:
    assert ledger.balance("review:new") == Balance(account="review:new")


def test_what_is_held_counts_until_it_is_settled(ledger: AccountLedger) -> None:
    first = hold("first", "0.60")

    assert ledger.hold(first) == Held(balances=(balance(REVIEW, held="0.60"),))
    assert ledger.hold(hold("second", "0.60")) == Refused(balances=(balance(REVIEW, held="0.60"),))
    assert ledger.settle(first, Decimal("0.10")) == (balance(REVIEW, spent="0.10"),)
    assert ledger.hold(hold("third", "0.60")) == Held(balances=(balance(REVIEW, spent="0.10", held="0.60"),))


def test_a_cap_can_be_used_to_the_last_cent(ledger: AccountLedger) -> None:
    whole = hold("whole", "1.00")

    assert isinstance(ledger.hold(whole), Held)
    ledger.settle(whole, Decimal("1.00"))
    assert isinstance(ledger.hold(hold("free", "0")), Held)
    assert isinstance(ledger.hold(hold("dear", "0.000000001")), Refused)


def test_what_cost_nothing_is_given_back(ledger: AccountLedger) -> None:
    failed = hold("failed", "1.00")
    ledger.hold(failed)

    ledger.settle(failed, Decimal(0))

    assert ledger.balance(REVIEW.name) == balance(REVIEW)


def test_what_cost_more_than_was_held_counts_in_full(ledger: AccountLedger) -> None:
    short = hold("short", "0.90")
    ledger.hold(short)

    assert ledger.settle(short, Decimal("1.20")) == (balance(REVIEW, spent="1.20"),)


def test_money_is_held_in_all_accounts_or_in_none(ledger: AccountLedger) -> None:
    assert isinstance(ledger.hold(hold("both", "0.80", REVIEW, DAY)), Held)

    refused = ledger.hold(hold("too much for one", "0.50", DAY, REVIEW))

    assert refused == Refused(balances=(balance(DAY, held="0.80"), balance(REVIEW, held="0.80")))
    assert isinstance(ledger.hold(hold("the other", "1.70", DAY)), Held)


def test_a_settlement_counts_in_all_accounts(ledger: AccountLedger) -> None:
    both = hold("both", "0.80", REVIEW, DAY)
    ledger.hold(both)

    assert ledger.settle(both, Decimal("0.30")) == (balance(REVIEW, spent="0.30"), balance(DAY, spent="0.30"))


def test_accounts_do_not_know_each_other(ledger: AccountLedger) -> None:
    ledger.hold(hold("one", "1.00", REVIEW))

    assert isinstance(ledger.hold(hold("two", "1.00", DAY)), Held)


def test_a_hold_without_accounts_is_bounded_by_nothing(ledger: AccountLedger) -> None:
    free = Hold(id="free", accounts=(), amount=Decimal(1_000), lease_seconds=LEASE)

    assert ledger.hold(free) == Held(balances=())
    assert ledger.settle(free, Decimal(1_000)) == ()


def test_a_hold_that_is_sent_twice_counts_once(ledger: AccountLedger) -> None:
    once = hold("once", "0.60")
    ledger.hold(once)

    assert ledger.hold(once) == Held(balances=(balance(REVIEW, held="0.60"),))


def test_a_settlement_that_is_sent_twice_counts_once(ledger: AccountLedger) -> None:
    once = hold("once", "0.60")
    ledger.hold(once)
    ledger.settle(once, Decimal("0.20"))

    assert ledger.settle(once, Decimal("0.20")) == (balance(REVIEW, spent="0.20"),)


def test_a_hold_that_arrives_again_after_its_settlement_holds_nothing(ledger: AccountLedger) -> None:
    once = hold("once", "0.60")
    ledger.hold(once)
    ledger.settle(once, Decimal("0.20"))

    assert ledger.hold(once) == Held(balances=(balance(REVIEW, spent="0.20"),))


def test_that_a_hold_was_settled_is_remembered_for_an_hour(ledger: AccountLedger, clock: FakeClock) -> None:
    once = hold("once", "0.60")
    ledger.hold(once)
    ledger.settle(once, Decimal("0.20"))

    clock.advance(REMEMBERED_SECONDS - 1)

    assert ledger.settle(once, Decimal("0.20")) == (balance(REVIEW, spent="0.20"),)


def test_what_the_ledger_does_not_know_was_spent_nevertheless(ledger: AccountLedger) -> None:
    assert ledger.settle(hold("forgotten", "0.60"), Decimal("0.20")) == (balance(REVIEW, spent="0.20"),)


def test_what_a_dead_holder_held_counts_as_spent(ledger: AccountLedger, clock: FakeClock) -> None:
    ledger.hold(hold("dead", "0.60"))

    clock.advance(LEASE + 1)

    assert ledger.balance(REVIEW.name) == balance(REVIEW, spent="0.60")
    assert ledger.hold(hold("next", "0.60")) == Refused(balances=(balance(REVIEW, spent="0.60"),))
    assert ledger.hold(hold("small", "0.40")) == Held(balances=(balance(REVIEW, spent="0.60", held="0.40"),))


def test_a_holder_that_was_only_slow_corrects_what_it_cost(ledger: AccountLedger, clock: FakeClock) -> None:
    slow = hold("slow", "0.60")
    ledger.hold(slow)

    clock.advance(LEASE + 1)

    assert ledger.settle(slow, Decimal("0.10")) == (balance(REVIEW, spent="0.10"),)


def test_the_dead_are_not_forgotten_as_long_as_the_account_is_used(ledger: AccountLedger, clock: FakeClock) -> None:
    ledger.hold(hold("dead", "0.60"))

    for _ in range(5):
        clock.advance(REVIEW.keep_seconds * 0.9)
        assert isinstance(ledger.hold(hold("next", "0.60")), Refused)


def test_an_account_that_nobody_uses_may_be_forgotten_and_begins_anew(ledger: AccountLedger, clock: FakeClock) -> None:
    brief = Account(name="brief", cap_usd=Decimal(1), keep_seconds=60)
    spent = hold("spent", "1", brief)
    ledger.hold(spent)
    ledger.settle(spent, Decimal(1))

    clock.advance(61)

    assert ledger.hold(hold("again", "1", REVIEW)) == Held(balances=(balance(REVIEW, held="1"),))
    assert ledger.balance("brief") in {balance(brief), balance(brief, spent="1")}


def test_a_cap_that_was_raised_counts_at_once(ledger: AccountLedger) -> None:
    ledger.hold(hold("first", "1.00"))

    raised = Account(name=REVIEW.name, cap_usd=Decimal(2))

    assert isinstance(ledger.hold(hold("second", "1.00", raised)), Held)


def test_money_is_counted_in_whole_billionths_and_never_too_little(ledger: AccountLedger) -> None:
    tiny = hold("tiny", "0.0000000011")

    assert ledger.hold(tiny) == Held(balances=(balance(REVIEW, held="0.000000002"),))
    assert ledger.settle(tiny, Decimal("0.0000000001")) == (balance(REVIEW, spent="0.000000001"),)


def test_millions_are_counted_to_the_billionth(ledger: AccountLedger) -> None:
    rich = Account(name="rich", cap_usd=Decimal(4_000_000))
    most = hold("most", "3999999.999999999", rich)
    ledger.hold(most)

    assert isinstance(ledger.hold(hold("too much", "0.000000002", rich)), Refused)
    assert isinstance(ledger.hold(hold("the rest", "0.000000001", rich)), Held)
    assert ledger.settle(most, most.amount) == (balance(rich, spent="3999999.999999999", held="0.000000001"),)


def test_a_negative_cost_is_refused(ledger: AccountLedger) -> None:
    with pytest.raises(ValueError, match=r"cannot cost \$-1"):
        ledger.settle(hold("wrong", "1"), Decimal(-1))


def test_a_note_is_new_to_the_first_alone(ledger: AccountLedger) -> None:
    notes = [ledger.first(REVIEW, note) for note in ("four fifths of $1", "four fifths of $1", "four fifths of $2")]

    assert notes == [True, False, True]
    assert ledger.first(DAY, "four fifths of $1")


@pytest.mark.parametrize("name", ["repository:ümläut/雪:2026-11", "with space'; DROP TABLE accounts; --", "{a}*?%_"])
def test_any_text_names_an_account(ledger: AccountLedger, name: str) -> None:
    account = Account(name=name, cap_usd=Decimal(1))
    ledger.hold(hold("one", "0.25", account))

    assert ledger.balance(name) == balance(account, held="0.25")


def test_threads_never_pass_the_cap(ledger: AccountLedger) -> None:
    granted: list[str] = []

    def worker(name: int) -> None:
        for number in range(5):
            one = hold(f"{name}.{number}", "0.07", REVIEW, DAY)
            if isinstance(ledger.hold(one), Held):
                granted.append(one.id)

    threads = [threading.Thread(target=worker, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(granted) == 14
    assert ledger.balance(REVIEW.name) == balance(REVIEW, held="0.98")


def test_a_note_is_new_to_one_thread_alone(ledger: AccountLedger) -> None:
    told: list[bool] = []
    threads = [threading.Thread(target=lambda: told.append(ledger.first(REVIEW, "warned"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [False] * 7 + [True]


_RUNS = itertools.count()
_MONEY = st.decimals(min_value=0, max_value="0.5", places=9)
_ACCOUNTS = st.sampled_from([(REVIEW,), (DAY,), (REVIEW, DAY), (DAY, REVIEW)])
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), st.integers(0, 9), _MONEY, _ACCOUNTS),
        st.tuples(st.just("settle"), st.integers(0, 9), _MONEY, _ACCOUNTS),
        st.tuples(st.just("wait"), st.sampled_from([0, 250, 700]), _MONEY, _ACCOUNTS),
    ),
    max_size=25,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=_STEPS)
def test_every_ledger_decides_as_memory_does(
    ledger: AccountLedger,
    clock: FakeClock,
    steps: list[tuple[str, int, Decimal, tuple[Account, ...]]],
) -> None:
    run = next(_RUNS)
    reference = MemoryAccounts(clock)
    known: dict[int, Hold] = {}

    for action, number, money, accounts in steps:
        own = tuple(Account(name=f"{run}:{account.name}", cap_usd=account.cap_usd) for account in accounts)
        if action == "wait":
            clock.advance(number)
            continue
        one = known.setdefault(number, Hold(id=f"{run}:{number}", accounts=own, amount=money, lease_seconds=LEASE))
        if action == "hold":
            assert ledger.hold(one) == reference.hold(one)
        else:
            assert ledger.settle(one, money) == reference.settle(one, money)

    for account in (REVIEW, DAY):
        assert ledger.balance(f"{run}:{account.name}") == reference.balance(f"{run}:{account.name}")


@pytest.mark.parametrize("engine", [pytest.param(each, id=name) for name, each in ENGINES.items() if each.shared])
def test_processes_never_pass_the_cap_though_one_is_killed(engine: Engine, tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    cap = Account(name="installation:4711:2026-11", cap_usd=Decimal(1))
    with engine.run(tmp_path) as make:
        receipts = [tmp_path / f"receipts-{number}" for number in range(4)]
        started = [spawning.Event() for _ in receipts]
        processes = [
            spawning.Process(target=spend, args=(make, cap, file, event))
            for file, event in zip(receipts, started, strict=True)
        ]
        for process in processes:
            process.start()
        assert all(event.wait(30) for event in started)
        processes[0].kill()
        for process in processes:
            process.join(30)
        ledger = make(None)
        left = ledger.balance(cap.name)
        ledger.close()

    paid = [Decimal(line) for file in receipts for line in file.read_text().split()]
    assert [process.exitcode for process in processes[1:]] == [0, 0, 0]
    assert Decimal("0.80") < sum(paid) <= cap.cap_usd
    assert sum(paid) <= left.spent + left.held <= cap.cap_usd
