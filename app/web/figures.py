"""Figures of the server for Prometheus: deliveries, how long they took, and what is in the queue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.errors import QueueDown
from app.github.webhook import EVENTS

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from app.queue import JobQueue

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Figures:
    """Counted in this process, or in files that all processes of ``PROMETHEUS_MULTIPROC_DIR`` write."""

    def __init__(self) -> None:
        # Decided by the client when it is imported, and told by nothing public.
        self._shared = bool(values.ValueClass._multiprocess)  # noqa: SLF001
        self._registry = CollectorRegistry()
        registry = None if self._shared else self._registry
        self._deliveries = Counter(
            "quartet_web_deliveries_total",
            "Deliveries by event and by the status they were answered with.",
            ("event", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "quartet_web_delivery_duration_seconds",
            "From the first look at a delivery to its answer.",
            buckets=_SECONDS,
            registry=registry,
        )

    def record_delivery(self, event: str, status: int, seconds: float) -> None:
        """Count a delivery; a name that GitHub does not use counts as another's, so that labels cannot grow."""
        self._deliveries.labels(event if event in EVENTS else "other", str(status)).inc()
        self._seconds.observe(seconds)

    def exposition(self, queue: JobQueue) -> bytes:
        """All figures in Prometheus's text format, those of the other processes included."""
        registry = self._registry
        if self._shared:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # the client leaves it untyped
        text = generate_latest(registry)
        waiting = CollectorRegistry()
        waiting.register(_QueueCollector(queue))
        return text + generate_latest(waiting)


class _QueueCollector(Collector):
    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue

    def describe(self) -> Iterable[Metric]:
        """Nothing: asking for it would ask the queue, too."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Ask the queue."""
        jobs = GaugeMetricFamily("quartet_queue_jobs", "Jobs by what they wait for.", labels=("state",))
        up = GaugeMetricFamily("quartet_queue_up", "Whether the queue answers.")
        try:
            depths = self._queue.depths()
        except QueueDown:
            up.add_metric((), 0)
            return (up,)
        for state, count in depths.items():
            jobs.add_metric((str(state),), count)
        up.add_metric((), 1)
        return up, jobs
