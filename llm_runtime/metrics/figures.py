"""What was counted up to one moment, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from llm_runtime.events import WaitReason
from llm_runtime.messages import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long a model's answers took, in seconds.

    Each is the smallest time of those measured that at least that share of them did not exceed (nearest rank): a time
    that a call really took, never one between two.

    Attributes:
        measured: How many answers these are figures of.
        p50: Half of them took no longer.
        p90: Nine of ten took no longer.
        p99: Ninety-nine of a hundred took no longer.
    """

    measured: int
    p50: float
    p90: float
    p99: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Latency | None:
        """The figures of these times, or None where there are none.

        Example:
            >>> Latency.of([4.0, 1.0, 3.0, 2.0])
            Latency(measured=4, p50=2.0, p90=4.0, p99=4.0)
        """
        ranked = sorted(seconds)
        if not ranked:
            return None
        return cls(measured=len(ranked), p50=_at(ranked, 50), p90=_at(ranked, 90), p99=_at(ranked, 99))


def _at(ranked: list[float], percent: int) -> float:
    # In whole numbers: 0.9 * 10 rounded up would be the tenth of ten.
    return ranked[-(-len(ranked) * percent // 100) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How often was waited, and for how long in all.

    Attributes:
        count: Times.
        seconds: Their sum.
    """

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures:
    """What one model did.

    Attributes:
        calls: Attempts, answered and failed.
        errors: Failed attempts by the error's class.
        usage: Tokens of all attempts; the parts are named as in ``Usage``.
        known_cost_usd: Dollars of the attempts whose cost is known, exactly.
        unpriced_calls: Attempts whose cost is unknown.
        unknown_prices: Answers among them for which nobody knows the price.
        latency: How long its latest answers took; None where it has not answered yet.
        waits: By what was waited for.
        breaker_openings: How often it was not to be asked any more, by the error's class.
        limits_unknown: How often it was said that its limits are not known.
    """

    calls: int
    errors: Mapping[str, int]
    usage: Usage
    known_cost_usd: Decimal
    unpriced_calls: int
    unknown_prices: int
    latency: Latency | None
    waits: Mapping[WaitReason, Waits]
    breaker_openings: Mapping[str, int]
    limits_unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """A way from one model to another.

    Attributes:
        failed: The model that failed, ``provider/name``.
        chosen: The model that was asked next.
        error: Name of the error's class.
    """

    failed: str
    chosen: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All figures of one moment; none of them changes any more.

    Attributes:
        models: By ``provider/name``.
        fallbacks: How often each way was taken.
        budget_warnings: How many caps were nearly spent, by scope.
        ledger_losses: How often a shared ledger was lost.
        ledger_recoveries: How often one was found again.
    """

    models: Mapping[str, ModelFigures]
    fallbacks: Mapping[Fallback, int]
    budget_warnings: Mapping[str, int]
    ledger_losses: int
    ledger_recoveries: int

    @property
    def calls(self) -> int:
        """Attempts at all models."""
        return sum(model.calls for model in self.models.values())

    @property
    def errors(self) -> int:
        """Those that failed."""
        return sum(sum(model.errors.values()) for model in self.models.values())

    @property
    def known_cost_usd(self) -> Decimal:
        """Dollars of all attempts whose cost is known; ``unpriced_calls`` says how many are missing."""
        return sum((model.known_cost_usd for model in self.models.values()), Decimal(0))

    @property
    def unpriced_calls(self) -> int:
        """Attempts whose cost is unknown."""
        return sum(model.unpriced_calls for model in self.models.values())
