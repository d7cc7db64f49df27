"""Drill: a vendor that answers 429 to many threads at once."""

from __future__ import annotations

import pytest

from llm_runtime.scheduling.limits import RateLimits
from tests.drills.chains import OPUS, SOL, drill
from tests.drills.clocks import SharedClock
from tests.drills.vendors import FINE, Limited
from tests.fakes.models import RateLimited

CALLERS = 16


@pytest.mark.parametrize("rejected_count", [False, True])
@pytest.mark.parametrize("says_when", [True, False])
@pytest.mark.parametrize("model", [SOL, OPUS])
def test_a_limit_lower_than_believed_is_learned_and_every_call_answered(
    model: str, says_when: bool, rejected_count: bool
) -> None:
    """Believed 60, admitted 30: with two windows of work nobody is lost, and the storm is over after the burst."""
    clock = SharedClock()
    vendor = Limited(clock, requests=30, says_when=says_when, rejected_count=rejected_count)
    with drill({model: vendor}, clock=clock) as held:
        limits = {model: RateLimits(requests_per_minute=60)}
        llm = held.builder.with_scheduling(limits=limits).build()

        outcomes = held.ask_at_once(llm, callers=CALLERS, each=4)

        held.check_accounts(CALLERS * 4)
    assert [outcome.kind for outcome in outcomes if not outcome.answered] == []
    assert 0 < vendor.rejected <= CALLERS


@pytest.mark.parametrize("says_when", [True, False])
def test_a_limit_that_is_known_raises_no_storm(says_when: bool) -> None:
    clock = SharedClock()
    vendor = Limited(clock, requests=30, says_when=says_when)
    with drill({SOL: vendor}, clock=clock) as held:
        llm = held.builder.with_scheduling(limits={SOL: RateLimits(requests_per_minute=30)}).build()

        outcomes = held.ask_at_once(llm, callers=CALLERS, each=4)

        held.check_accounts(CALLERS * 4)
    assert all(outcome.answered for outcome in outcomes)
    assert vendor.rejected == 0


@pytest.mark.parametrize("seconds", [7.0, None])
def test_a_storm_without_end_goes_to_the_other_vendor(seconds: float | None) -> None:
    with drill({SOL: RateLimited(seconds), OPUS: FINE}) as held:
        llm = held.builder.with_scheduling(limits={SOL: RateLimits(requests_per_minute=500)}).build()

        outcomes = held.ask_at_once(llm, callers=CALLERS, each=1)

        held.check_accounts(CALLERS)
    assert all(outcome.answered for outcome in outcomes)
    assert {outcome.calls[-1].model for outcome in outcomes} == {"claude-opus-5-5"}
    assert held.heard.kinds().count("FellBack") == CALLERS


def test_a_storm_on_both_vendors_ends_in_typed_errors() -> None:
    with drill({SOL: RateLimited(30), OPUS: RateLimited()}) as held:
        outcomes = held.ask_at_once(held.builder.build(), callers=CALLERS, each=1)

        held.check_accounts(CALLERS)
    assert {outcome.kind for outcome in outcomes} == {"AllModelsExhausted"}


def test_nobody_comes_back_before_the_vendor_said() -> None:
    clock = SharedClock()
    arrivals: list[float] = []

    def blocked(asked: object) -> RateLimited:
        arrivals.append(clock.monotonic())
        return RateLimited(50)

    with drill({SOL: blocked, OPUS: FINE}, clock=clock) as held:
        llm = held.builder.with_scheduling(limits={SOL: RateLimits(requests_per_minute=500)}).build()
        held.ask_at_once(llm, callers=CALLERS, each=1)

        held.check_accounts(CALLERS)
    # Those of the first moment were under way when the first answer came.
    later = sorted({arrival for arrival in arrivals if arrival > 0})
    assert later
    assert later[0] >= 50
