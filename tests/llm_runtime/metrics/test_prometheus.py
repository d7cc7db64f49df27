from __future__ import annotations

import dataclasses
import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from prometheus_client import CollectorRegistry, Counter

from llm_runtime.events import BreakerOpened
from llm_runtime.metrics.prometheus import UNTIL_RESTART_SHOWN_SECONDS, PrometheusMetrics
from tests.llm_runtime.doubles import FakeClock
from tests.llm_runtime.metrics.exposed import series, value
from tests.llm_runtime.metrics.happenings import ANSWERED, EVENTS

OPEN_UNTIL = "quartet_llm_breaker_open_until_timestamp_seconds"
SOL = {"provider": "openai", "model": "gpt-6.1-sol"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def metrics(clock: FakeClock) -> PrometheusMetrics:
    return PrometheusMetrics(registry=CollectorRegistry(), clock=clock)


def opened(seconds: float | None) -> BreakerOpened:
    return BreakerOpened(**SOL, error="QuotaExhausted", seconds=seconds)


def test_a_call_is_counted_with_its_time_tokens_and_dollars(metrics: PrometheusMetrics) -> None:
    metrics.record(EVENTS["an answered call"])
    text = metrics.exposition()

    assert value(text, "quartet_llm_calls_total", **SOL) == 1
    assert value(text, "quartet_llm_call_duration_seconds_sum", **SOL, outcome="answered") == 2.5
    assert value(text, "quartet_llm_tokens_total", **SOL) == 1_200
    assert value(text, "quartet_llm_tokens_total", **SOL, kind="cached_input") == 600
    assert value(text, "quartet_llm_cost_usd_total", **SOL) == 0.0123


def test_a_failed_call_is_counted_by_its_error_and_its_unknown_cost_is_not_zero(metrics: PrometheusMetrics) -> None:
    metrics.record(EVENTS["a failed call"])
    text = metrics.exposition()

    assert value(text, "quartet_llm_errors_total", **SOL, error="TimedOut") == 1
    assert value(text, "quartet_llm_call_duration_seconds_count", **SOL, outcome="failed") == 1
    assert value(text, "quartet_llm_unpriced_calls_total", **SOL) == 1
    assert "quartet_llm_cost_usd_total" not in {one.name for one in series(text)}


def test_a_wait_is_observed_by_its_reason(metrics: PrometheusMetrics) -> None:
    metrics.record(EVENTS["a wait"])

    waited = value(metrics.exposition(), "quartet_llm_wait_duration_seconds_sum", **SOL, reason="rate_limit")
    assert waited == 1.5


def test_a_fallback_is_counted_at_the_model_that_failed(metrics: PrometheusMetrics) -> None:
    metrics.record(EVENTS["a fallback"])

    text = metrics.exposition()
    assert (
        value(text, "quartet_llm_fallbacks_total", **SOL, chosen="anthropic/claude-opus-5-5", error="Overloaded") == 1
    )


def test_a_breaker_is_shown_as_open_until_a_moment(metrics: PrometheusMetrics, clock: FakeClock) -> None:
    metrics.record(opened(90.0))

    assert value(metrics.exposition(), OPEN_UNTIL, **SOL) == clock.now().timestamp() + 90


def test_a_breaker_of_another_key_that_closes_sooner_does_not_hide_one_that_is_open(
    metrics: PrometheusMetrics, clock: FakeClock
) -> None:
    metrics.record(opened(900.0))
    metrics.record(opened(60.0))

    assert value(metrics.exposition(), OPEN_UNTIL, **SOL) == clock.now().timestamp() + 900


def test_a_breaker_that_stays_open_until_the_restart_is_shown_for_an_hour(
    metrics: PrometheusMetrics, clock: FakeClock
) -> None:
    metrics.record(opened(None))

    assert value(metrics.exposition(), OPEN_UNTIL, **SOL) == clock.now().timestamp() + UNTIL_RESTART_SHOWN_SECONDS


def test_a_ledger_is_lost_when_it_was_lost_later_than_it_was_found(
    metrics: PrometheusMetrics, clock: FakeClock
) -> None:
    def lost() -> bool:
        text = metrics.exposition()
        return value(text, "quartet_llm_ledger_lost_timestamp_seconds") > value(
            text, "quartet_llm_ledger_found_timestamp_seconds"
        )

    told = [lost()]
    for event in ("a lost ledger", "a found ledger", "a lost ledger"):
        clock.advance(10)
        metrics.record(EVENTS[event])
        told.append(lost())

    assert told == [False, True, False, True]
    assert value(metrics.exposition(), "quartet_llm_ledger_losses_total") == 2


def test_labels_are_of_a_bounded_kind(metrics: PrometheusMetrics) -> None:
    for event in EVENTS.values():
        metrics.record(event)

    labels = {label for one in series(metrics.exposition()) for label in one.labels}
    assert labels == {"provider", "model", "outcome", "error", "kind", "reason", "chosen", "scope", "le"}


def test_names_keep_the_conventions_of_prometheus(metrics: PrometheusMetrics) -> None:
    for event in EVENTS.values():
        metrics.record(event)

    endings = {"counter": "_total", "histogram": "_seconds", "gauge": "_timestamp_seconds"}
    assert [one.name for one in series(metrics.exposition()) if not one.family.endswith(endings[one.type])] == []


def test_several_over_one_registry_count_together() -> None:
    registry = CollectorRegistry()
    first, second = PrometheusMetrics(registry=registry), PrometheusMetrics(registry=registry)

    first.record_call(ANSWERED)
    second.record_call(ANSWERED)

    assert value(first.exposition(), "quartet_llm_calls_total") == 2


def test_registries_are_apart() -> None:
    first, second = (PrometheusMetrics(registry=CollectorRegistry()) for _ in range(2))

    first.record_call(ANSWERED)

    assert "quartet_llm_calls_total" not in {one.name for one in series(second.exposition())}


def test_a_name_that_something_else_has_taken_is_an_error() -> None:
    registry = CollectorRegistry()
    Counter("quartet_llm_calls", "Mine.", registry=registry)

    with pytest.raises(ValueError, match="quartet_llm_calls"):
        PrometheusMetrics(registry=registry)


def test_threads_lose_no_call(metrics: PrometheusMetrics) -> None:
    cheap = dataclasses.replace(ANSWERED, cost_usd=Decimal("0.25"))

    def record() -> None:
        for _ in range(250):
            metrics.record_call(cheap)

    with ThreadPoolExecutor(4) as pool:
        for writer in [pool.submit(record) for _ in range(4)]:
            writer.result()

    text = metrics.exposition()
    assert (value(text, "quartet_llm_calls_total"), value(text, "quartet_llm_cost_usd_total")) == (1_000, 250.0)


def test_without_the_client_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    with pytest.raises(ModuleNotFoundError, match=r"pip install prometheus-client$"):
        PrometheusMetrics()


def test_the_module_loads_without_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    importlib.reload(importlib.import_module("llm_runtime.metrics.instruments"))
