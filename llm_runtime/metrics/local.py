"""Figures of one process, kept in memory: events come in, a snapshot goes out whenever somebody asks."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from llm_runtime.events import (
    BreakerOpened,
    BudgetNearlySpent,
    CallEnded,
    Event,
    FellBack,
    LedgerFound,
    LedgerLost,
    LimitsUnknown,
    PriceUnknown,
    Waited,
)
from llm_runtime.messages import Call, Usage
from llm_runtime.metrics.strategy import MetricsStrategy

_LATENCIES = 512
"""Latest latencies that are kept of each model: enough for a 99th percentile, and recent enough to mean today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Seconds of a model's latest answered calls."""

    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All figures at one moment. Models are named ``provider/name``.

    Attributes:
        calls: Calls by model, failed ones too.
        errors: Failed calls by model and name of the error's class.
        fallbacks: Fallbacks by the model that failed and the one that was asked instead.
        waits: Waits by model and reason.
        waited_seconds: Seconds of them.
        usage: Tokens by model.
        cost_usd: Dollars by model, of the calls whose cost is known.
        unpriced: Calls by model whose cost is unknown.
        latency: Percentiles by model.
        breakers: Breakers opened, by model and name of the error's class.
        warnings: Other events by their name.
    """

    calls: Mapping[str, int]
    errors: Mapping[tuple[str, str], int]
    fallbacks: Mapping[tuple[str, str], int]
    waits: Mapping[tuple[str, str], int]
    waited_seconds: Mapping[tuple[str, str], float]
    usage: Mapping[str, Usage]
    cost_usd: Mapping[str, Decimal]
    unpriced: Mapping[str, int]
    latency: Mapping[str, Latency]
    breakers: Mapping[tuple[str, str], int]
    warnings: Mapping[str, int]


class LocalMetrics(MetricsStrategy):
    """Safe to share between threads.

    Example:
        >>> metrics = LocalMetrics()
        >>> metrics.record(CallEnded(call=Call(provider="openai", model="gpt-6.1-sol", seconds=2.0)))
        >>> metrics.p50("openai/gpt-6.1-sol")
        2.0
    """

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._errors: Counter[tuple[str, str]] = Counter()
        self._fallbacks: Counter[tuple[str, str]] = Counter()
        self._waits: Counter[tuple[str, str]] = Counter()
        self._waited: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._usage: defaultdict[str, Usage] = defaultdict(Usage)
        self._cost: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._unpriced: Counter[str] = Counter()
        self._latencies: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_LATENCIES))
        self._breakers: Counter[tuple[str, str]] = Counter()
        self._warnings: Counter[str] = Counter()

    def record(self, event: Event) -> None:
        """Count an event."""
        with self._one_at_a_time:
            match event:
                case CallEnded(call=call):
                    self._count(call)
                case Waited(provider=provider, model=model, seconds=seconds, reason=reason):
                    self._waits[f"{provider}/{model}", reason.value] += 1
                    self._waited[f"{provider}/{model}", reason.value] += seconds
                case FellBack(failed=failed, chosen=chosen):
                    self._fallbacks[failed, chosen] += 1
                case BreakerOpened(provider=provider, model=model, error=error):
                    self._breakers[f"{provider}/{model}", error] += 1
                case BudgetNearlySpent() | PriceUnknown() | LimitsUnknown() | LedgerLost() | LedgerFound():
                    self._warnings[type(event).__name__] += 1

    def p50(self, model: str) -> float | None:
        """Median seconds of the latest answers of ``provider/name``; None where it has not answered yet."""
        with self._one_at_a_time:
            latencies = self._latencies.get(model)
            return _percentiles(latencies).p50 if latencies else None

    def snapshot(self) -> Snapshot:
        """All figures at this moment."""
        with self._one_at_a_time:
            return Snapshot(
                calls=dict(self._calls),
                errors=dict(self._errors),
                fallbacks=dict(self._fallbacks),
                waits=dict(self._waits),
                waited_seconds=dict(self._waited),
                usage=dict(self._usage),
                cost_usd=dict(self._cost),
                unpriced=dict(self._unpriced),
                latency={model: _percentiles(seconds) for model, seconds in self._latencies.items()},
                breakers=dict(self._breakers),
                warnings=dict(self._warnings),
            )

    def _count(self, call: Call) -> None:
        model = f"{call.provider}/{call.model}"
        self._calls[model] += 1
        if call.error is None:
            self._latencies[model].append(call.seconds)
        else:
            self._errors[model, call.error] += 1
        if call.usage is not None:
            self._usage[model] += call.usage
        if call.cost_usd is None:
            self._unpriced[model] += 1
        else:
            self._cost[model] += call.cost_usd


def _percentiles(latencies: deque[float]) -> Latency:
    """By the nearest rank: a figure that was really measured."""
    ordered = sorted(latencies)

    def rank(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return Latency(p50=rank(0.5), p90=rank(0.9), p99=rank(0.99))
