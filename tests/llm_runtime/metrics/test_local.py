from __future__ import annotations

import dataclasses
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.errors import Overloaded
from llm_runtime.events import WaitReason
from llm_runtime.fallback.latency_optimized import LatencyOptimizedFallback
from llm_runtime.fallback.strategy import Failure
from llm_runtime.messages import Call, Request
from llm_runtime.metrics.figures import Fallback, Latency, ModelFigures, Waits
from llm_runtime.metrics.local import LATEST_ANSWERS, LocalMetrics
from tests.llm_runtime.doubles import spec
from tests.llm_runtime.metrics.happenings import EVENTS, USAGE

SOL = "openai/gpt-6.1-sol"


def took(seconds: float, *, model: str = "gpt-6.1-sol", error: str | None = None) -> Call:
    return Call(provider="openai", model=model, seconds=seconds, error=error, cost_usd=Decimal(0))


@pytest.fixture
def metrics() -> LocalMetrics:
    metrics = LocalMetrics()
    for event in EVENTS.values():
        metrics.record(event)
    return metrics


def test_calls_are_counted_with_their_errors_tokens_and_cost(metrics: LocalMetrics) -> None:
    model = metrics.snapshot().models[SOL]

    assert (model.calls, model.errors, model.usage) == (2, {"TimedOut": 1}, USAGE)
    assert (model.known_cost_usd, model.unpriced_calls) == (Decimal("0.0123"), 1)


def test_waits_are_added_up_by_their_reason(metrics: LocalMetrics) -> None:
    metrics.record(EVENTS["a wait"])

    assert metrics.snapshot().models[SOL].waits == {WaitReason.RATE_LIMIT: Waits(count=2, seconds=3.0)}


def test_every_way_from_a_model_to_another_one_is_counted(metrics: LocalMetrics) -> None:
    way = Fallback(failed=SOL, chosen="anthropic/claude-opus-5-5", error="Overloaded")

    assert metrics.snapshot().fallbacks == {way: 1}


def test_breakers_unknown_prices_and_limits_belong_to_their_model(metrics: LocalMetrics) -> None:
    models = metrics.snapshot().models

    assert models[SOL].breaker_openings == {"QuotaExhausted": 1, "AuthenticationFailed": 1}
    assert (models["openai/a-new-one"].unknown_prices, models["openai/a-new-one"].limits_unknown) == (1, 1)


def test_budgets_are_counted_by_scope_and_ledgers_as_lost_and_found(metrics: LocalMetrics) -> None:
    snapshot = metrics.snapshot()

    assert snapshot.budget_warnings == {"repository": 1}
    assert (snapshot.ledger_losses, snapshot.ledger_recoveries) == (1, 1)


def test_dollars_are_exact(metrics: LocalMetrics) -> None:
    for _ in range(1_000):
        metrics.record_call(dataclasses.replace(took(1.0), cost_usd=Decimal("0.0000001")))

    assert metrics.snapshot().known_cost_usd == Decimal("0.0124000")


def test_a_snapshot_does_not_change_any_more(metrics: LocalMetrics) -> None:
    snapshot = metrics.snapshot()
    before = repr(snapshot)

    for event in EVENTS.values():
        metrics.record(event)

    assert repr(snapshot) == before


def test_the_median_is_that_of_answers_alone() -> None:
    metrics = LocalMetrics()

    for call in (took(0.01, error="RateLimited"), took(3.0), took(0.01, error="RateLimited"), took(5.0), took(4.0)):
        metrics.record_call(call)

    assert metrics.p50(SOL) == 4.0


def test_a_model_that_has_only_failed_has_no_median() -> None:
    metrics = LocalMetrics()

    metrics.record_call(took(0.01, error="RateLimited"))

    assert metrics.p50(SOL) is None
    assert metrics.p50("openai/never-asked") is None


def test_asking_for_the_median_of_a_model_does_not_make_it_one_that_was_asked() -> None:
    metrics = LocalMetrics()

    metrics.p50(SOL)

    assert metrics.snapshot().models == {}


def test_a_model_that_became_slow_is_slow_after_as_many_answers_as_are_remembered() -> None:
    metrics = LocalMetrics()
    for _ in range(10 * LATEST_ANSWERS):
        metrics.record_call(took(1.0))

    for _ in range(LATEST_ANSWERS):
        metrics.record_call(took(9.0))

    assert metrics.snapshot().models[SOL].latency == Latency(measured=LATEST_ANSWERS, p50=9.0, p90=9.0, p99=9.0)


def test_the_fallback_by_speed_goes_by_these_medians() -> None:
    metrics = LocalMetrics()
    metrics.record_call(took(9.0, model="slow"))
    metrics.record_call(took(2.0, model="fast"))
    failure = Failure(spec=spec("main"), error=Overloaded("busy"), request=Request(system="", question=""))

    asked = LatencyOptimizedFallback(metrics.p50).order(failure, [spec("new"), spec("slow"), spec("fast")])

    assert [model.name for model in asked] == ["fast", "slow", "new"]


@given(st.lists(st.floats(min_value=0, max_value=1_000), min_size=1, max_size=300))
def test_a_percentile_is_the_smallest_time_that_enough_answers_did_not_exceed(seconds: list[float]) -> None:
    latency = Latency.of(seconds)

    assert latency is not None
    for percent, found in ((50, latency.p50), (90, latency.p90), (99, latency.p99)):
        enough = math.ceil(Fraction(percent * len(seconds), 100))
        assert sum(time <= found for time in seconds) >= enough
        assert sum(time < found for time in seconds) < enough


def test_threads_lose_no_call_and_a_snapshot_never_shows_half_of_one() -> None:
    metrics = LocalMetrics()
    call = Call(provider="openai", model="gpt-6.1-sol", usage=USAGE, cost_usd=Decimal("0.01"), seconds=1.0)
    done = threading.Event()
    torn: list[ModelFigures] = []

    def write() -> None:
        for _ in range(500):
            metrics.record_call(call)

    def look() -> None:
        while not done.is_set():
            torn.extend(
                model
                for model in metrics.snapshot().models.values()
                if (model.usage.input_tokens, model.known_cost_usd)
                != (model.calls * 1_000, model.calls * Decimal("0.01"))
            )

    with ThreadPoolExecutor(5) as pool:
        watching = pool.submit(look)
        for writer in [pool.submit(write) for _ in range(4)]:
            writer.result()
        done.set()
        watching.result()

    assert torn == []
    assert metrics.snapshot().calls == 2_000
