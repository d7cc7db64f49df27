from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.context.strategy import LargeContextFallback
from llm_runtime.errors import (
    BadRequest,
    Cancelled,
    ContextTooLong,
    LedgerUnavailable,
    LLMError,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    TimedOut,
    TruncatedOutput,
    WouldWaitTooLong,
)
from llm_runtime.events import Waited, WaitReason
from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.llm import LLM, ModelSpec, Scheduled
from llm_runtime.messages import Call, Completion, Effort, Request
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import Answer, Ask, Priority
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits, Shape
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.scheduled import ScheduledChatModel, ScheduledLLM
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, completion, spec
from tests.llm_runtime.scheduling.test_proactive import Recorder

KEY = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
REQUEST = Request(system="Review.", question="What is wrong?", effort=Effort.MEDIUM)
STRICT = RateLimits(requests_per_minute=60, shape=Shape(burst=1))


class Tokens:
    """Knows the tokens of every request beforehand."""

    def __init__(self, tokens: int = 1_000) -> None:
        self.tokens = tokens
        self.observed: list[int] = []

    def estimate(self, request: Request, model: str) -> int:
        return self.tokens

    def upper_estimate(self, request: Request, model: str) -> int:
        return self.tokens

    def expected_output(self, model: str, cap: int) -> int:
        return min(500, cap)

    def observe(self, request: Request, model: str, completion: Completion) -> None:
        self.observed.append(completion.usage.input_tokens)


class Demands(MemoryLedger):
    """Keeps what was demanded of it."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.demands: list[Demand] = []

    def reserve(self, ask: Ask) -> Answer:
        self.demands.append(ask.demand)
        return super().reserve(ask)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def scheduled(
    llm: LLM, clock: FakeClock, limits: RateLimits = STRICT, *, tokens: Tokens | None = None, **fields: Any
) -> ScheduledLLM:
    tokens = tokens or Tokens()
    strategy = ProactiveRateLimitScheduler(
        KEY,
        limits,
        fields.pop("ledger", None) or MemoryLedger(clock),
        clock=clock,
        chance=lambda: 1.0,
        patience=fields.pop("patience", Patience()),
        observer=fields.pop("observer", None),
        cancellation=fields.pop("cancellation", None),
    )
    context = LargeContextFallback([], tokens.estimate)
    return ScheduledLLM(llm, strategy, context=context, estimator=tokens, clock=clock, **fields)


def paid(error: LLMError, cost: str = "0.01") -> LLMError:
    error.calls = (Call(provider="openai", model="m", cost_usd=Decimal(cost), error=type(error).__name__),)
    return error


def test_it_is_what_a_chain_is_made_of(clock: FakeClock) -> None:
    assert isinstance(scheduled(ScriptedLLM(spec()), clock), Scheduled)
    assert not isinstance(ScriptedLLM(spec()), Scheduled)
    assert ScheduledChatModel is ScheduledLLM


def test_calls_are_spaced_before_they_are_sent(clock: FakeClock) -> None:
    llm = scheduled(ScriptedLLM(spec(), completion()), clock)

    for _ in range(3):
        llm.complete(REQUEST)

    assert clock.waits == [pytest.approx(60 / 58, abs=0.001)] * 2


def test_what_failed_is_sent_again_and_every_attempt_is_accounted_for(clock: FakeClock) -> None:
    loose = RateLimits(requests_per_minute=600)
    llm = scheduled(
        ScriptedLLM(spec(), paid(Overloaded("x")), paid(Overloaded("x"), "0.02"), completion()), clock, loose
    )

    answer = llm.complete(REQUEST)

    assert clock.waits == [1.0, 2.0]
    assert [call.cost_usd for call in answer.calls] == [Decimal("0.01"), Decimal("0.02")]


def test_the_ninety_second_rule(clock: FakeClock) -> None:
    """1, 2 and 4 seconds, then silence for ninety, one final attempt, and the end."""
    loose = RateLimits(requests_per_minute=600)
    inner = ScriptedLLM(spec(), *(Overloaded(f"attempt {number}") for number in range(1, 7)))
    llm = scheduled(inner, clock, loose)

    with pytest.raises(Overloaded, match="attempt 5"):
        llm.complete(REQUEST)

    assert clock.waits == [1.0, 2.0, 4.0, 90.0]
    assert len(inner.requests) == 5


def test_with_another_model_ready_a_person_does_not_wait_for_the_final_attempt(clock: FakeClock) -> None:
    person = Patience(priority=Priority.INTERACTIVE)
    loose = RateLimits(requests_per_minute=600)
    errors = [Overloaded("x") for _ in range(6)]
    llm = scheduled(ScriptedLLM(spec(), *errors), clock, loose, patience=person)

    with pytest.raises(Overloaded):
        llm.complete(REQUEST, fallback_ready=lambda: True)

    assert clock.waits == [1.0, 2.0, 4.0]


def test_a_vendors_wait_is_kept_to_the_second(clock: FakeClock) -> None:
    llm = scheduled(ScriptedLLM(spec(), RateLimited("x", retry_after=7.5), completion()), clock)

    llm.complete(REQUEST)

    assert sum(clock.waits) == pytest.approx(7.5, abs=0.001)


def test_what_waiting_does_not_cure_is_raised_at_once(clock: FakeClock) -> None:
    inner = ScriptedLLM(spec(), BadRequest("x"))

    with pytest.raises(BadRequest):
        scheduled(inner, clock).complete(REQUEST)

    assert (len(inner.requests), clock.waits) == (1, [])


def test_no_call_outlives_its_deadline(clock: FakeClock) -> None:
    def slow(request: Request) -> Completion:
        assert request.timeout_seconds is not None
        clock.advance(request.timeout_seconds)
        raise TimedOut("no answer in time")

    loose = RateLimits(requests_per_minute=600)
    llm = scheduled(ScriptedLLM(spec(), slow), clock, loose, deadline_seconds=30)

    with pytest.raises(TimedOut):
        llm.complete(REQUEST)

    assert clock.monotonic() <= 30


def test_a_request_may_ask_for_less_time(clock: FakeClock) -> None:
    inner = ScriptedLLM(spec(), Overloaded("x"))
    llm = scheduled(inner, clock, RateLimits(requests_per_minute=600))

    with pytest.raises(Overloaded):
        llm.complete(Request(system="s", question="q", timeout_seconds=2.5))

    assert clock.waits == [1.0]
    assert [request.timeout_seconds for request in inner.requests] == [2.5, 1.5]


def test_a_wait_beyond_the_deadline_is_not_begun(clock: FakeClock) -> None:
    llm = scheduled(ScriptedLLM(spec(), completion()), clock, RateLimits(requests_per_minute=1), deadline_seconds=30)
    llm.complete(REQUEST)

    with pytest.raises(WouldWaitTooLong):
        llm.complete(REQUEST)

    assert clock.waits == []


def test_what_does_not_fit_the_window_reserves_nothing(clock: FakeClock) -> None:
    tokens = Tokens(200_000)
    inner = ScriptedLLM(spec(window=128_000), completion())
    llm = scheduled(inner, clock, tokens=tokens)

    with pytest.raises(ContextTooLong, match=r"about 200,000 tokens, but beside an answer its window takes 126,976"):
        llm.complete(REQUEST)
    tokens.tokens = 1_000
    llm.complete(REQUEST)

    assert (len(inner.requests), clock.waits) == (1, [])


@pytest.mark.parametrize(
    ("model", "output", "effort"),
    [(spec(output=2_000), 2_000, Effort.LOW), (spec(output=64_000, effort=False), 8_192, None)],
)
def test_output_and_effort_are_fitted_to_the_model(
    clock: FakeClock, model: ModelSpec, output: int, effort: Effort | None
) -> None:
    inner = ScriptedLLM(model, completion())

    scheduled(inner, clock).complete(REQUEST)

    (sent,) = inner.requests
    assert (sent.max_output_tokens, sent.effort) == (output, effort)


def test_it_learns_from_what_calls_really_took(clock: FakeClock) -> None:
    tokens = Tokens()

    scheduled(ScriptedLLM(spec(), completion(input_tokens=1_234)), clock, tokens=tokens).complete(REQUEST)

    assert tokens.observed == [1_234]


def test_it_learns_from_answers_that_are_of_no_use(clock: FakeClock) -> None:
    tokens = Tokens()
    cut = TruncatedOutput("x", completion=completion(input_tokens=4_321))

    with pytest.raises(TruncatedOutput):
        scheduled(ScriptedLLM(spec(), cut), clock, tokens=tokens).complete(REQUEST)

    assert tokens.observed == [4_321]


def test_an_exhausted_quota_makes_it_unavailable(clock: FakeClock) -> None:
    llm = scheduled(ScriptedLLM(spec(), QuotaExhausted("x")), clock)
    assert llm.available()

    with pytest.raises(QuotaExhausted):
        llm.complete(REQUEST)

    assert not llm.available()


def test_a_request_may_not_ask_for_more_time_than_there_is(clock: FakeClock) -> None:
    inner = ScriptedLLM(spec(), completion())

    scheduled(inner, clock, deadline_seconds=30).complete(replace(REQUEST, timeout_seconds=500))

    assert [request.timeout_seconds for request in inner.requests] == [30]


def test_without_time_left_nothing_is_sent_and_the_room_is_given_back(clock: FakeClock) -> None:
    inner = ScriptedLLM(spec(), completion())
    llm = scheduled(inner, clock)

    with pytest.raises(TimedOut, match="the deadline passed while waiting for room in its limits; allow more time"):
        llm.complete(replace(REQUEST, timeout_seconds=0))
    llm.complete(REQUEST)

    assert (len(inner.requests), clock.waits) == (1, [])


def test_a_repetition_keeps_the_place_of_the_call(clock: FakeClock) -> None:
    class Asked(MemoryLedger):
        def reserve(self, ask: Ask) -> Answer:
            places.append(ask.place)
            return super().reserve(ask)

    places: list[int | None] = []
    loose = RateLimits(requests_per_minute=600)

    scheduled(ScriptedLLM(spec(), Overloaded("x"), completion()), clock, loose, ledger=Asked(clock)).complete(REQUEST)

    assert places == [None, 0]


def test_what_an_answer_says_of_the_limits_is_kept(clock: FakeClock) -> None:
    said = RateLimitFeedback(requests=Allowance(limit=6_002, remaining=6_001, reset_seconds=0.01))
    llm = scheduled(ScriptedLLM(spec(), replace(completion(), feedback=said)), clock)
    llm.complete(REQUEST)
    llm.complete(REQUEST)
    clock.waits.clear()

    llm.complete(REQUEST)

    assert sum(clock.waits) <= 0.011


def test_cancelled_between_two_attempts_it_says_what_the_failed_one_cost(clock: FakeClock) -> None:
    cancellation = Cancellation()

    def fail(request: Request) -> Completion:
        cancellation.cancel()
        raise paid(Overloaded("x"), "0.03")

    with pytest.raises(Cancelled) as raised:
        scheduled(ScriptedLLM(spec(), fail), clock, cancellation=cancellation).complete(REQUEST)

    assert [call.cost_usd for call in raised.value.calls] == [Decimal("0.03")]


def test_waits_between_attempts_are_told_with_their_reasons(clock: FakeClock) -> None:
    events = Recorder()
    llm = scheduled(ScriptedLLM(spec(), Overloaded("x")), clock, RateLimits(), observer=events)

    with pytest.raises(Overloaded):
        llm.complete(REQUEST)

    reasons = [event.reason for event in events.events if isinstance(event, Waited)]
    assert reasons == [*[WaitReason.BACKOFF] * 3, WaitReason.FINAL_ATTEMPT]


@pytest.mark.parametrize(
    ("larger_counts", "demand"),
    [(False, Demand(input_tokens=1_000, output_tokens=300)), (True, Demand(input_tokens=1_000))],
)
def test_room_is_reserved_for_the_output_that_the_request_allows(
    clock: FakeClock, larger_counts: bool, demand: Demand
) -> None:
    limits, ledger = RateLimits(shape=Shape(larger_counts=larger_counts)), Demands(clock)
    llm = scheduled(ScriptedLLM(spec(), completion()), clock, limits, ledger=ledger)

    llm.complete(replace(REQUEST, max_output_tokens=300))

    assert ledger.demands == [demand]


def test_where_the_larger_counts_room_is_reserved_for_all_the_output_that_is_allowed(clock: FakeClock) -> None:
    ledger = Demands(clock)
    limits = RateLimits(shape=Shape(larger_counts=True))
    llm = scheduled(ScriptedLLM(spec(), completion()), clock, limits, ledger=ledger)

    llm.complete(replace(REQUEST, max_output_tokens=7_000))

    assert ledger.demands == [Demand(input_tokens=7_000)]


@pytest.mark.parametrize(("ready", "waits"), [(True, 0), (False, 1)])
def test_a_person_does_not_wait_for_room_while_another_model_is_ready(
    clock: FakeClock, ready: bool, waits: int
) -> None:
    person = Patience(priority=Priority.INTERACTIVE, max_wait_seconds=300)
    llm = scheduled(ScriptedLLM(spec(), completion()), clock, RateLimits(requests_per_minute=1), patience=person)
    llm.complete(REQUEST)

    with suppress(WouldWaitTooLong):
        llm.complete(REQUEST, fallback_ready=lambda: ready)

    assert len(clock.waits) == waits


def test_a_ledger_that_is_lost_during_a_call_takes_no_answer_away(clock: FakeClock) -> None:
    class Lost(MemoryLedger):
        def settle(self, ask: Ask, used: Demand) -> None:
            raise LedgerUnavailable("gone")

    assert scheduled(ScriptedLLM(spec(), completion()), clock, ledger=Lost(clock)).complete(REQUEST).text == "fine"
