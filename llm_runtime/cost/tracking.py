"""Calls come in as they end, what they cost together goes out."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from llm_runtime.events import CallEnded, Event
from llm_runtime.messages import Call


class CostTrackingStrategy(ABC):
    """Keeps account of what calls cost. It is an ``Observer``: given to the layers that call, it tracks every one."""

    @abstractmethod
    def track_usage(self, call: Call) -> None:
        """Account for one call, answered or failed; every attempt is a call of its own."""

    @abstractmethod
    def get_total_cost(self) -> Decimal | None:
        """Dollars of all calls; None once the cost of one of them is unknown."""

    def record(self, event: Event) -> None:
        """Track the call of a ``CallEnded``; other events cost nothing."""
        if isinstance(event, CallEnded):
            self.track_usage(event.call)

    def close(self) -> None:
        """Pass on what has not been passed on yet, before the process ends."""
        return


class LocalCostTracker(CostTrackingStrategy):
    """Sums in memory, exactly; safe to share between threads.

    Example:
        >>> tracker = LocalCostTracker()
        >>> tracker.track_usage(Call(provider="openai", model="gpt-6.1-sol", cost_usd=Decimal("0.20")))
        >>> tracker.track_usage(Call(provider="openai", model="a-new-one"))
        >>> tracker.get_total_cost() is None
        True
        >>> tracker.known_cost, tracker.unpriced_calls
        (Decimal('0.20'), 1)
    """

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._known: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._unpriced: defaultdict[str, int] = defaultdict(int)

    def track_usage(self, call: Call) -> None:
        """Add one call."""
        model = f"{call.provider}/{call.model}"
        with self._one_at_a_time:
            if call.cost_usd is None:
                self._unpriced[model] += 1
            else:
                self._known[model] += call.cost_usd

    def get_total_cost(self) -> Decimal | None:
        """Dollars of all calls; None once the cost of one of them is unknown."""
        with self._one_at_a_time:
            return None if self._unpriced else sum(self._known.values(), Decimal(0))

    @property
    def known_cost(self) -> Decimal:
        """Dollars of all calls whose cost is known."""
        with self._one_at_a_time:
            return sum(self._known.values(), Decimal(0))

    @property
    def unpriced_calls(self) -> int:
        """Calls whose cost is unknown."""
        with self._one_at_a_time:
            return sum(self._unpriced.values())

    @property
    def by_model(self) -> Mapping[str, Decimal | None]:
        """Dollars of each ``provider/model`` that was asked; None where the cost of one of its calls is unknown."""
        with self._one_at_a_time:
            known = {model: cost for model, cost in self._known.items() if model not in self._unpriced}
            return {**known, **dict.fromkeys(self._unpriced)}
