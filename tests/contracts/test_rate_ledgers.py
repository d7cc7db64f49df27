"""One suite over every rate ledger, on its real engine, in a time that is set by hand."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llm_runtime.errors import RequestTooLarge
from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.scheduling.ledger import Answer, Ask, Broken, Granted, Priority, RateLedger, Wait
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits, Shape
from tests.contracts.engines import closing_all
from tests.contracts.rate_ledgers import LEDGERS, Open
from tests.llm_runtime.doubles import FakeClock
from tests.llm_runtime.scheduling.vendors import SlidingWindow, TokenBucket, closed_loop

KEY = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
SIXTY = RateLimits(requests_per_minute=60)
STRICT = RateLimits(requests_per_minute=60, shape=Shape(burst=1))
SPACING = 60 / 58


@pytest.fixture(params=list(LEDGERS))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    with closing_all(LEDGERS[request.param], tmp_path) as opening:
        yield opening


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(opened: Open, clock: FakeClock) -> RateLedger:
    return opened(clock)


def ask(ticket: str, limits: RateLimits = SIXTY, **fields: Any) -> Ask:
    fields.setdefault("demand", Demand())
    return Ask(key=KEY, limits=limits, ticket=ticket, **fields)


def waited(answer: Answer) -> float:
    assert isinstance(answer, Wait)
    return answer.seconds


def test_an_idle_key_grants_the_burst_and_then_spaces(ledger: RateLedger) -> None:
    granted = [ledger.reserve(ask(f"burst {number}")) for number in range(9)]
    late = ledger.reserve(ask("late"))

    assert [type(answer) for answer in granted] == [Granted] * 9
    assert SPACING <= waited(late) <= 60 / 49 + 0.01


def test_strict_spacing_is_one_setting_away(ledger: RateLedger) -> None:
    assert isinstance(ledger.reserve(ask("first", STRICT)), Granted)
    assert waited(ledger.reserve(ask("second", STRICT))) == pytest.approx(SPACING, abs=0.001)


def test_waits_add_up_in_the_order_of_arrival(ledger: RateLedger) -> None:
    ledger.reserve(ask("sent", STRICT))

    waits = [waited(ledger.reserve(ask(f"waiting {number}", STRICT))) for number in range(5)]

    assert waits == pytest.approx([SPACING * (number + 1) for number in range(5)], abs=0.01)


def test_who_asks_again_when_told_is_granted(ledger: RateLedger, clock: FakeClock) -> None:
    ledger.reserve(ask("sent", STRICT))
    first, second = (ledger.reserve(ask(ticket, STRICT)) for ticket in ("first", "second"))
    assert isinstance(first, Wait)
    assert isinstance(second, Wait)

    clock.advance(first.seconds)
    assert ledger.reserve(ask("first", STRICT, place=first.place)) == Granted(place=first.place or 0)
    clock.advance(second.seconds - first.seconds)
    assert isinstance(ledger.reserve(ask("second", STRICT, place=second.place)), Granted)


def test_a_newcomer_does_not_overtake(ledger: RateLedger, clock: FakeClock) -> None:
    ledger.reserve(ask("sent", STRICT))
    first = waited(ledger.reserve(ask("first", STRICT)))

    clock.advance(first)

    assert waited(ledger.reserve(ask("newcomer", STRICT))) == pytest.approx(SPACING, abs=0.01)


def test_interactive_goes_before_background(ledger: RateLedger, clock: FakeClock) -> None:
    ledger.reserve(ask("sent", STRICT))
    background = ledger.reserve(ask("background", STRICT))
    person = ledger.reserve(ask("person", STRICT, priority=Priority.INTERACTIVE))

    assert waited(person) == pytest.approx(waited(background), abs=0.01)
    clock.advance(waited(background))
    assert isinstance(background, Wait)
    assert waited(ledger.reserve(ask("background", STRICT, place=background.place))) == pytest.approx(SPACING, abs=0.01)
    assert isinstance(ledger.reserve(ask("person", STRICT, priority=Priority.INTERACTIVE)), Granted)


def test_the_dead_lose_their_place(ledger: RateLedger, clock: FakeClock) -> None:
    ledger.reserve(ask("sent", STRICT))
    ledger.reserve(ask("dead", STRICT))
    alive = ledger.reserve(ask("alive", STRICT))
    assert isinstance(alive, Wait)

    clock.advance(SPACING + 60 / 30 + 0.1)

    assert isinstance(ledger.reserve(ask("alive", STRICT, place=alive.place)), Granted)


def test_what_a_dead_holder_was_granted_is_forgotten_with_the_window(ledger: RateLedger, clock: FakeClock) -> None:
    few = RateLimits(requests_per_minute=5, shape=Shape(burst=3))
    assert [type(ledger.reserve(ask(f"held {number}", few))) for number in range(3)] == [Granted] * 3
    assert waited(ledger.reserve(ask("fourth", few, patience=0))) == pytest.approx(60, abs=0.01)

    clock.advance(60.01)

    assert isinstance(ledger.reserve(ask("fifth", few)), Granted)


def test_a_wait_beyond_the_patience_takes_no_place(ledger: RateLedger) -> None:
    ledger.reserve(ask("sent", STRICT))

    impatient = ledger.reserve(ask("impatient", STRICT, patience=0.5))

    assert impatient == Wait(seconds=pytest.approx(SPACING, abs=0.01), place=None)  # type: ignore[arg-type] # approx
    assert waited(ledger.reserve(ask("patient", STRICT))) == pytest.approx(SPACING, abs=0.01)


def test_what_is_released_is_there_again(ledger: RateLedger) -> None:
    first = ask("first", STRICT)
    ledger.reserve(first)

    ledger.release(first)

    assert isinstance(ledger.reserve(ask("second", STRICT)), Granted)


def test_a_place_that_is_released_is_free(ledger: RateLedger) -> None:
    ledger.reserve(ask("sent", STRICT))
    given_up = ask("given up", STRICT)
    ledger.reserve(given_up)

    ledger.release(given_up)

    assert waited(ledger.reserve(ask("next", STRICT))) == pytest.approx(SPACING, abs=0.01)


def test_tokens_that_were_not_used_are_given_back(ledger: RateLedger) -> None:
    tokens = RateLimits(input_tokens_per_minute=10_000, shape=Shape(token_burst=1))
    first = ask("first", tokens, demand=Demand(input_tokens=9_000))
    ledger.reserve(first)
    assert waited(ledger.reserve(ask("second", tokens, demand=Demand(input_tokens=2_000), patience=0))) > 50

    ledger.settle(first, Demand(input_tokens=1_000))

    assert isinstance(ledger.reserve(ask("third", tokens, demand=Demand(input_tokens=2_000))), Granted)


def test_output_counts_from_the_moment_it_was_produced(ledger: RateLedger, clock: FakeClock) -> None:
    limits = RateLimits(output_tokens_per_minute=1_000, shape=Shape(token_burst=1))
    first = ask("first", limits, demand=Demand(output_tokens=900))
    ledger.reserve(first)

    clock.advance(40)
    ledger.settle(first, Demand(output_tokens=900))

    wait = waited(ledger.reserve(ask("second", limits, demand=Demand(output_tokens=500))))
    assert wait == pytest.approx(60, abs=0.01)


def test_a_demand_that_no_window_takes_is_refused_at_once(ledger: RateLedger) -> None:
    with pytest.raises(RequestTooLarge, match=r"30,000 input tokens, but its rate limit admits 9,800 a minute"):
        ledger.reserve(ask("huge", RateLimits(input_tokens_per_minute=10_000), demand=Demand(input_tokens=30_000)))


def test_the_day_ends_at_the_vendors_midnight(ledger: RateLedger, clock: FakeClock) -> None:
    two = RateLimits(requests_per_day=2, shape=Shape(day_offset_seconds=-8 * 3600))
    ledger.reserve(ask("one", two))
    ledger.reserve(ask("two", two))

    assert waited(ledger.reserve(ask("three", two, patience=0))) == pytest.approx(8 * 3600, abs=1)
    clock.advance(8 * 3600 + 1)
    assert isinstance(ledger.reserve(ask("three", two)), Granted)


def test_what_is_released_does_not_count_for_the_day(ledger: RateLedger) -> None:
    one = RateLimits(requests_per_day=1)
    given_back = ask("given back", one)
    ledger.reserve(given_back)

    ledger.release(given_back)

    assert isinstance(ledger.reserve(ask("second", one)), Granted)
    assert isinstance(ledger.reserve(ask("third", one, patience=0)), Wait)


def test_a_retry_after_is_kept_by_everybody(ledger: RateLedger, clock: FakeClock) -> None:
    first = ask("first")
    ledger.reserve(first)

    ledger.reject(first, 7.5)

    assert waited(ledger.reserve(ask("second"))) == pytest.approx(7.5, abs=0.01)


def test_a_rejection_below_the_limit_halves_the_burst_once_for_what_was_sent_before(
    ledger: RateLedger, clock: FakeClock
) -> None:
    burst = [ask(f"burst {number}") for number in range(9)]
    for each in burst:
        ledger.reserve(each)
    clock.advance(0.1)
    for each in burst[6:]:
        ledger.reject(each, 0.1)

    clock.advance(61)

    answers = [ledger.reserve(ask(f"next {number}", patience=0)) for number in range(5)]
    assert [type(answer) for answer in answers] == [Granted] * 4 + [Wait]


def test_a_rejected_call_keeps_its_place_in_the_log(ledger: RateLedger, clock: FakeClock) -> None:
    few = RateLimits(requests_per_minute=5, shape=Shape(burst=3))
    held = [ask(f"held {number}", few) for number in range(3)]
    for each in held:
        ledger.reserve(each)

    ledger.reject(held[0], 1.0)

    assert waited(ledger.reserve(ask("fourth", few, patience=0))) == pytest.approx(60, abs=0.01)


def test_a_rejection_of_spaced_calls_teaches_the_limit(ledger: RateLedger, clock: FakeClock) -> None:
    outcome = closed_loop(ledger, clock, SlidingWindow(requests=40), SIXTY, calls=120)

    assert outcome.rejected <= 2
    assert outcome.utilisation(38) >= 0.99


def test_a_bucket_that_refills_is_learned(ledger: RateLedger, clock: FakeClock) -> None:
    outcome = closed_loop(ledger, clock, TokenBucket(60, 6), SIXTY, calls=120)

    assert outcome.rejected <= 5
    assert outcome.utilisation(58) >= 0.99


@pytest.mark.parametrize("rejected_count", [False, True])
def test_a_known_limit_is_used_in_full_and_never_passed(
    ledger: RateLedger, clock: FakeClock, rejected_count: bool
) -> None:
    outcome = closed_loop(ledger, clock, SlidingWindow(requests=60, rejected_count=rejected_count), SIXTY, calls=150)

    assert outcome.rejected == 0
    assert outcome.utilisation(58) >= 0.99
    assert outcome.spread() <= 1.3


def test_the_vendors_word_replaces_our_limits(ledger: RateLedger) -> None:
    ledger.observe(KEY, STRICT, RateLimitFeedback(requests=Allowance(limit=602, remaining=602, reset_seconds=0.1)))
    ledger.reserve(ask("first", STRICT))

    assert waited(ledger.reserve(ask("second", STRICT))) == pytest.approx(0.1, abs=0.01)


def test_what_others_used_of_the_key_counts(ledger: RateLedger) -> None:
    loose = RateLimits(requests_per_minute=10, shape=Shape(burst=8))
    ledger.reserve(ask("first", loose))

    ledger.observe(KEY, loose, RateLimitFeedback(requests=Allowance(limit=10, remaining=0, reset_seconds=30)))

    assert waited(ledger.reserve(ask("second", loose, patience=0))) == pytest.approx(30, abs=0.01)


def test_a_limit_per_day_in_the_headers_is_not_taken_for_one_per_minute(ledger: RateLedger) -> None:
    ledger.observe(KEY, STRICT, RateLimitFeedback(requests=Allowance(limit=200, remaining=199, reset_seconds=432)))
    ledger.reserve(ask("first", STRICT))

    assert waited(ledger.reserve(ask("second", STRICT))) == pytest.approx(SPACING, abs=0.01)


def test_an_open_breaker_is_open_for_everybody_until_its_time(ledger: RateLedger, clock: FakeClock) -> None:
    ledger.trip(KEY, "QuotaExhausted", 90)

    assert ledger.reserve(ask("one")) == Broken(error="QuotaExhausted", seconds=pytest.approx(90))  # type: ignore[arg-type] # approx
    clock.advance(91)
    assert isinstance(ledger.reserve(ask("two")), Granted)


def test_a_call_whose_grant_was_not_heard_asks_again_and_counts_once(ledger: RateLedger) -> None:
    two = RateLimits(requests_per_minute=60, requests_per_day=2, shape=Shape(burst=3))
    heard = [ledger.reserve(ask("first", two)) for _ in range(3)]

    second = ledger.reserve(ask("second", two))

    assert heard == [Granted(place=0)] * 3
    assert second == Granted(place=1)


def test_a_call_that_was_rejected_is_not_granted_for_nothing(ledger: RateLedger) -> None:
    first = ask("first", STRICT)
    ledger.reserve(first)

    ledger.reject(first, None)

    assert waited(ledger.reserve(first)) == pytest.approx(SPACING, abs=0.01)


@pytest.mark.parametrize("operation", ["settle", "release", "reject"])
def test_what_arrives_twice_counts_once(ledger: RateLedger, operation: str) -> None:
    limits = RateLimits(requests_per_minute=60, input_tokens_per_minute=50_000, output_tokens_per_minute=10_000)
    waits = []
    for times in (1, 2):
        key = replace(KEY, credential=f"{times} times")
        calls = [
            replace(ask(f"call {number}", limits, demand=Demand(input_tokens=3_000, output_tokens=500)), key=key)
            for number in range(3)
        ]
        granted = [ledger.reserve(call) for call in calls]
        assert [type(answer) for answer in granted] == [Granted] * 3
        for _ in range(times):
            if operation == "settle":
                ledger.settle(calls[1], Demand(input_tokens=4_000, output_tokens=1_500))
            elif operation == "release":
                ledger.release(calls[1])
            else:
                ledger.reject(calls[1], None)
        wanted = Demand(input_tokens=12_000, output_tokens=1_000)
        following = [replace(ask(f"next {number}", limits, demand=wanted), key=key) for number in range(6)]
        waits.append([getattr(ledger.reserve(each), "seconds", 0.0) for each in following])

    assert waits[1] == pytest.approx(waits[0], abs=0.001)
    assert waits[0][-1] > 0


def test_keys_do_not_share_an_account(ledger: RateLedger) -> None:
    ledger.reserve(ask("one", STRICT))

    assert isinstance(ledger.reserve(replace(ask("two", STRICT), key=replace(KEY, credential="another"))), Granted)


def test_threads_never_pass_the_cap(ledger: RateLedger) -> None:
    few = RateLimits(requests_per_minute=20, shape=Shape(burst=18))
    granted: list[str] = []

    def worker(name: int) -> None:
        for number in range(4):
            ticket = f"{name}.{number}"
            if isinstance(ledger.reserve(ask(ticket, few, patience=0)), Granted):
                granted.append(ticket)

    threads = [threading.Thread(target=worker, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(granted) == 18


@pytest.mark.parametrize("seed", range(6))
def test_every_ledger_decides_as_memory_does(ledger: RateLedger, clock: FakeClock, seed: int) -> None:
    rng = random.Random(seed)
    limits = RateLimits(
        requests_per_minute=rng.choice([3, 5, 20, 60, None]),
        input_tokens_per_minute=rng.choice([None, 5_000, 40_000]),
        output_tokens_per_minute=rng.choice([None, 4_000]),
        requests_per_day=rng.choice([None, 150]),
        shape=Shape(burst=rng.choice([None, 1, 3])),
    )
    reference = MemoryLedger(clock)
    asks: list[Ask] = []

    for step in range(150):
        clock.advance(rng.choice([0, 0.01, 0.4, 1, 5]))
        choice = rng.random()
        if choice < 0.55 or not asks:
            demand = limits.demand(input_tokens=rng.randint(1, 3_000), output_tokens=rng.randint(0, 900))
            one = ask(f"s{seed}.{step}", limits, demand=demand, priority=rng.choice(list(Priority)))
            one = replace(one, patience=rng.choice([0.0, 20.0, 300.0]))
            asks.append(one)
        one = rng.choice(asks[-6:])
        operations: list[Any] = []
        if choice < 0.75:
            answers = [each.reserve(one) for each in (reference, ledger)]
            assert _rounded(answers[0]) == _rounded(answers[1]), f"step {step}"
            place = getattr(answers[0], "place", None)
            asks[asks.index(one)] = replace(one, place=place)
            if isinstance(answers[0], Granted):
                asks.append(replace(one, ticket=one.ticket + "'", place=place))
        elif choice < 0.85:
            used = Demand(input_tokens=rng.randint(1, 3_000), output_tokens=rng.randint(0, 900))
            operations = [lambda each, used=used, one=one: each.settle(one, used)]
        elif choice < 0.9:
            operations = [lambda each, one=one: each.release(one)]
        elif choice < 0.96:
            after = rng.choice([None, 0.5, 12.0])
            operations = [lambda each, one=one, after=after: each.reject(one, after)]
        else:
            said = RateLimitFeedback(
                requests=Allowance(limit=rng.choice([30, 80]), remaining=rng.randint(0, 30), reset_seconds=30.0),
                input_tokens=Allowance(
                    limit=50_000, remaining=rng.randint(0, 50_000), reset_seconds=rng.uniform(0, 60)
                ),
            )
            operations = [lambda each, said=said: each.observe(KEY, limits, said)]
        for operation in operations:
            operation(reference)
            operation(ledger)


def _rounded(answer: Answer) -> object:
    if isinstance(answer, Granted):
        return ("granted", answer.place)
    if isinstance(answer, Wait):
        return ("wait", round(answer.seconds, 2), answer.place)
    return answer
