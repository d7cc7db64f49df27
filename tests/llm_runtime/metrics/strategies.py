"""Every strategy with what can be seen of its figures: a new one is tested as soon as its line is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import pytest
from prometheus_client import CollectorRegistry

from llm_runtime.metrics.datadog import DatadogMetrics
from llm_runtime.metrics.local import LocalMetrics
from llm_runtime.metrics.prometheus import PrometheusMetrics
from llm_runtime.metrics.strategy import MetricsStrategy
from tests.llm_runtime.doubles import FakeClock
from tests.llm_runtime.metrics.agent import ListeningAgent

Seen = tuple[MetricsStrategy, Callable[[], str]]


@contextmanager
def local() -> Iterator[Seen]:
    metrics = LocalMetrics()
    yield metrics, lambda: repr(metrics.snapshot())


@contextmanager
def prometheus() -> Iterator[Seen]:
    metrics = PrometheusMetrics(registry=CollectorRegistry(), clock=FakeClock())
    yield metrics, lambda: metrics.exposition().decode()


@contextmanager
def datadog() -> Iterator[Seen]:
    pytest.importorskip("datadog", reason="the extra 'datadog' is not installed")
    with ListeningAgent() as agent:
        metrics = DatadogMetrics("127.0.0.1", agent.port)
        came: list[str] = []

        def figures() -> str:
            came.extend(agent.datagrams())
            return "".join(came)

        yield metrics, figures
        metrics.close()


STRATEGIES: Mapping[str, Callable[[], AbstractContextManager[Seen]]] = {
    "local": local,
    "prometheus": prometheus,
    "datadog": datadog,
}
