"""Figures kept in the memory of the process: for a person who asks, and for fallbacks by speed."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from llm_runtime.events import BreakerOpened, FellBack, Waited, WaitReason
from llm_runtime.messages import Call, Usage
from llm_runtime.metrics.figures import Fallback, Latency, ModelFigures, Snapshot, Waits
from llm_runtime.metrics.strategy import MetricsStrategy

LATEST_ANSWERS = 1_024
"""Answers of a model whose times are remembered."""

_Key = TypeVar("_Key")


class LocalMetrics(MetricsStrategy):
    """Figures of this process alone; safe to share between threads.

    Times are those of each model's latest 1,024 answers, and the percentiles are exact over them. A sample of all
    answers since the start would take as little memory, but a model that became slow an hour ago would still look fast,
    and the fallback by speed would choose it. Failed attempts are not among them: a refusal comes fast.

    Example:
        >>> metrics = LocalMetrics()
        >>> metrics.record_call(Call(provider="openai", model="gpt-6.1-sol", seconds=2.5, cost_usd=Decimal("0.01")))
        >>> metrics.p50("openai/gpt-6.1-sol")
        2.5
        >>> metrics.snapshot().known_cost_usd
        Decimal('0.01')
    """

    def __init__(self) -> None:
        super().__init__()
        self._one_at_a_time = threading.Lock()
        self._models: defaultdict[str, _Model] = defaultdict(_Model)
        self._fallbacks: Counter[Fallback] = Counter()
        self._budget_warnings: Counter[str] = Counter()
        self._ledger_losses = 0
        self._ledger_recoveries = 0

    def p50(self, model_id: str) -> float | None:
        """Half of the latest answers of ``provider/name`` took no longer, in seconds; None where there was none yet."""
        with self._one_at_a_time:
            model = self._models.get(model_id)
            seconds = () if model is None else tuple(model.seconds)
        latency = Latency.of(seconds)
        return None if latency is None else latency.p50

    def snapshot(self) -> Snapshot:
        """All figures of this moment: no call is in some of them and not in others."""
        with self._one_at_a_time:
            return Snapshot(
                models=MappingProxyType({name: model.figures() for name, model in self._models.items()}),
                fallbacks=_frozen(self._fallbacks),
                budget_warnings=_frozen(self._budget_warnings),
                ledger_losses=self._ledger_losses,
                ledger_recoveries=self._ledger_recoveries,
            )

    def record_call(self, call: Call) -> None:
        """Count an attempt."""
        with self._one_at_a_time:
            self._models[f"{call.provider}/{call.model}"].count(call)

    def record_wait(self, wait: Waited) -> None:
        """Add a wait."""
        with self._one_at_a_time:
            model = self._models[f"{wait.provider}/{wait.model}"]
            model.waits[wait.reason] += 1
            model.waited[wait.reason] += wait.seconds

    def record_fallback(self, fallback: FellBack) -> None:
        """Count a way from one model to another."""
        with self._one_at_a_time:
            self._fallbacks[Fallback(failed=fallback.failed, chosen=fallback.chosen, error=fallback.error)] += 1

    def record_breaker(self, opened: BreakerOpened) -> None:
        """Count a breaker that opened."""
        with self._one_at_a_time:
            self._models[f"{opened.provider}/{opened.model}"].breaker_openings[opened.error] += 1

    def record_budget_warning(self, scope: str) -> None:
        """Count a cap that is nearly spent."""
        with self._one_at_a_time:
            self._budget_warnings[scope] += 1

    def record_unknown_price(self, provider: str, model: str) -> None:
        """Count an answer without a price."""
        with self._one_at_a_time:
            self._models[f"{provider}/{model}"].unknown_prices += 1

    def record_unknown_limits(self, provider: str, model: str) -> None:
        """Count a model without limits."""
        with self._one_at_a_time:
            self._models[f"{provider}/{model}"].limits_unknown += 1

    def record_ledger_lost(self) -> None:
        """Count a lost ledger."""
        with self._one_at_a_time:
            self._ledger_losses += 1

    def record_ledger_found(self) -> None:
        """Count a ledger that was found again."""
        with self._one_at_a_time:
            self._ledger_recoveries += 1


class _Model:
    """The running figures of one model; whoever uses it holds the lock."""

    def __init__(self) -> None:
        self.calls = 0
        self.errors: Counter[str] = Counter()
        self.usage = Usage()
        self.cost = Decimal(0)
        self.unpriced = 0
        self.unknown_prices = 0
        self.seconds: deque[float] = deque(maxlen=LATEST_ANSWERS)
        self.waits: Counter[WaitReason] = Counter()
        self.waited: defaultdict[WaitReason, float] = defaultdict(float)
        self.breaker_openings: Counter[str] = Counter()
        self.limits_unknown = 0

    def count(self, call: Call) -> None:
        self.calls += 1
        if call.error is None:
            self.seconds.append(call.seconds)
        else:
            self.errors[call.error] += 1
        if call.usage is not None:
            self.usage += call.usage
        if call.cost_usd is None:
            self.unpriced += 1
        else:
            self.cost += call.cost_usd

    def figures(self) -> ModelFigures:
        return ModelFigures(
            calls=self.calls,
            errors=_frozen(self.errors),
            usage=self.usage,
            known_cost_usd=self.cost,
            unpriced_calls=self.unpriced,
            unknown_prices=self.unknown_prices,
            latency=Latency.of(self.seconds),
            waits=MappingProxyType(
                {reason: Waits(count=count, seconds=self.waited[reason]) for reason, count in self.waits.items()}
            ),
            breaker_openings=_frozen(self.breaker_openings),
            limits_unknown=self.limits_unknown,
        )


def _frozen(counted: Counter[_Key]) -> Mapping[_Key, int]:
    return MappingProxyType(dict(counted))
