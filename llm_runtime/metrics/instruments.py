"""The metrics that Prometheus reads: their names, what they mean, and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_MODEL = ("provider", "model")
_ANSWER_SECONDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_WAIT_SECONDS = (0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)


class Instruments:
    """One of each for a process; what several processes wrote is added up, or the latest of their moments is taken.

    A gauge here is a moment (seconds since 1970), never a state: a process that was killed cannot take a state back,
    but a moment passes by itself, and the latest of several processes' moments is true for all of them.
    """

    def __init__(self, registry: CollectorRegistry | None) -> None:
        """Make them, with all values at zero.

        Args:
            registry: Shows them; None where files of the processes are read instead.

        Raises:
            ValueError: The registry has a metric of the same name already.
        """
        from prometheus_client import Counter, Gauge, Histogram  # noqa: PLC0415 - only for who shows figures

        self.calls = Counter(
            "quartet_llm_calls_total", "Attempts at a model, answered and failed.", _MODEL, registry=registry
        )
        self.errors = Counter(
            "quartet_llm_errors_total", "Failed attempts by class of the error.", (*_MODEL, "error"), registry=registry
        )
        self.call_seconds = Histogram(
            "quartet_llm_call_duration_seconds",
            "From sending an attempt to the last byte, without waiting for room in a limit.",
            (*_MODEL, "outcome"),
            buckets=_ANSWER_SECONDS,
            registry=registry,
        )
        self.tokens = Counter(
            "quartet_llm_tokens_total",
            "Tokens as the provider counted them; each is of one kind.",
            (*_MODEL, "kind"),
            registry=registry,
        )
        self.cost = Counter(
            "quartet_llm_cost_usd_total", "Dollars of the attempts whose cost is known.", _MODEL, registry=registry
        )
        self.unpriced_calls = Counter(
            "quartet_llm_unpriced_calls_total", "Attempts whose cost is unknown.", _MODEL, registry=registry
        )
        self.unknown_prices = Counter(
            "quartet_llm_unknown_prices_total",
            "Answers among them for which no price or no count of tokens is known.",
            _MODEL,
            registry=registry,
        )
        self.wait_seconds = Histogram(
            "quartet_llm_wait_duration_seconds",
            "What calls waited before they were sent.",
            (*_MODEL, "reason"),
            buckets=_WAIT_SECONDS,
            registry=registry,
        )
        self.fallbacks = Counter(
            "quartet_llm_fallbacks_total",
            "A model failed and another one was asked.",
            (*_MODEL, "chosen", "error"),
            registry=registry,
        )
        self.breaker_openings = Counter(
            "quartet_llm_breaker_openings_total",
            "A model was not to be asked any more for a while.",
            (*_MODEL, "error"),
            registry=registry,
        )
        self.breaker_open_until = Gauge(
            "quartet_llm_breaker_open_until_timestamp_seconds",
            "When a model may be asked again; in the past where it may be.",
            _MODEL,
            registry=registry,
            multiprocess_mode="max",
        )
        self.budget_warnings = Counter(
            "quartet_llm_budget_warnings_total", "Caps that were used to four fifths.", ("scope",), registry=registry
        )
        self.unknown_limits = Counter(
            "quartet_llm_unknown_limits_total",
            "A chain was built with a model whose limits are not known.",
            _MODEL,
            registry=registry,
        )
        self.ledger_losses = Counter(
            "quartet_llm_ledger_losses_total", "A shared ledger could not be reached any more.", registry=registry
        )
        self.ledger_lost_at = Gauge(
            "quartet_llm_ledger_lost_timestamp_seconds",
            "When a shared ledger was last lost; 0 for never.",
            registry=registry,
            multiprocess_mode="max",
        )
        self.ledger_found_at = Gauge(
            "quartet_llm_ledger_found_timestamp_seconds",
            "When a shared ledger was last found again; 0 for never.",
            registry=registry,
            multiprocess_mode="max",
        )
