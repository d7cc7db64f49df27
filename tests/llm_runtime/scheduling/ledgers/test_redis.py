"""The ledger in Redis beyond what all ledgers have in common: its clock, its keys, and what a server may lose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis

from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.scheduling.ledger import Answer, Ask, Broken, Granted, Priority, RateLedger, Wait
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.ledgers.redis import RedisLedger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits, Shape
from tests.fakes.lossy_wire import LossyWire
from tests.fakes.redis_server import own_prefix, own_redis, redis_server
from tests.llm_runtime.doubles import FakeClock

KEY = LimitKey(provider="openai", credential="c0ffee", model="org/model {1}")
STRICT = RateLimits(requests_per_minute=60, shape=Shape(burst=1))
THREE = RateLimits(requests_per_minute=5, shape=Shape(burst=3))
SPACING = 60 / 58
HOUR = 3_600.0
DAY = 24 * HOUR


@pytest.fixture
def prefix() -> str:
    return own_prefix()


@pytest.fixture
def clock() -> FakeClock:
    clock = FakeClock()
    clock.seconds = 1_000_000.0
    return clock


@pytest.fixture
def ledger(prefix: str, clock: FakeClock) -> Iterator[RedisLedger]:
    made = RedisLedger(redis_server().url, clock=clock, prefix=prefix)
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[redis.Redis]:
    with redis_server().client() as client:
        yield client


def ask(ticket: str, limits: RateLimits = STRICT, *, patience: float = 300.0, place: int | None = None) -> Ask:
    return Ask(key=KEY, limits=limits, demand=Demand(), ticket=ticket, patience=patience, place=place)


def waited(answer: Answer) -> float:
    assert isinstance(answer, Wait)
    return answer.seconds


def key_of(server: redis.Redis, prefix: str, part: str) -> Any:
    (key,) = server.keys(f"{prefix}:*:{part}")
    return key


def goes_back(clock: FakeClock, seconds: float) -> None:
    """The server's clock is set: the time of day and what the ledger measures with are one."""
    clock.advance(-seconds)


def test_a_clock_that_is_set_back_lets_nobody_wait_for_it(ledger: RedisLedger, clock: FakeClock) -> None:
    ledger.reserve(ask("sent"))
    goes_back(clock, HOUR)

    wait = waited(ledger.reserve(ask("next")))
    clock.advance(wait)

    assert wait == pytest.approx(SPACING, abs=0.001)
    assert isinstance(ledger.reserve(ask("next", place=1)), Granted)


def test_a_clock_that_is_set_back_forgets_nothing_of_the_window(ledger: RedisLedger, clock: FakeClock) -> None:
    for number in range(3):
        ledger.reserve(ask(f"sent {number}", THREE))
    goes_back(clock, HOUR)

    assert waited(ledger.reserve(ask("next", THREE))) == pytest.approx(60, abs=0.001)


def test_a_clock_that_is_set_back_closes_the_breaker_in_its_time(ledger: RedisLedger, clock: FakeClock) -> None:
    ledger.trip(KEY, "QuotaExhausted", 90)
    goes_back(clock, 10 * HOUR)

    broken = ledger.reserve(ask("now"))
    clock.advance(91)

    assert broken == Broken(error="QuotaExhausted", seconds=pytest.approx(90))  # type: ignore[arg-type] # approx
    assert isinstance(ledger.reserve(ask("later")), Granted)


def test_a_clock_that_began_anew_goes_on_by_the_calendar(ledger: RedisLedger, clock: FakeClock) -> None:
    for number in range(3):
        ledger.reserve(ask(f"sent {number}", THREE))
    clock.seconds = 5.0
    clock.date += timedelta(seconds=40)

    assert waited(ledger.reserve(ask("next", THREE))) == pytest.approx(20, abs=0.001)


def test_a_clock_that_lags_a_little_stands_still(ledger: RedisLedger, clock: FakeClock) -> None:
    ledger.reserve(ask("sent"))
    goes_back(clock, 0.5)

    behind = waited(ledger.reserve(ask("next", patience=0)))
    clock.advance(0.5 + SPACING)

    assert behind == pytest.approx(SPACING, abs=0.001)
    assert isinstance(ledger.reserve(ask("next")), Granted)


def test_a_day_that_lies_ahead_ends_when_the_date_is_set_right(ledger: RedisLedger, clock: FakeClock) -> None:
    one = RateLimits(requests_per_day=1)
    clock.advance(400 * DAY)
    ledger.reserve(ask("in a wrong year", one))
    goes_back(clock, 400 * DAY)
    clock.advance(DAY)

    ledger.reserve(ask("of that day", one))
    clock.advance(DAY)

    assert isinstance(ledger.reserve(ask("next day", one)), Granted)


def test_without_a_clock_of_its_own_the_servers_time_counts(prefix: str) -> None:
    ledger, other = (RedisLedger(redis_server().url, prefix=prefix) for _ in range(2))
    slow = RateLimits(requests_per_minute=1, shape=Shape(window_seconds=1_000.0))
    ledger.reserve(ask("sent", slow))

    wait = waited(other.reserve(ask("next", slow, patience=0)))
    ledger.close()
    other.close()

    assert 900 < wait <= 1_000.001


def test_every_key_vanishes_when_nobody_uses_it(
    ledger: RedisLedger, server: redis.Redis, prefix: str, clock: FakeClock
) -> None:
    held = ask("held")
    ledger.reserve(held)
    ledger.reserve(ask("waiting"))
    ledger.settle(held, Demand(input_tokens=5))
    ledger.observe(KEY, STRICT, RateLimitFeedback(requests=Allowance(limit=60, remaining=1, reset_seconds=30)))

    lives = {key: server.pttl(key) / 1_000 for key in server.keys(f"{prefix}:*")}

    assert len(lives) == 3
    assert all(2 * DAY - 1 < seconds < 3 * DAY for seconds in lives.values())


def test_a_log_that_begins_anew_vanishes_as_well(
    ledger: RedisLedger, server: redis.Redis, prefix: str, clock: FakeClock
) -> None:
    first = ask("first")
    ledger.reserve(first)
    ledger.release(first)
    assert server.keys(f"{prefix}:*:log") == []

    ledger.reserve(ask("second"))

    assert server.pttl(key_of(server, prefix, "log")) > 2 * DAY * 1_000 - 1_000


def test_an_open_breaker_outlives_all_other_news(ledger: RedisLedger, server: redis.Redis, prefix: str) -> None:
    ledger.reserve(ask("before"))

    ledger.trip(KEY, "QuotaExhausted", 20 * DAY)

    assert server.pttl(key_of(server, prefix, "account")) > 20 * DAY * 1_000


def test_an_account_that_is_used_for_long_does_not_grow(
    ledger: RedisLedger, server: redis.Redis, prefix: str, clock: FakeClock
) -> None:
    limits = RateLimits(requests_per_minute=60, output_tokens_per_minute=100_000)
    for number in range(500):
        one = ask(f"call {number}", limits, patience=0)
        if isinstance(ledger.reserve(one), Granted):
            ledger.settle(one, Demand(output_tokens=10))
        clock.advance(1.1)

    assert server.zcard(key_of(server, prefix, "log")) < 130
    assert server.hlen(key_of(server, prefix, "account")) < 132


def test_many_calls_that_leave_the_window_together_are_forgotten_together(
    ledger: RedisLedger, server: redis.Redis, prefix: str, clock: FakeClock
) -> None:
    many = RateLimits(requests_per_minute=3_000, shape=Shape(burst=2_998))
    granted = [ledger.reserve(ask(f"call {number}", many, patience=0)) for number in range(3_000)]
    assert [type(answer) for answer in granted].count(Granted) == 2_998

    clock.advance(60)

    assert isinstance(ledger.reserve(ask("next", many)), Granted)
    assert server.zcard(key_of(server, prefix, "log")) == 1


def test_a_queue_of_thousands_is_played_forward(ledger: RedisLedger) -> None:
    for number in range(1_301):
        ledger.reserve(ask(f"call {number}", patience=1e9))

    assert waited(ledger.reserve(ask("last", patience=0))) == pytest.approx(1_301 * SPACING, rel=0.001)
    assert waited(
        ledger.reserve(
            Ask(key=KEY, limits=STRICT, demand=Demand(), ticket="person", priority=Priority.INTERACTIVE, patience=0)
        )
    ) == pytest.approx(SPACING, abs=0.001)


@pytest.mark.parametrize("part", ["account", "log", "queue"])
def test_a_key_that_the_server_evicts_costs_the_window_and_nothing_else(
    ledger: RedisLedger, server: redis.Redis, prefix: str, clock: FakeClock, part: str
) -> None:
    untouched: RateLedger = MemoryLedger(clock)
    for number in range(5):
        for each in (ledger, untouched):
            each.reserve(ask(f"before {number}", THREE))
    server.delete(key_of(server, prefix, part))
    clock.advance(300)

    granted, both = [0, 0], (ledger, untouched)
    for number in range(300):
        one = ask(f"after {number}", THREE, patience=0)
        for index, each in enumerate(both):
            granted[index] += isinstance(each.reserve(one), Granted)
        clock.advance(1)

    assert granted[0] == granted[1] > 10


def test_an_account_that_is_evicted_begins_anew_without_what_it_left_behind(
    ledger: RedisLedger, server: redis.Redis, prefix: str, clock: FakeClock
) -> None:
    for number in range(5):
        ledger.reserve(ask(f"before {number}", THREE))
    server.delete(key_of(server, prefix, "account"))
    fresh: RateLedger = MemoryLedger(clock)

    for number, pause in enumerate((30, 20, 11, 1, 10, 19, 5, 0, 30, 30)):
        one = ask(f"after {number}", THREE, patience=0)
        assert type(ledger.reserve(one)) is type(fresh.reserve(one)), number
        clock.advance(pause)


def test_a_log_that_is_evicted_under_load_does_not_block_the_key(
    ledger: RedisLedger, server: redis.Redis, prefix: str, clock: FakeClock
) -> None:
    untouched: RateLedger = MemoryLedger(clock)
    granted, both = [0, 0], (ledger, untouched)
    for number in range(400):
        one = ask(f"call {number}", THREE, patience=0)
        for index, each in enumerate(both):
            granted[index] += isinstance(each.reserve(one), Granted)
        clock.advance(1)
        if number == 50:
            server.delete(key_of(server, prefix, "log"))

    assert granted[1] <= granted[0] <= granted[1] + 3


def test_a_grant_whose_answer_was_lost_counts_once(prefix: str, clock: FakeClock) -> None:
    with LossyWire(redis_server().port) as wire:
        ledger = RedisLedger(f"redis://127.0.0.1:{wire.port}", clock=clock, prefix=prefix)
        first = ledger.reserve(ask("first", THREE))
        wire.lose_next_answer()
        second = ledger.reserve(ask("second", THREE))
        rest = [ledger.reserve(ask(f"rest {number}", THREE, patience=0)) for number in range(2)]
        ledger.close()

    assert wire.lost == 1
    assert [first, second] == [Granted(place=0), Granted(place=1)]
    assert [type(answer) for answer in rest] == [Granted, Wait]


def test_a_wait_whose_answer_was_lost_takes_one_place(prefix: str, clock: FakeClock) -> None:
    with LossyWire(redis_server().port) as wire:
        ledger = RedisLedger(f"redis://127.0.0.1:{wire.port}", clock=clock, prefix=prefix)
        ledger.reserve(ask("sent"))
        wire.lose_next_answer()
        waits = [waited(ledger.reserve(ask(f"waiting {number}"))) for number in range(2)]
        ledger.close()

    assert wire.lost == 1
    assert waits == pytest.approx([SPACING, 2 * SPACING], abs=0.01)


def test_an_answer_without_limits_asks_nobody(clock: FakeClock) -> None:
    with own_redis() as gone:
        ledger = RedisLedger(gone.url, clock=clock)

    ledger.observe(KEY, STRICT, RateLimitFeedback())

    ledger.close()


def test_it_runs_on_a_cluster(clock: FakeClock) -> None:
    with own_redis("--cluster-enabled", "yes") as node:
        node.command("CLUSTER", "ADDSLOTS", *range(16_384))
        with node.client() as watching:
            while watching.cluster("INFO")["cluster_state"] != "ok":
                pass
        with redis.RedisCluster.from_url(node.url) as client:
            for server in (client, node.url):
                ledger = RedisLedger(server, clock=clock, prefix=own_prefix())
                answers = [ledger.reserve(ask(f"call {number}", THREE, patience=100)) for number in range(5)]
                ledger.settle(ask("call 0", THREE), Demand(output_tokens=5))
                ledger.reject(ask("call 1", THREE), 5.0)
                ledger.close()

                assert [type(answer) for answer in answers] == [Granted] * 3 + [Wait] * 2
