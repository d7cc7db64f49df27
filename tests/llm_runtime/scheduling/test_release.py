"""A call that was granted and not sent is given back: to whoever comes next, it might as well never have been asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_runtime.scheduling.ledger import Ask, Granted, Wait
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import Demand, RateLimits, Shape
from tests.llm_runtime.doubles import FakeClock
from tests.llm_runtime.scheduling.vendors import KEY

demands = st.builds(Demand, input_tokens=st.integers(1, 4_000), output_tokens=st.integers(0, 900))
limits = st.builds(
    RateLimits,
    requests_per_minute=st.integers(1, 120) | st.none(),
    input_tokens_per_minute=st.integers(6_000, 60_000) | st.none(),
    output_tokens_per_minute=st.integers(2_000, 20_000) | st.none(),
    shape=st.builds(Shape, burst=st.integers(1, 90) | st.none(), token_burst=st.sampled_from([1 / 6, 0.5, 1.0])),
)


class Step(NamedTuple):
    """A call of earlier traffic, so many seconds after the one before; it may be answered, refused or released."""

    gap: float
    demand: Demand
    end: str


steps = st.builds(
    Step,
    gap=st.sampled_from([0.0, 0.2, 1.0, 7.0, 61.0]),
    demand=demands,
    end=st.sampled_from(["", "", "", "settle", "reject", "release"]),
)


def after(steps: Sequence[Step], limits: RateLimits) -> tuple[MemoryLedger, FakeClock]:
    clock = FakeClock()
    ledger = MemoryLedger(clock)
    for number, step in enumerate(steps):
        clock.advance(step.gap)
        call = ask(f"earlier {number}", limits, step.demand)
        if not isinstance(ledger.reserve(call), Granted):
            continue
        if step.end == "settle":
            ledger.settle(call, replace(step.demand, input_tokens=step.demand.input_tokens // 2 + 1))
        elif step.end == "reject":
            ledger.reject(call, None)
        elif step.end == "release":
            ledger.release(call)
    return ledger, clock


def ask(ticket: str, limits: RateLimits, demand: Demand, *, patience: float = 0.0) -> Ask:
    return Ask(key=KEY, limits=limits, demand=demand, ticket=ticket, patience=patience)


def waits(ledger: MemoryLedger, limits: RateLimits, probes: Sequence[Demand]) -> list[float]:
    """When each of several calls that come now may be sent."""
    asks = [ask(f"probe {number}", limits, probe, patience=1e9) for number, probe in enumerate(probes)]
    answers = [ledger.reserve(each) for each in asks]
    return [answer.seconds if isinstance(answer, Wait) else 0.0 for answer in answers]


@settings(max_examples=300, deadline=None)
@given(
    limits=limits,
    earlier=st.lists(steps, max_size=25),
    released=st.lists(demands, min_size=1, max_size=5),
    probes=st.lists(demands, min_size=1, max_size=8),
    order=st.randoms(use_true_random=False),
)
@example(
    limits=RateLimits(input_tokens_per_minute=10_000),
    earlier=[],
    released=[Demand(input_tokens=10)],
    probes=[Demand(input_tokens=1_000)] * 6,
    order=None,
)
def test_calls_granted_and_released_leave_the_key_as_it_was(
    limits: RateLimits,
    earlier: list[Step],
    released: list[Demand],
    probes: list[Demand],
    order: object,
) -> None:
    (untouched, _), (ledger, _) = after(earlier, limits), after(earlier, limits)
    calls = [ask(f"released {number}", limits, demand) for number, demand in enumerate(released)]

    granted = [call for call in calls if isinstance(ledger.reserve(call), Granted)]
    if order is not None:
        order.shuffle(granted)  # type: ignore[attr-defined] # a random.Random of hypothesis'
    for call in granted:
        ledger.release(call)

    assert waits(ledger, limits, probes) == pytest.approx(waits(untouched, limits, probes), abs=1e-4)


@settings(max_examples=150, deadline=None)
@given(rpm=st.integers(1, 60), earlier=st.lists(steps, min_size=20, max_size=120))
def test_no_window_holds_more_than_the_cap_though_calls_are_released_between(rpm: int, earlier: list[Step]) -> None:
    limits = RateLimits(requests_per_minute=rpm)
    clock = FakeClock()
    ledger = MemoryLedger(clock)
    sent: list[float] = []

    for number, step in enumerate(earlier):
        clock.advance(step.gap)
        call = ask(f"{number}", limits, Demand())
        if isinstance(ledger.reserve(call), Granted):
            if step.end == "release":
                ledger.release(call)
            else:
                sent.append(clock.monotonic())

    most = max((sum(since <= at < since + 60 for at in sent) for since in sent), default=0)
    assert most <= (limits.caps.requests or 0)
