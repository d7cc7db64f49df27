"""The builder from the outside: every setter shows its effect on calls over the wire, every fault names its cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.builder import LLMBuilder, create_auto_picker_llm, get_llm, get_scheduled_llm
from llm_runtime.cost.caps import Cap, Period
from llm_runtime.cost.ledgers.memory import MemoryAccounts
from llm_runtime.cost.tracking import LocalCostTracker
from llm_runtime.credentials import Credential
from llm_runtime.errors import (
    AllModelsExhausted,
    AuthenticationFailed,
    BudgetExceeded,
    Cancelled,
    CircuitOpen,
    ContextTooLong,
    LedgerUnavailable,
    LLMError,
    Misbuilt,
    Overloaded,
    RateLimited,
    RequestTooLarge,
    WouldWaitTooLong,
)
from llm_runtime.events import BudgetNearlySpent, CallEnded, LedgerFound, LedgerLost, LimitsUnknown
from llm_runtime.fallback.cost_optimized import CostOptimizedFallback
from llm_runtime.fallback.smart import SmartFallback
from llm_runtime.llm import ModelSpec, Scheduled
from llm_runtime.messages import Completion, Request
from llm_runtime.metrics.local import LocalMetrics
from llm_runtime.runtime import Runtime
from llm_runtime.scheduling.backoff import Backoff
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import Priority
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import RateLimits, Shape
from llm_runtime.scheduling.overrides import LimitOverride
from llm_runtime.scheduling.patience import Patience
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.scheduled import ScheduledLLM
from llm_runtime.smart_llm import SmartLLM
from tests.llm_runtime.cost.doubles import Unsteady
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, Step, completion
from tests.llm_runtime.scheduling.test_proactive import Recorder

REQUEST = Request(system="Be brief.", question="Why?")
SOL, TERRA, OPUS, HAIKU, ARGON = (
    *("openai/gpt-6.1-sol", "openai/gpt-6.1-terra", "anthropic/claude-opus-5-5"),
    *("anthropic/claude-haiku-4-5", "gemini/gemini-4-argon"),
)
CREDENTIALS = {name: Credential(api_key=f"{name}-key") for name in ("openai", "anthropic", "gemini")}


class Closable(ScriptedLLM):
    """A provider's LLM that follows a script."""

    closed = False

    def close(self) -> None:
        self.closed = True

    def verify(self) -> None:
        raise NotImplementedError


class Vendors:
    """Providers by model; what was connected is kept."""

    def __init__(self, steps: Mapping[str, tuple[Step, ...]]) -> None:
        self._steps = steps
        self.connected: dict[str, Closable] = {}

    def __call__(self, spec: ModelSpec, credential: Credential) -> Closable:
        self.connected[spec.id] = Closable(spec, *self._steps.get(spec.id, (completion(),)))
        return self.connected[spec.id]

    def asked(self, model: str) -> int:
        return len(self.connected[model].requests) if model in self.connected else 0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def events() -> Recorder:
    return Recorder()


@pytest.fixture
def make(clock: FakeClock, events: Recorder) -> Iterator[Any]:
    made: list[Runtime] = []

    def builder(**steps: tuple[Step, ...]) -> tuple[LLMBuilder, Vendors]:
        vendors = Vendors({NAMES[name]: script for name, script in steps.items()})
        runtime = Runtime(CREDENTIALS, clock=clock, observer=events, connect=vendors)
        made.append(runtime)
        return LLMBuilder(runtime=runtime), vendors

    yield builder
    for runtime in made:
        runtime.close()


NAMES = {"sol": SOL, "terra": TERRA, "opus": OPUS, "haiku": HAIKU, "argon": ARGON}


def waits_of(llm: SmartLLM, clock: FakeClock, calls: int) -> float:
    for _ in range(calls):
        llm.complete(REQUEST)
    return sum(clock.waits)


def test_with_primary_names_who_is_asked_first(make: Any) -> None:
    builder, vendors = make()

    llm = builder.with_primary(SOL).with_primary(OPUS).build()

    assert llm.spec.id == OPUS
    llm.complete(REQUEST)
    assert vendors.asked(OPUS) == 1


def test_with_fallback_names_who_stands_in(make: Any) -> None:
    builder, vendors = make(sol=(LLMError("x"),), terra=(LLMError("y"),))

    answer = builder.with_primary(SOL).with_fallback(TERRA, OPUS).build().complete(REQUEST)

    assert [(call.model, call.error) for call in answer.calls] == [
        ("gpt-6.1-sol", "LLMError"),
        ("gpt-6.1-terra", "LLMError"),
        ("claude-opus-5-5", None),
    ]
    assert list(vendors.connected) == [SOL, TERRA, OPUS]


def test_a_stand_in_that_is_not_needed_is_not_connected(make: Any) -> None:
    builder, vendors = make()

    builder.with_primary(SOL).with_fallback(OPUS).build().complete(REQUEST)

    assert list(vendors.connected) == [SOL]


@pytest.mark.parametrize(
    ("strategy", "chosen"),
    [
        (None, TERRA),
        (SmartFallback(), OPUS),
        (CostOptimizedFallback(lambda spec, request: Decimal(spec.id == TERRA)), OPUS),
    ],
)
def test_with_fallback_strategy_decides_who_is_next(make: Any, strategy: Any, chosen: str) -> None:
    builder, vendors = make(sol=(Overloaded("x"),))
    builder = builder.with_primary(SOL).with_fallback(TERRA, OPUS).with_deadline(30)
    builder = builder.with_scheduling(backoff=Backoff(max_retries=0), priority=Priority.INTERACTIVE)

    (builder.with_fallback_strategy(strategy) if strategy else builder).build().complete(REQUEST)

    assert vendors.asked(chosen) == 1


def test_with_tier_says_which_limits_are_kept(make: Any, clock: FakeClock) -> None:
    """Gemini's first tier admits 150 requests a minute, its second 1,000."""
    builder, _ = make()
    first = waits_of(builder.with_primary(ARGON).build(), clock, 30)
    clock.waits.clear()
    clock.advance(120)

    builder = builder.with_tier("tier1").with_tier("tier2", provider="gemini")
    second = waits_of(builder.with_primary(ARGON).build(), clock, 30)

    assert first > 1
    assert second == 0


def test_with_scheduling_sets_limits_of_single_models(make: Any, clock: FakeClock) -> None:
    builder, _ = make()
    limits = {SOL: RateLimits(requests_per_minute=60, shape=Shape(burst=1))}

    assert waits_of(builder.with_scheduling(limits=limits).with_primary(SOL).build(), clock, 3) == pytest.approx(
        120 / 58, abs=0.01
    )


def test_with_scheduling_changes_only_what_an_override_names(make: Any) -> None:
    builder, _ = make()

    llm = (
        builder.with_scheduling(limits={OPUS: LimitOverride(limits={"requests_per_minute": 7})})
        .with_primary(OPUS)
        .build()
    )

    limits = llm.chain.links[0].limits
    assert limits.requests_per_minute == 7
    assert limits.input_tokens_per_minute is not None


def test_with_scheduling_takes_a_ledger(make: Any, clock: FakeClock) -> None:
    """Two chains on one ledger share their limits, on two they do not."""
    ledger = MemoryLedger(clock)
    builder, _ = make()
    builder = builder.with_primary(SOL).with_scheduling(limits={SOL: RateLimits(requests_per_minute=1)})
    builder = builder.with_scheduling(max_wait_seconds=1)
    builder.with_scheduling(ledger=ledger).build().complete(REQUEST)

    builder.build().complete(REQUEST)
    with pytest.raises(WouldWaitTooLong):
        builder.with_scheduling(ledger=ledger).build().complete(REQUEST)


@pytest.mark.parametrize(("priority", "waits"), [(Priority.INTERACTIVE, False), (Priority.BACKGROUND, True)])
def test_with_scheduling_says_whether_a_person_waits(
    make: Any, clock: FakeClock, priority: Priority, waits: bool
) -> None:
    builder, _ = make()
    builder = builder.with_primary(SOL).with_scheduling(
        priority=priority, limits={SOL: RateLimits(requests_per_minute=1)}
    )
    llm = builder.build()
    llm.complete(REQUEST)

    try:
        llm.complete(REQUEST)
    except WouldWaitTooLong:
        assert not waits

    assert bool(clock.waits) is waits


def test_with_scheduling_takes_a_backoff(make: Any, clock: FakeClock) -> None:
    builder, _ = make(sol=(RateLimited("x"), completion()))
    backoff = Backoff(window_seconds=(7.0,))

    builder.with_primary(SOL).with_scheduling(backoff=backoff).build().complete(REQUEST)

    assert sum(clock.waits) == pytest.approx(7, abs=1.1)


def test_with_scheduling_takes_a_cancellation(make: Any) -> None:
    cancellation = Cancellation()
    builder, vendors = make()
    llm = builder.with_primary(SOL).with_scheduling(cancellation=cancellation).build()

    cancellation.cancel()

    with pytest.raises(Cancelled):
        llm.complete(REQUEST)
    assert vendors.asked(SOL) == 0


def test_with_scheduling_leaves_what_it_does_not_name(make: Any, clock: FakeClock) -> None:
    builder, _ = make()
    cancellation, ledger = Cancellation(), MemoryLedger(clock)
    patience = Patience(hurry_seconds=3.0, quota_seconds=77.0)
    first = replace(builder, patience=patience).with_scheduling(
        ledger=ledger,
        priority=Priority.INTERACTIVE,
        max_wait_seconds=9.0,
        backoff=Backoff(max_retries=1),
        limits={SOL: RateLimits()},
        cancellation=cancellation,
    )

    second = first.with_scheduling(limits={TERRA: RateLimits()})

    assert second.patience == Patience(
        priority=Priority.INTERACTIVE,
        max_wait_seconds=9.0,
        hurry_seconds=3.0,
        quota_seconds=77.0,
        backoff=Backoff(max_retries=1),
    )
    assert (second.ledger, second.cancellation) == (ledger, cancellation)
    assert set(second.overrides) == {SOL, TERRA}


def test_with_scheduling_may_take_the_person_away_again(make: Any) -> None:
    """The first of the priorities is 0, and is a word all the same."""
    builder, _ = make()

    person = builder.with_scheduling(priority=Priority.BACKGROUND).with_scheduling(priority=Priority.INTERACTIVE)

    assert person.patience.priority is Priority.INTERACTIVE


@pytest.mark.parametrize("setter", ["with_cost_tracking", "with_metrics"])
def test_whoever_is_told_stays_so_when_another_is_added(make: Any, setter: str) -> None:
    first, second = (LocalCostTracker(), LocalCostTracker()) if "cost" in setter else (LocalMetrics(), LocalMetrics())
    builder, _ = make()

    both = getattr(getattr(builder, setter)(first), setter)(second)

    assert both.observers == (first, second)


def test_metrics_are_told_of_a_budget_that_is_nearly_spent(make: Any) -> None:
    metrics = LocalMetrics()
    builder, _ = make(sol=(completion(output_tokens=9_000),))
    builder = builder.with_primary(SOL).with_metrics(metrics)

    builder.with_budget(Cap(scope="run", limit_usd=Decimal("0.11"))).build().complete(REQUEST)

    assert metrics.snapshot().budget_warnings == {"run": 1}


@pytest.mark.parametrize("setter", ["with_metrics", "with_cost_tracking"])
def test_whoever_is_named_behind_the_budget_is_told_of_it_as_well(make: Any, clock: FakeClock, setter: str) -> None:
    told, accounts = Recorder(), Unsteady(clock)
    builder, _ = make(sol=(completion(output_tokens=9_000),))
    builder = builder.with_primary(SOL).with_budget(Cap(scope="run", limit_usd=Decimal("0.11")), ledger=accounts)
    llm = getattr(builder, setter)(told).build()

    accounts.gone = True
    with pytest.raises(LedgerUnavailable):
        llm.complete(REQUEST)
    accounts.gone = False
    llm.complete(REQUEST)

    told_of_money = [type(event) for event in told.events if not isinstance(event, CallEnded)]
    assert told_of_money == [LedgerLost, LedgerFound, BudgetNearlySpent]


def test_whoever_is_named_twice_is_told_once(make: Any, events: Recorder) -> None:
    builder, _ = make(sol=(completion(output_tokens=9_000),))
    builder = builder.with_primary(SOL).with_metrics(events).with_cost_tracking(events)
    builder = builder.with_budget(Cap(scope="run", limit_usd=Decimal("0.11"))).with_metrics(events)

    builder.build().complete(REQUEST)

    assert sorted(type(event).__name__ for event in events.events) == ["BudgetNearlySpent", "CallEnded"]


def test_chains_with_different_metrics_spend_from_the_same_caps(make: Any) -> None:
    builder, vendors = make(sol=(completion(output_tokens=9_000),))
    builder = builder.with_primary(SOL).with_budget(Cap(scope="run", limit_usd=Decimal("0.15")))
    one, other = LocalMetrics(), LocalMetrics()
    builder.with_metrics(one).build().complete(REQUEST)

    with pytest.raises(BudgetExceeded):
        builder.with_metrics(other).build().complete(REQUEST)

    assert vendors.asked(SOL) == 1
    assert other.p50(SOL) is None


def test_with_cost_tracking_tells_of_every_call(make: Any) -> None:
    tracker = LocalCostTracker()
    builder, _ = make(sol=(LLMError("x"),))

    builder.with_primary(SOL).with_fallback(TERRA).with_cost_tracking(tracker).build().complete(REQUEST)

    assert set(tracker.by_model) == {SOL, TERRA}


def test_with_metrics_tells_of_calls_and_fallbacks(make: Any) -> None:
    metrics = LocalMetrics()
    builder, _ = make(sol=(LLMError("x"),))

    builder.with_primary(SOL).with_fallback(TERRA).with_metrics(metrics).build().complete(REQUEST)

    assert metrics.p50(TERRA) is not None


def test_with_budget_caps_all_chains_of_a_builder_together(make: Any) -> None:
    builder, vendors = make(sol=(completion(output_tokens=9_000),), terra=(completion(output_tokens=9_000),))
    builder = builder.with_budget(Cap(scope="run", limit_usd=Decimal("0.15")))
    builder.with_primary(SOL).build().complete(REQUEST)

    with pytest.raises(BudgetExceeded):
        builder.with_primary(SOL).build().complete(REQUEST)

    assert vendors.asked(SOL) == 1


def test_with_context_fallback_takes_over_what_is_too_long(make: Any) -> None:
    builder, vendors = make()
    long = Request(system="", question="word " * 250_000)
    builder = builder.with_primary(HAIKU).with_fallback(TERRA).with_context_fallback(SOL)
    builder = builder.with_scheduling(limits={SOL: RateLimits(), TERRA: RateLimits()})

    answer = builder.build().complete(long)

    assert answer.calls[-1].model in {"gpt-6.1-sol", "gpt-6.1-terra"}
    assert vendors.asked(HAIKU) == 0


def test_a_context_fallback_is_the_last_for_other_failures(make: Any) -> None:
    builder, vendors = make(haiku=(LLMError("x"),))

    builder.with_primary(HAIKU).with_context_fallback(SOL).with_fallback(TERRA).build().complete(REQUEST)

    assert (vendors.asked(TERRA), vendors.asked(SOL)) == (1, 0)


def test_with_deadline_bounds_all_of_it(make: Any, clock: FakeClock) -> None:
    def slow(request: Request) -> Completion:
        clock.advance(request.timeout_seconds or 1e9)
        raise Overloaded("x")

    builder, _ = make(sol=(slow,), terra=(slow,))

    with pytest.raises(AllModelsExhausted):
        builder.with_primary(SOL).with_fallback(TERRA).with_deadline(42).build().complete(REQUEST)

    assert clock.monotonic() == pytest.approx(42)


def test_a_model_without_known_limits_is_told_of(make: Any, events: Recorder) -> None:
    builder, _ = make()

    builder.with_primary("openai/something-new").build()

    assert events.events == [LimitsUnknown(provider="openai", model="something-new")]


@pytest.mark.parametrize(
    ("describe", "fault"),
    [
        pytest.param(lambda b: b, "no model is named to be asked first", id="no primary"),
        pytest.param(lambda b: b.with_primary("gpt-6.1-soll"), "did you mean openai/gpt-6.1-sol?", id="unknown model"),
        pytest.param(lambda b: b.with_primary(SOL).with_tier("tier77"), "tier77", id="unknown tier"),
        pytest.param(
            lambda b: b.with_primary(SOL).with_fallback(SOL), "is named twice", id="a fallback that has failed before"
        ),
        pytest.param(
            lambda b: b.with_primary(SOL).with_context_fallback(HAIKU),
            "cannot take over what is too long: its window of 200,000 tokens is not larger than the 1,050,000",
            id="a window that is not larger",
        ),
        pytest.param(
            lambda b: b.with_primary("openai/something-new").with_budget(Cap(scope="run", limit_usd=Decimal(1))),
            "no price is known, so a cap on the cost cannot be kept",
            id="no price under a budget",
        ),
        pytest.param(
            lambda b: b.with_primary(SOL).with_scheduling(max_wait_seconds=-1),
            "nobody can wait -1 seconds for a limit; set max_wait_seconds to 0 or more",
            id="a negative wait",
        ),
        pytest.param(
            lambda b: b.with_primary(SOL).with_scheduling(max_wait_seconds=float("nan")),
            "nobody can wait nan seconds",
            id="a wait that is no number",
        ),
        pytest.param(
            lambda b: replace(b.with_primary(SOL), patience=Patience(hurry_seconds=-2.5)),
            "set hurry_seconds to 0 or more",
            id="a negative hurry",
        ),
        pytest.param(
            lambda b: replace(b.with_primary(SOL), patience=Patience(quota_seconds=-2.5)),
            "set quota_seconds to 0 or more",
            id="a quota that is over before it begins",
        ),
        pytest.param(
            lambda b: b.with_primary(SOL).with_deadline(0),
            "a deadline of 0 seconds leaves no time for an answer; allow more than 0",
            id="no time",
        ),
        pytest.param(lambda b: b.with_primary(SOL).with_deadline(-0.5), "a deadline of -0.5", id="a deadline before"),
        pytest.param(
            lambda b: b.with_primary(SOL).with_deadline(float("nan")), "a deadline of nan", id="a deadline of no number"
        ),
        pytest.param(
            lambda b: b.with_primary(SOL).with_tier("tier2", provider="opnai"),
            "a tier is set for 'opnai', which is no provider; there are openai, anthropic, gemini",
            id="a tier at nobody",
        ),
        pytest.param(
            lambda b: b.with_primary(SOL).with_scheduling(limits={"gpt-6.1-sol": RateLimits()}),
            "limits are set for 'gpt-6.1-sol', which names no provider; write provider/model",
            id="limits of nobody",
        ),
    ],
)
def test_what_could_not_work_is_not_built(make: Any, describe: Any, fault: str) -> None:
    builder, vendors = make()

    with pytest.raises(Misbuilt) as raised:
        describe(builder).build()

    assert any(fault in line for line in raised.value.faults), raised.value.faults
    assert vendors.connected == {}


@pytest.mark.parametrize(
    ("scheduling", "deadline"),
    [({"max_wait_seconds": 0}, 0.001), ({}, float("inf")), ({"max_wait_seconds": float("inf")}, 1.0)],
)
def test_the_shortest_and_the_longest_times_are_built(make: Any, scheduling: Any, deadline: float) -> None:
    builder, _ = make()

    builder = builder.with_primary(SOL).with_scheduling(**scheduling).with_deadline(deadline)

    assert builder.build().complete(REQUEST).text


def test_all_that_is_wrong_is_told_at_once(clock: FakeClock) -> None:
    builder = LLMBuilder(runtime=Runtime({}, clock=clock)).with_primary("gpt-6.1-soll").with_fallback(OPUS, OPUS)
    builder = builder.with_tier("tier77").with_scheduling(max_wait_seconds=-1).with_deadline(-1)

    with pytest.raises(Misbuilt) as raised:
        builder.build()

    told = ["did you mean", "no tier 'tier77'", "no key for Anthropic", "named twice", "a deadline of", "can wait -1"]
    assert len(raised.value.faults) == len(told)
    for fault, part in zip(raised.value.faults, told, strict=True):
        assert part in fault
        assert "\n" not in fault


def test_a_vendor_wants_a_key_and_a_server_of_ones_own_may_not(clock: FakeClock) -> None:
    own = Credential(api_key="", base_url="http://127.0.0.1:8080/v1")
    runtime = Runtime({"openai": own, "anthropic": Credential(api_key=" ")}, clock=clock)

    faults = LLMBuilder(runtime=runtime).with_primary(SOL).with_fallback(OPUS).inspect().faults

    assert faults == (f"{OPUS}: there is no key for Anthropic; set ANTHROPIC_API_KEY, or take another model",)


@pytest.mark.parametrize(
    "address", ["bot:hunter2@gpu.local/v1", "https://bot:hun/ter2@gpu.local", "ftp://bot:hunter2@gpu.local", "", "://"]
)
def test_an_address_that_leads_nowhere_is_a_fault_that_does_not_repeat_it(clock: FakeClock, address: str) -> None:
    runtime = Runtime({"openai": Credential(api_key="sk-1", base_url=address)}, clock=clock)

    with pytest.raises(Misbuilt, match="leads nowhere; set OPENAI_BASE_URL to one such as http") as raised:
        LLMBuilder(runtime=runtime).with_primary(SOL).build()

    assert "hun" not in str(raised.value)


def test_a_missing_key_is_named(clock: FakeClock) -> None:
    runtime = Runtime({"openai": CREDENTIALS["openai"]}, clock=clock)

    with pytest.raises(Misbuilt, match="there is no key for Anthropic; set ANTHROPIC_API_KEY, or take another model"):
        LLMBuilder(runtime=runtime).with_primary(SOL).with_fallback(OPUS).build()


def test_a_request_larger_than_a_limit_goes_to_another_model(make: Any) -> None:
    builder, vendors = make()
    builder = builder.with_primary(OPUS).with_fallback(SOL)
    builder = builder.with_scheduling(limits={OPUS: RateLimits(input_tokens_per_minute=5)})

    builder.build().complete(REQUEST)

    assert (vendors.asked(OPUS), vendors.asked(SOL)) == (0, 1)


def test_get_llm_is_one_metered_model_without_retries(make: Any, clock: FakeClock) -> None:
    builder, vendors = make(sol=(Overloaded("x"),))
    llm = get_llm(SOL, builder.runtime)

    with pytest.raises(Overloaded) as raised:
        llm.complete(REQUEST)

    assert not isinstance(llm, Scheduled)
    assert [call.error for call in raised.value.calls] == ["Overloaded"]
    assert (vendors.asked(SOL), clock.waits) == (1, [])


def test_get_scheduled_llm_keeps_limits_and_retries(make: Any, clock: FakeClock) -> None:
    builder, vendors = make(sol=(Overloaded("x"), completion()))
    llm = get_scheduled_llm(SOL, builder.runtime, tier="tier2")

    llm.complete(REQUEST)

    assert isinstance(llm, Scheduled)
    assert vendors.asked(SOL) == 2


def test_create_auto_picker_llm_falls_back(make: Any) -> None:
    builder, vendors = make(sol=(ContextTooLong("x"),))

    create_auto_picker_llm(SOL, [OPUS], builder.runtime).complete(REQUEST)

    assert vendors.asked(OPUS) == 1


def test_for_tier_builds_a_chain_of_its_own() -> None:
    with SmartLLM.for_tier("tier2", primary=SOL, fallbacks=[OPUS], credentials=CREDENTIALS) as llm:
        assert [link.spec.id for link in llm.chain.links] == [SOL, OPUS]
        assert llm.spec.id == SOL


def test_closing_closes_what_was_connected(make: Any) -> None:
    builder, vendors = make()

    with builder.with_primary(SOL).build() as llm:
        llm.complete(REQUEST)

    assert vendors.connected[SOL].closed


def test_a_request_that_no_window_admits_at_once_is_refused(make: Any) -> None:
    builder, _ = make()
    limits = {SOL: RateLimits(input_tokens_per_minute=5)}

    with pytest.raises(RequestTooLarge):
        builder.with_primary(SOL).with_scheduling(limits=limits).build().complete(REQUEST)


def test_chains_of_a_process_wake_each_other(make: Any) -> None:
    """Who waits in one chain is woken by what another chain of the same key gives back."""
    builder, _ = make()
    one, other = (builder.with_primary(SOL).build() for _ in range(2))

    assert builder.runtime.queues.of(one.chain.links[0].key) is builder.runtime.queues.of(other.chain.links[0].key)


def test_the_primary_goes_first_whenever_it_is_named_and_takes_the_place_of_another(make: Any) -> None:
    builder, _ = make()

    llm = builder.with_fallback(TERRA).with_primary(SOL).with_primary(OPUS).build()

    assert [link.spec.id for link in llm.chain.links] == [OPUS, TERRA]


def test_what_waits_and_falls_back_in_a_chain_is_told_to_its_metrics(make: Any) -> None:
    metrics = LocalMetrics()
    builder, _ = make(sol=(completion(), completion(), LLMError("x")))
    builder = builder.with_primary(SOL).with_fallback(TERRA).with_metrics(metrics)
    llm = builder.with_scheduling(limits={SOL: RateLimits(requests_per_minute=60, shape=Shape(burst=1))}).build()

    for _ in range(3):
        llm.complete(REQUEST)

    figures = metrics.snapshot()
    assert sum(waits.count for waits in figures.models[SOL].waits.values()) == 2
    assert [(way.failed, way.chosen) for way in figures.fallbacks] == [(SOL, TERRA)]


def test_with_budget_takes_a_ledger_and_counts_by_the_runtimes_day(make: Any, clock: FakeClock) -> None:
    clock.date = datetime(2031, 5, 17, tzinfo=UTC)
    accounts = MemoryAccounts(clock)
    builder, _ = make()
    cap = Cap(scope="repository", name="acme/shop", limit_usd=Decimal(1), period=Period.DAY)

    builder.with_primary(SOL).with_budget(cap, ledger=accounts).build().complete(REQUEST)

    assert accounts.balance(cap.account(clock.now()).name).spent > 0


def test_a_stand_in_that_is_too_dear_for_the_cap_is_passed_over(make: Any) -> None:
    builder, vendors = make(sol=(RateLimited("x"),))
    builder = builder.with_primary(SOL).with_fallback(OPUS, TERRA).with_deadline(30)
    priced = {link.spec.id: link for link in builder.build().chain.links}
    dear, cheap = priced[OPUS].output_price, priced[TERRA].output_price
    assert dear is not None
    assert cheap is not None
    between = (dear + cheap) / 2 * REQUEST.max_output_tokens / 1_000_000
    builder = builder.with_budget(Cap(scope="run", limit_usd=between))

    builder.with_scheduling(backoff=Backoff(max_retries=0)).build().complete(REQUEST)

    assert (vendors.asked(OPUS), vendors.asked(TERRA)) == (0, 1)


def test_money_is_set_aside_for_as_many_tokens_as_the_model_was_seen_to_count(make: Any) -> None:
    """A cap that the estimate by characters would fit under, and the model's own count does not."""
    long = Request(system="", question="word " * 20_000, max_output_tokens=1)
    builder, vendors = make(sol=(completion(input_tokens=75_000, output_tokens=1),))
    llm = builder.with_primary(SOL).with_scheduling(limits={SOL: RateLimits()}).build()
    price = llm.chain.links[0].input_price
    assert price is not None
    for _ in range(5):
        llm.complete(long)
    capped = builder.with_primary(SOL).with_scheduling(limits={SOL: RateLimits()})

    with pytest.raises(BudgetExceeded):
        capped.with_budget(Cap(scope="run", limit_usd=price * 60_000 / 1_000_000)).build().complete(long)

    assert vendors.asked(SOL) == 5


def test_a_server_of_ones_own_is_not_told_of_as_without_known_limits(clock: FakeClock, events: Recorder) -> None:
    own = {"openai": Credential(api_key="", base_url="http://gpu.local:8000/v1")}
    with (
        LLMBuilder(runtime=Runtime(own, clock=clock, observer=events, connect=Vendors({})))
        .with_primary("openai/llama-4-mine")
        .build()
    ):
        pass

    assert events.events == []


def test_short_ways_to_a_chain_keep_the_limits_of_the_tier(make: Any) -> None:
    builder, _ = make()
    second = builder.with_tier("tier2").with_primary(ARGON).inspect().links[0].limits

    one = get_scheduled_llm(ARGON, builder.runtime, tier="tier2")
    chain = create_auto_picker_llm(ARGON, [], builder.runtime, tier="tier2")

    assert second != builder.with_primary(ARGON).inspect().links[0].limits
    for llm in (one, chain._primary):
        assert isinstance(llm, ScheduledLLM)
        assert isinstance(llm.strategy, ProactiveRateLimitScheduler)
        assert llm.strategy.limits == second
    with SmartLLM.for_tier("tier2", primary=ARGON, credentials=CREDENTIALS) as smart:
        assert smart.chain.links[0].limits == second


def test_an_answer_of_one_chain_wakes_who_waits_in_another(make: Any) -> None:
    builder, _ = make()
    llm = builder.with_primary(OPUS).build()
    queue = builder.runtime.queues.of(llm.chain.links[0].key)

    with queue.sleeping(Priority.BACKGROUND, 10**9, queue.news()) as waiting:
        llm.complete(REQUEST)

        assert waiting.is_set()


def test_a_key_that_one_chain_found_refused_is_not_tried_by_another(make: Any) -> None:
    builder, vendors = make(sol=(AuthenticationFailed("x", status=401),))
    one, other = builder.with_primary(SOL).build(), builder.with_primary(TERRA).build()
    with pytest.raises(AuthenticationFailed):
        one.complete(REQUEST)

    with pytest.raises(CircuitOpen):
        other.complete(REQUEST)

    assert vendors.asked(TERRA) == 0


def test_a_model_that_shares_its_limits_is_told_of_by_its_own_name(make: Any) -> None:
    builder, _ = make()
    pooled = {SOL: RateLimits(requests_per_minute=1, pool="everything")}
    llm = builder.with_primary(SOL).with_scheduling(limits=pooled, max_wait_seconds=1).build()
    llm.complete(REQUEST)

    with pytest.raises(WouldWaitTooLong, match=SOL):
        llm.complete(REQUEST)
