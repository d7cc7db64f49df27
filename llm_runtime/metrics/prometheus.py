"""Figures for Prometheus, in one process or in many that write to one directory."""

from __future__ import annotations

import importlib
import threading
import weakref
from typing import TYPE_CHECKING, Any

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.events import BreakerOpened, FellBack, Waited
from llm_runtime.messages import Call
from llm_runtime.metrics.instruments import Instruments
from llm_runtime.metrics.kinds import token_kinds
from llm_runtime.metrics.strategy import MetricsStrategy

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

UNTIL_RESTART_SHOWN_SECONDS = 3_600.0
"""How long a breaker is shown as open that stays so until its process restarts: nobody is told when that happens."""


class PrometheusMetrics(MetricsStrategy):
    """Figures through ``prometheus-client``; safe to share between threads and, with a directory, between processes.

    Where ``PROMETHEUS_MULTIPROC_DIR`` is set when a process first imports ``prometheus_client``, its figures go to
    files in that directory; they outlive the process, also one that is killed, and ``exposition`` of any process adds
    them all up. Otherwise they are this process's alone. Set the variable before the program starts, and empty the
    directory then: nothing else removes the files of processes that have ended.

    Several of these in one process, over one registry, count together.

    Example:
        >>> from prometheus_client import CollectorRegistry
        >>> metrics = PrometheusMetrics(registry=CollectorRegistry())
        >>> metrics.record_call(Call(provider="openai", model="gpt-6.1-sol", seconds=2.5))
        >>> 'quartet_llm_calls_total{model="gpt-6.1-sol",provider="openai"} 1.0' in metrics.exposition().decode()
        True
    """

    def __init__(self, *, registry: CollectorRegistry | None = None, clock: Clock | None = None) -> None:
        """Find the metrics in a registry, or register them.

        Args:
            registry: Shows them; by default the one that ``prometheus_client`` itself keeps. With a directory of
                several processes no registry shows them, only ``exposition`` or a ``MultiProcessCollector``.
            clock: The same one as that of the calls; by default the machine's.

        Raises:
            ModuleNotFoundError: ``prometheus-client`` is not installed.
            ValueError: Something else has registered a metric of the same name.
        """
        super().__init__()
        self._client = _load()
        self._clock = clock or SystemClock()
        self._registry = registry or self._client.REGISTRY
        self._instruments, self._until = _INSTRUMENTS.of(self._registry, shared=self._shared)

    def exposition(self) -> bytes:
        """All figures in Prometheus's text format, those of the other processes of the directory included.

        Serve it under ``prometheus_client.CONTENT_TYPE_LATEST``.
        """
        registry = self._registry
        if self._shared:
            registry = self._client.CollectorRegistry()
            _load("multiprocess").MultiProcessCollector(registry)
        text: bytes = self._client.generate_latest(registry)
        return text

    def record_call(self, call: Call) -> None:
        """Count an attempt, with its time, tokens and dollars."""
        to, model = self._instruments, (call.provider, call.model)
        to.calls.labels(*model).inc()
        to.call_seconds.labels(*model, "answered" if call.error is None else "failed").observe(call.seconds)
        if call.error is not None:
            to.errors.labels(*model, call.error).inc()
        if call.usage is not None:
            for kind, tokens in token_kinds(call.usage).items():
                to.tokens.labels(*model, kind).inc(tokens)
        if call.cost_usd is None:
            to.unpriced_calls.labels(*model).inc()
        else:
            to.cost.labels(*model).inc(float(call.cost_usd))

    def record_wait(self, wait: Waited) -> None:
        """Observe a wait."""
        reason = wait.reason.name.lower()
        self._instruments.wait_seconds.labels(wait.provider, wait.model, reason).observe(wait.seconds)

    def record_fallback(self, fallback: FellBack) -> None:
        """Count a way from one model to another."""
        provider, _, model = fallback.failed.partition("/")
        self._instruments.fallbacks.labels(provider, model, fallback.chosen, fallback.error).inc()

    def record_breaker(self, opened: BreakerOpened) -> None:
        """Count a breaker that opened, and say until when."""
        model = (opened.provider, opened.model)
        self._instruments.breaker_openings.labels(*model, opened.error).inc()
        seconds = UNTIL_RESTART_SHOWN_SECONDS if opened.seconds is None else opened.seconds
        gauge = self._instruments.breaker_open_until.labels(*model)
        self._until.raise_to(model, self._now() + seconds, gauge)

    def record_budget_warning(self, scope: str) -> None:
        """Count a cap that is nearly spent."""
        self._instruments.budget_warnings.labels(scope).inc()

    def record_unknown_price(self, provider: str, model: str) -> None:
        """Count an answer without a price."""
        self._instruments.unknown_prices.labels(provider, model).inc()

    def record_unknown_limits(self, provider: str, model: str) -> None:
        """Count a model without limits."""
        self._instruments.unknown_limits.labels(provider, model).inc()

    def record_ledger_lost(self) -> None:
        """Count a lost ledger, and say when."""
        self._instruments.ledger_losses.inc()
        self._instruments.ledger_lost_at.set(self._now())

    def record_ledger_found(self) -> None:
        """Say when a ledger was found again."""
        self._instruments.ledger_found_at.set(self._now())

    @property
    def _shared(self) -> bool:
        """Whether figures go to files: decided by the client when it is imported, and told by nothing public."""
        return bool(_load("values").ValueClass._multiprocess)  # noqa: SLF001

    def _now(self) -> float:
        return self._clock.now().timestamp()


class _Latest:
    """The latest moment for each model; a process's own, its file and those of the others say the rest.

    A breaker of one key must not shorten what is shown of another key's for the same model.
    """

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._moments: dict[tuple[str, str], float] = {}

    def raise_to(self, model: tuple[str, str], moment: float, gauge: Any) -> None:
        with self._one_at_a_time:
            self._moments[model] = max(moment, self._moments.get(model, 0.0))
            gauge.set(self._moments[model])


class _KnownInstruments:
    """The instruments of each registry, made once: two writers of one series would overwrite each other's sums."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._by_registry: weakref.WeakKeyDictionary[Any, tuple[Instruments, _Latest]] = weakref.WeakKeyDictionary()
        self._in_files: tuple[Instruments, _Latest] | None = None

    def of(self, registry: CollectorRegistry, *, shared: bool) -> tuple[Instruments, _Latest]:
        with self._one_at_a_time:
            if shared:
                self._in_files = self._in_files or (Instruments(None), _Latest())
                return self._in_files
            if registry not in self._by_registry:
                self._by_registry[registry] = (Instruments(registry), _Latest())
            return self._by_registry[registry]


_INSTRUMENTS = _KnownInstruments()


def _load(module: str = "") -> Any:
    try:
        return importlib.import_module(f"prometheus_client.{module}".rstrip("."))
    except ModuleNotFoundError as error:
        msg = "metrics for Prometheus need its client; install it with pip install prometheus-client"
        raise ModuleNotFoundError(msg, name=error.name) from error
