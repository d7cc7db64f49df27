"""Drill: faults in any order and any company, on two vendors, among threads, under caps and deadlines.

Whatever happens, every request ends once, in time, with an answer or a typed error, and the accounts come out even.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_runtime.clock import SystemClock
from llm_runtime.cost.caps import Cap
from llm_runtime.errors import LLMError
from llm_runtime.fallback.sequential import SequentialFallback
from llm_runtime.fallback.smart import SmartFallback
from llm_runtime.fallback.strategy import FallbackStrategy
from llm_runtime.messages import Completion, JsonSchema
from llm_runtime.scheduling.backoff import Backoff
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import Priority
from llm_runtime.scheduling.limits import RateLimits
from tests.drills.chains import ARGON, OPUS, SOL, budgeted, drill
from tests.fakes.models import (
    Answer,
    Asked,
    BadRequest,
    CallsTool,
    ContextTooLong,
    CutShort,
    Fails,
    Forbidden,
    Garbled,
    Hangs,
    NoSuchModel,
    QuotaExhausted,
    RateLimited,
    Refuses,
    Says,
    Spent,
    Stalls,
    Truncated,
    WrongKey,
)

DEADLINE = 400.0
MOST = 2 + Backoff().max_retries
CAP = Cap(scope="run", limit_usd=Decimal("0.01"))
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
FINE = Says("{}", Spent(input=30, output=10))
FAULTS: tuple[Answer, ...] = (
    *(RateLimited(), RateLimited(0), RateLimited(3.5), RateLimited(70), RateLimited(10_000)),
    *(Fails(500), Fails(502), Fails(503), Fails(504), Fails(529), Fails(408), Fails(413), Fails(418)),
    *(CutShort(), Garbled(), Garbled(""), Garbled("[]"), Garbled('{"id": 7}'), Garbled('{"choices": 3}')),
    *(QuotaExhausted(), WrongKey(), Forbidden(), NoSuchModel(), BadRequest(), ContextTooLong()),
    *(Refuses(), Truncated(), CallsTool(), Says(""), Says("not JSON"), Says("{}", Spent(input=0, output=0))),
)
# Hard faults end a vendor; where all were equally likely, few scripts would come to an interesting end.
scripts = st.lists(st.one_of(st.sampled_from(FAULTS), st.just(FINE), st.sampled_from(FAULTS[:14])), max_size=12)
pairs = st.sampled_from([(SOL, OPUS), (OPUS, SOL), (ARGON, OPUS), (SOL, ARGON)])


def scripted(script: Sequence[Answer], after: Callable[[], object], calls: int) -> Callable[[Asked], Answer]:
    """The answers in turn, then good ones; at a certain exchange something else happens."""
    answers = itertools.chain(script, itertools.repeat(FINE))
    numbers, lock = itertools.count(1), threading.Lock()

    def answer(asked: Asked) -> Answer:
        with lock:
            if next(numbers) == calls:
                after()
            return next(answers)

    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What happens in one run.

    Attributes:
        models: The primary and its fallback.
        scripts: What each of them answers before it is well.
        callers: Threads.
        each: Questions of each thread.
        strategy: Says who stands in.
        priority: Whether a person waits.
        limits: Of each model.
        schema: What the answers must keep.
        capped: Whether money is short.
        cancelled_at: Exchange with the primary at which nobody wants the answers any more; 0 for never.
    """

    models: tuple[str, str]
    scripts: tuple[list[Answer], list[Answer]]
    callers: int
    each: int
    strategy: FallbackStrategy
    priority: Priority
    limits: RateLimits
    schema: JsonSchema | None
    capped: bool
    cancelled_at: int


plans = st.builds(
    Plan,
    models=pairs,
    scripts=st.tuples(scripts, scripts),
    callers=st.sampled_from([1, 1, 4]),
    each=st.integers(1, 4),
    strategy=st.sampled_from([SequentialFallback(), SmartFallback()]),
    priority=st.sampled_from(Priority),
    limits=st.sampled_from([RateLimits(), RateLimits(requests_per_minute=10), RateLimits(requests_per_minute=1)]),
    schema=st.sampled_from([None, SCHEMA]),
    capped=st.booleans(),
    cancelled_at=st.sampled_from([0, 0, 0, 1, 5]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans)
def test_whatever_happens_each_request_ends_once_and_in_time_and_the_accounts_come_out_even(plan: Plan) -> None:
    cancellation, (primary, fallback) = Cancellation(), plan.models
    answers = {
        primary: scripted(plan.scripts[0], cancellation.cancel, plan.cancelled_at),
        fallback: scripted(plan.scripts[1], cancellation.cancel, 0),
    }
    with drill(answers) as held:
        builder, budget = budgeted(held, CAP) if plan.capped else (held.builder, None)
        limits = dict.fromkeys(plan.models, plan.limits)
        builder = builder.with_scheduling(priority=plan.priority, limits=limits, cancellation=cancellation)
        llm = builder.with_fallback_strategy(plan.strategy).with_deadline(DEADLINE).build()
        outcomes = held.ask_at_once(llm, callers=plan.callers, each=plan.each, schema=plan.schema)

        held.check_accounts(plan.callers * plan.each, deadline=DEADLINE)
        assert all(len(outcome.calls) <= len(plan.models) * MOST for outcome in outcomes)
        assert all(type(outcome.ended) is not LLMError for outcome in outcomes)
        assert all(outcome.ended.text for outcome in outcomes if isinstance(outcome.ended, Completion))
        if budget is not None:
            assert held.tracker.known_cost <= budget.spent(CAP) <= CAP.limit_usd


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.lists(st.sampled_from([FINE, Fails(529), CutShort(), Garbled(), Refuses()]), max_size=3),
    hang=st.sampled_from([Hangs(), Stalls()]),
    models=pairs,
)
def test_a_server_that_hangs_amid_other_faults_holds_nobody_beyond_the_deadline(
    before: list[Answer], hang: Answer, models: tuple[str, str]
) -> None:
    """In real time: the deadline of a call is kept by the sockets below it."""
    answers = {models[0]: [*before, hang], models[1]: [*before, hang]}
    with drill(answers, clock=SystemClock()) as held:
        llm = held.builder.with_scheduling(backoff=Backoff(soon_seconds=(0.01,))).with_deadline(0.3).build()
        outcomes = [held.ask(llm, f"Question {number}") for number in range(2)]

        # What a busy machine adds to it.
        held.check_accounts(2, deadline=0.3 + 2)
    assert all(isinstance(outcome.ended, (Completion, LLMError)) for outcome in outcomes)
