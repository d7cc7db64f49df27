"""What must hold for every sequence of calls, and how the limits are used in virtual time."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_runtime.errors import RequestTooLarge
from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.scheduling.ledger import Answer, Ask, Broken, Granted, Priority, Wait
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import Demand, RateLimits, Shape
from tests.llm_runtime.doubles import FakeClock
from tests.llm_runtime.scheduling.vendors import KEY, SlidingWindow, TokenBucket, closed_loop

SIXTY = RateLimits(requests_per_minute=60)
STRICT = RateLimits(requests_per_minute=60, shape=Shape(burst=1))
SPACING = 60 / 58


def most_in_a_window(sent: list[tuple[float, int]], window: float) -> tuple[int, int]:
    """The most calls and tokens that any window holds, computed the slow way."""
    calls = tokens = 0
    for start, _ in sent:
        inside = [size for at, size in sent if start <= at < start + window]
        calls, tokens = max(calls, len(inside)), max(tokens, sum(inside))
    return calls, tokens


@settings(max_examples=150, deadline=None)
@given(
    rpm=st.integers(1, 70),
    tpm=st.integers(2_000, 50_000) | st.none(),
    burst=st.integers(1, 80) | st.none(),
    arrivals=st.lists(
        st.tuples(st.floats(0, 20), st.integers(1, 1_900), st.sampled_from(list(Priority))), min_size=1, max_size=90
    ),
)
def test_no_window_ever_holds_more_than_the_cap_and_every_call_is_sent(
    rpm: int, tpm: int | None, burst: int | None, arrivals: list[tuple[float, int, Priority]]
) -> None:
    clock = FakeClock()
    limits = RateLimits(requests_per_minute=rpm, input_tokens_per_minute=tpm, shape=Shape(burst=burst))
    ledger = MemoryLedger(clock)
    moments = itertools.accumulate(gap for gap, _, _ in arrivals)
    events = [
        (
            at,
            number,
            Ask(
                key=KEY,
                limits=limits,
                demand=Demand(input_tokens=size),
                ticket=str(number),
                priority=priority,
                patience=1e9,
            ),
        )
        for number, (at, (_, size, priority)) in enumerate(zip(moments, arrivals, strict=True))
    ]
    sent: list[tuple[float, int]] = []
    asked = 0

    while events:
        events.sort(key=lambda event: event[:2])
        at, number, one = events.pop(0)
        clock.advance(max(0.0, at - clock.monotonic()))
        asked += 1
        answer = ledger.reserve(one)
        if isinstance(answer, Wait):
            events.append((clock.monotonic() + answer.seconds, number, replace(one, place=answer.place)))
        else:
            assert isinstance(answer, Granted)
            sent.append((clock.monotonic(), one.demand.input_tokens))

    calls, tokens = most_in_a_window(sent, 60.0)
    caps = limits.caps
    assert len(sent) == len(arrivals)
    assert caps.requests is not None
    assert calls <= caps.requests
    assert caps.input_tokens is None or tokens <= caps.input_tokens
    # Exact waits: a call asks once when it comes and once when it is due, and again only when somebody went before it.
    interactive = sum(priority is Priority.INTERACTIVE for _, _, priority in arrivals)
    assert asked <= 2 * len(arrivals) + interactive * len(arrivals)


@pytest.mark.parametrize("seconds", [0.5, 2.0, 14.0])
@pytest.mark.parametrize(
    ("vendor", "limits", "cap", "rejected"),
    [
        pytest.param(lambda: SlidingWindow(requests=60), SIXTY, 58, 0, id="sliding window"),
        pytest.param(lambda: SlidingWindow(requests=60, rejected_count=True), SIXTY, 58, 0, id="rejected calls count"),
        pytest.param(
            lambda: TokenBucket(60, 6),
            replace(SIXTY, shape=Shape(burst=6)),
            58,
            0,
            id="continuous refill that is known",
        ),
        pytest.param(lambda: TokenBucket(60, 6), SIXTY, 58, 5, id="continuous refill that is learned"),
        pytest.param(lambda: SlidingWindow(requests=40), SIXTY, 38, 5, id="a limit lower than believed"),
        pytest.param(
            lambda: SlidingWindow(requests=40, rejected_count=True), SIXTY, 38, 5, id="lower, rejected calls count"
        ),
        pytest.param(lambda: TokenBucket(40, 6), SIXTY, 38, 5, id="lower, continuous refill"),
    ],
)
def test_a_saturated_key_is_used_in_full_evenly_and_without_rejections(
    vendor: object, limits: RateLimits, cap: int, rejected: int, seconds: float
) -> None:
    clock = FakeClock()

    outcome = closed_loop(MemoryLedger(clock), clock, vendor(), limits, seconds=seconds, jitter=0.01)  # type: ignore[operator]

    assert len(outcome.latencies) == 300
    assert outcome.utilisation(cap) >= 0.99
    assert outcome.rejected <= rejected
    assert outcome.spread() <= 1.35


def test_tokens_of_very_different_calls_are_used_in_full() -> None:
    clock = FakeClock()
    limits = RateLimits(requests_per_minute=10_000, input_tokens_per_minute=60_000)

    outcome = closed_loop(
        MemoryLedger(clock),
        clock,
        SlidingWindow(tokens=60_000),
        limits,
        size=lambda rng: rng.choice([200, 400, 800, 1_600, 2_000]),
        jitter=0.01,
    )

    assert outcome.rejected == 0
    assert outcome.utilisation(58_800, tokens=True) >= 0.985


def test_a_review_of_eight_calls_on_an_idle_key_is_not_slowed() -> None:
    clock = FakeClock()

    outcome = closed_loop(
        MemoryLedger(clock),
        clock,
        SlidingWindow(requests=50),
        RateLimits(requests_per_minute=50),
        calls=8,
        seconds=14.0,
    )

    assert [at for at, _ in outcome.admitted] == [0.0] * 8


def test_the_lower_limit_is_forgotten_after_a_while() -> None:
    clock = FakeClock()
    ledger = MemoryLedger(clock)
    closed_loop(ledger, clock, SlidingWindow(requests=40), SIXTY, calls=60)

    clock.advance(601)

    started = clock.monotonic()
    outcome = closed_loop(ledger, clock, SlidingWindow(requests=60), SIXTY, calls=116)
    assert outcome.rejected == 0
    assert outcome.admitted[-1][0] - started <= 125


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(clock: FakeClock) -> MemoryLedger:
    return MemoryLedger(clock)


def ask(ticket: str, limits: RateLimits = SIXTY, **fields: Any) -> Ask:
    fields.setdefault("demand", Demand())
    return Ask(key=KEY, limits=limits, ticket=ticket, **fields)


def waited(answer: Answer) -> float:
    assert isinstance(answer, Wait), answer
    return answer.seconds


def granted_at_once(ledger: MemoryLedger, limits: RateLimits, demand: Demand | None = None) -> int:
    """Calls that may be sent at this moment; they are."""
    tickets = (f"at once {number}" for number in itertools.count())
    answers = (ledger.reserve(ask(ticket, limits, patience=0.0, demand=demand or Demand())) for ticket in tickets)
    return sum(1 for _ in itertools.takewhile(lambda answer: isinstance(answer, Granted), answers))


def test_a_grant_that_the_window_has_forgotten_is_not_good_for_another_call(
    ledger: MemoryLedger, clock: FakeClock
) -> None:
    ledger.reserve(ask("old", STRICT))
    clock.advance(61)

    assert isinstance(ledger.reserve(ask("old", STRICT)), Granted)
    assert waited(ledger.reserve(ask("new", STRICT))) == pytest.approx(SPACING, abs=0.001)


def test_those_ahead_who_have_not_been_sent_yet_are_not_counted_as_sent() -> None:
    counts = []
    for crowded in (False, True):
        clock = FakeClock()
        ledger, limits = MemoryLedger(clock), RateLimits(requests_per_minute=600)
        granted_at_once(ledger, limits)
        if crowded:
            for number in range(3):
                assert isinstance(ledger.reserve(ask(f"ahead {number}", limits)), Wait)
        clock.advance(1.5)
        assert isinstance(ledger.reserve(ask("last", limits)), Granted)
        for number in range(3):
            ledger.release(ask(f"ahead {number}", limits))
        counts.append(granted_at_once(ledger, limits))

    assert counts[0] == counts[1] > 3


def test_the_input_of_an_answer_that_outlasted_the_window_is_not_counted(
    ledger: MemoryLedger, clock: FakeClock
) -> None:
    limits = RateLimits(input_tokens_per_minute=10_000)
    first = ask("first", limits, demand=Demand(input_tokens=1_000))
    ledger.reserve(first)
    clock.advance(61)

    ledger.settle(first, Demand(input_tokens=20_000))

    assert isinstance(ledger.reserve(ask("second", limits, demand=Demand(input_tokens=1_000))), Granted)


def test_of_two_times_to_come_back_at_the_later_one_is_kept(ledger: MemoryLedger) -> None:
    calls = [ask("one"), ask("two")]
    for call in calls:
        ledger.reserve(call)

    for call, seconds in zip(calls, (30.0, 5.0), strict=True):
        ledger.reject(call, seconds)

    assert waited(ledger.reserve(ask("three"))) == pytest.approx(30, abs=0.001)


def test_a_rejected_call_gives_the_room_of_its_tokens_back(ledger: MemoryLedger) -> None:
    limits = RateLimits(input_tokens_per_minute=10_000)
    large = ask("large", limits, demand=Demand(input_tokens=9_000))
    ledger.reserve(large)

    ledger.reject(large, None)

    assert isinstance(ledger.reserve(ask("next", limits, demand=Demand(input_tokens=5_000))), Granted)


def test_after_a_rejection_the_next_call_comes_a_spacing_later(ledger: MemoryLedger) -> None:
    first = ask("first")
    ledger.reserve(first)

    ledger.reject(first, None)

    assert waited(ledger.reserve(ask("second", patience=0.0))) >= SPACING - 0.001


def test_the_burst_halves_until_calls_are_strictly_spaced(ledger: MemoryLedger, clock: FakeClock) -> None:
    many = RateLimits(requests_per_minute=60_002, shape=Shape(burst=10_000))
    bursts = []

    for number in range(6):
        first = ask(f"first {number}", many)
        ledger.reserve(first)
        clock.advance(0.01)
        ledger.reject(first, None)
        clock.advance(61)
        bursts.append(granted_at_once(ledger, many))
        clock.advance(61)

    assert bursts == [5_000, 2_500, 1_250, 625, 1, 1]


def test_the_vendors_lower_word_holds_beside_what_a_rejection_taught(ledger: MemoryLedger, clock: FakeClock) -> None:
    first = ask("first", STRICT)
    ledger.reserve(first)
    ledger.reject(first, None)

    ledger.observe(KEY, STRICT, RateLimitFeedback(requests=Allowance(limit=12, remaining=11, reset_seconds=5.0)))

    clock.advance(61)
    ledger.reserve(ask("second", STRICT))
    assert waited(ledger.reserve(ask("third", STRICT))) == pytest.approx(6, abs=0.01)


def test_a_call_or_two_on_their_way_are_not_taken_for_those_of_others(ledger: MemoryLedger) -> None:
    loose = RateLimits(requests_per_minute=10, shape=Shape(burst=8))
    ledger.reserve(ask("first", loose))

    ledger.observe(KEY, loose, RateLimitFeedback(requests=Allowance(limit=10, remaining=8, reset_seconds=30)))

    assert granted_at_once(ledger, loose) == 7


def test_a_breaker_that_is_open_longer_stays_so(ledger: MemoryLedger) -> None:
    ledger.trip(KEY, "QuotaExhausted", 90)

    ledger.trip(KEY, "SomethingShorter", 10)

    assert ledger.reserve(ask("one")) == Broken(error="QuotaExhausted", seconds=90)


def test_who_has_lost_patience_leaves_the_queue(ledger: MemoryLedger) -> None:
    ledger.reserve(ask("sent", STRICT))
    waiting = ledger.reserve(ask("waiting", STRICT))
    assert isinstance(waiting, Wait)

    ledger.reserve(ask("waiting", STRICT, place=waiting.place, patience=0.5))

    assert waited(ledger.reserve(ask("next", STRICT))) == pytest.approx(SPACING, abs=0.001)


def test_a_date_that_goes_back_begins_no_new_day(ledger: MemoryLedger, clock: FakeClock) -> None:
    one = RateLimits(requests_per_day=1)
    ledger.reserve(ask("one", one))

    clock.date -= timedelta(days=1)

    assert isinstance(ledger.reserve(ask("two", one, patience=0.0)), Wait)


def test_a_repetition_counts_for_the_day(ledger: MemoryLedger) -> None:
    two = RateLimits(requests_per_day=2)
    ledger.reserve(ask("first", two))
    ledger.reserve(ask("its repetition", two, place=3))

    assert isinstance(ledger.reserve(ask("third", two, patience=0.0)), Wait)


def test_output_that_no_window_takes_is_refused_at_once(ledger: MemoryLedger) -> None:
    with pytest.raises(RequestTooLarge, match="30,000 output tokens, but its rate limit admits 9,800 a minute"):
        ledger.reserve(ask("huge", RateLimits(output_tokens_per_minute=10_000), demand=Demand(output_tokens=30_000)))


@pytest.mark.parametrize(
    ("tokens", "calls"),
    [
        pytest.param(100, 17, id="a sixth of the limit in small calls"),
        pytest.param(1_000, 5, id="a handful of larger ones"),
        pytest.param(2_400, 3, id="never much more than half of the limit"),
    ],
)
def test_an_idle_key_takes_a_handful_of_questions_at_once(ledger: MemoryLedger, tokens: int, calls: int) -> None:
    limits = RateLimits(input_tokens_per_minute=10_000)

    assert granted_at_once(ledger, limits, Demand(input_tokens=tokens)) == calls


def test_the_burst_of_tokens_halves_with_that_of_calls(ledger: MemoryLedger, clock: FakeClock) -> None:
    limits = RateLimits(requests_per_minute=6_000, input_tokens_per_minute=10_000)
    ledger.reserve(ask("first", limits))
    clock.advance(0.01)
    ledger.reject(ask("first", limits), None)
    clock.advance(61)

    assert granted_at_once(ledger, limits, Demand(input_tokens=1_000)) == 3


def test_a_small_call_does_not_overtake_a_large_one(ledger: MemoryLedger) -> None:
    limits = RateLimits(input_tokens_per_minute=10_000, shape=Shape(token_burst=1))
    ledger.reserve(ask("sent", limits, demand=Demand(input_tokens=9_000)))
    large = waited(ledger.reserve(ask("large", limits, demand=Demand(input_tokens=5_000))))

    small = waited(ledger.reserve(ask("small", limits, demand=Demand(input_tokens=500))))

    assert small >= large == pytest.approx(60, abs=0.001)


def test_what_takes_no_tokens_does_not_wait_for_any(ledger: MemoryLedger) -> None:
    limits = RateLimits(input_tokens_per_minute=10_000)
    underestimated = ask("underestimated", limits, demand=Demand(input_tokens=1_000))
    ledger.reserve(underestimated)
    ledger.settle(underestimated, Demand(input_tokens=20_000))

    assert isinstance(ledger.reserve(ask("no tokens", limits)), Granted)
