"""The accounts in Redis beyond what all account ledgers have in common: their keys, and what a server may lose."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import redis

from llm_runtime.cost.accounts import REMEMBERED_SECONDS, Account, Balance, Held, Hold, Refused
from llm_runtime.cost.ledgers.redis import RedisAccounts
from llm_runtime.errors import LedgerUnavailable
from tests.fakes.lossy_wire import LossyWire
from tests.fakes.redis_server import own_prefix, own_redis, redis_server
from tests.llm_runtime.doubles import FakeClock

HOUR = 3_600.0
REVIEW = Account(name="review:acme/shop#7", cap_usd=Decimal(1), keep_seconds=30 * HOUR)
DAY = Account(name="repository:acme/shop:2026-11-21", cap_usd=Decimal("2.50"), keep_seconds=72 * HOUR)
WRITES_ALL = ("--appendonly", "yes", "--appendfsync", "always")


@pytest.fixture
def prefix() -> str:
    return own_prefix()


@pytest.fixture
def accounts(prefix: str) -> Iterator[RedisAccounts]:
    made = RedisAccounts(redis_server().url, prefix=prefix)
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[redis.Redis]:
    with redis_server().client() as client:
        yield client


def hold(name: str, amount: str, *accounts: Account, lease: float = 600) -> Hold:
    return Hold(id=name, accounts=accounts or (REVIEW,), amount=Decimal(amount), lease_seconds=lease)


def test_every_key_vanishes_when_nobody_uses_its_account(
    accounts: RedisAccounts, server: redis.Redis, prefix: str
) -> None:
    accounts.hold(hold("open", "0.10", REVIEW, DAY))
    settled = hold("settled", "0.10", REVIEW, DAY)
    accounts.hold(settled)
    accounts.settle(settled, Decimal("0.05"))

    keys: list[Any] = server.keys(f"{prefix}:*")
    lives = {key.split(b":", 3)[-1]: server.pttl(key) / 1_000 for key in keys}

    assert lives == {
        b"account:review:acme/shop#7": pytest.approx(30 * HOUR, abs=60),
        b"leases:review:acme/shop#7": pytest.approx(30 * HOUR, abs=60),
        b"account:repository:acme/shop:2026-11-21": pytest.approx(72 * HOUR, abs=60),
        b"leases:repository:acme/shop:2026-11-21": pytest.approx(72 * HOUR, abs=60),
        b"settled": pytest.approx(2 * REMEMBERED_SECONDS, abs=60),
    }


@pytest.mark.parametrize("use", ["balance", "first", "refused"])
def test_every_use_prolongs_the_life_of_an_account(
    accounts: RedisAccounts, server: redis.Redis, prefix: str, use: str
) -> None:
    accounts.hold(hold("open", "0.60"))
    keys = server.keys(f"{prefix}:*")
    for key in keys:
        server.pexpire(key, 10_000)

    if use == "balance":
        accounts.balance(REVIEW.name)
    elif use == "first":
        accounts.first(REVIEW, "warned")
    else:
        assert isinstance(accounts.hold(hold("next", "0.60")), Refused)

    assert all(server.pttl(key) > 29 * HOUR * 1_000 for key in keys)


def test_what_was_settled_is_not_remembered_for_ever(server: redis.Redis, prefix: str) -> None:
    clock = FakeClock()
    accounts = RedisAccounts(redis_server().url, clock=clock, prefix=prefix)
    for number in range(20):
        accounts.settle(hold(f"call {number}", "0.01"), Decimal("0.01"))
        clock.advance(1_000)
    accounts.close()

    (settled,) = server.keys(f"{prefix}:*:settled")
    assert server.zcard(settled) == 4


def test_thousands_of_millions_are_counted_to_the_billionth(accounts: RedisAccounts) -> None:
    rich = Account(name="rich", cap_usd=Decimal(10**9))
    most = hold("most", "999999999.999999999", rich)

    assert isinstance(accounts.hold(most), Held)
    assert isinstance(accounts.hold(hold("too much", "0.000000002", rich)), Refused)
    assert isinstance(accounts.hold(hold("the rest", "0.000000001", rich)), Held)
    assert accounts.balance("rich") == Balance(account="rich", held=Decimal(10**9))


def test_more_than_can_be_counted_is_refused_before_it_is_sent(accounts: RedisAccounts) -> None:
    with pytest.raises(ValueError, match="more than a ledger counts"):
        accounts.hold(hold("absurd", "1000000001"))
    with pytest.raises(ValueError, match="more than a ledger counts"):
        accounts.settle(hold("absurd", "1"), Decimal(10**10))

    assert accounts.balance(REVIEW.name) == Balance(account=REVIEW.name)


def test_answers_that_are_lost_make_nothing_count_twice(prefix: str) -> None:
    with LossyWire(redis_server().port) as wire:
        accounts = RedisAccounts(f"redis://127.0.0.1:{wire.port}", prefix=prefix)
        accounts.balance(REVIEW.name)
        call = hold("call", "0.60")
        wire.lose_next_answer()
        held = accounts.hold(call)
        wire.lose_next_answer()
        settled = accounts.settle(call, Decimal("0.25"))
        wire.lose_next_answer()
        notes = [accounts.first(REVIEW, "four fifths") for _ in range(2)]
        accounts.close()

    assert wire.lost == 3
    assert held == Held(balances=(Balance(account=REVIEW.name, held=Decimal("0.60")),))
    assert settled == (Balance(account=REVIEW.name, spent=Decimal("0.25")),)
    assert notes == [True, False]


def test_what_was_spent_outlives_a_server_that_is_killed_and_writes_all_down() -> None:
    with own_redis(*WRITES_ALL) as server:
        accounts = RedisAccounts(server.url)
        done, under_way = hold("done", "0.60"), hold("under way", "0.30")
        accounts.hold(done)
        accounts.settle(done, Decimal("0.40"))
        accounts.hold(under_way)
        server.kill()
        server.start()

        before = accounts.balance(REVIEW.name)
        accounts.settle(under_way, Decimal("0.10"))
        after = accounts.balance(REVIEW.name)
        accounts.close()

    assert before == Balance(account=REVIEW.name, spent=Decimal("0.40"), held=Decimal("0.30"))
    assert after == Balance(account=REVIEW.name, spent=Decimal("0.50"))


def test_what_a_server_has_forgotten_counts_when_it_is_settled() -> None:
    with own_redis() as server:
        accounts = RedisAccounts(server.url)
        call = hold("call", "0.60")
        accounts.hold(call)
        server.command("FLUSHALL")

        balances = accounts.settle(call, Decimal("0.40"))
        accounts.close()

    assert balances == (Balance(account=REVIEW.name, spent=Decimal("0.40")),)


def test_a_server_that_is_gone_lets_no_money_be_spent() -> None:
    with own_redis() as server:
        accounts = RedisAccounts(server.url)
        accounts.hold(hold("before", "0.10"))

    with pytest.raises(LedgerUnavailable, match="cannot be reached"):
        accounts.hold(hold("after", "0.10"))
    accounts.close()


def test_accounts_of_one_hold_lie_together_on_a_cluster() -> None:
    with own_redis("--cluster-enabled", "yes") as node:
        node.command("CLUSTER", "ADDSLOTS", *range(16_384))
        with node.client() as watching:
            while watching.cluster("INFO")["cluster_state"] != "ok":
                pass
        accounts = RedisAccounts(node.url)
        call = hold("call", "0.60", REVIEW, DAY, Account(name="{odd}", cap_usd=Decimal(5)))
        held = accounts.hold(call)
        balances = accounts.settle(call, Decimal("0.50"))
        accounts.close()

    assert isinstance(held, Held)
    assert [balance.spent for balance in balances] == [Decimal("0.50")] * 3
