"""What must hold for every sequence of calls, and how the limits are used in virtual time."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_runtime.scheduling.ledger import Ask, Granted, Priority, Wait
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import Demand, RateLimits, Shape
from tests.llm_runtime.doubles import FakeClock
from tests.llm_runtime.scheduling.vendors import KEY, SlidingWindow, TokenBucket, closed_loop

SIXTY = RateLimits(requests_per_minute=60)


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
