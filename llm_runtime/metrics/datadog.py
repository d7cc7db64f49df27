"""Figures for Datadog, sent to its agent as they happen: DogStatsD over UDP."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Sequence
from typing import Any

from llm_runtime.events import BreakerOpened, FellBack, Waited
from llm_runtime.messages import Call
from llm_runtime.metrics.kinds import token_kinds
from llm_runtime.metrics.strategy import MetricsStrategy

DEFAULT_PORT = 8125


class DatadogMetrics(MetricsStrategy):
    """Figures through Datadog's own client; safe to share between threads, and across forks.

    One datagram for each figure, handed to the operating system at once and never waited for: nothing is lost with a
    process that is killed, nothing is slowed by an agent that is gone. What nobody listens to is dropped, and the
    client's logger, ``datadog.dogstatsd``, says so.

    Dollars are floats here, as everywhere in Datadog. The client adds the tags of ``DATADOG_TAGS``, ``DD_ENV``,
    ``DD_SERVICE`` and ``DD_VERSION``, as Datadog's users expect.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = DEFAULT_PORT, *, tags: Sequence[str] = ()) -> None:
        """Look the agent up, once: a name that had to be looked up during a call could hold it up for seconds.

        Args:
            host: Where the agent listens, a name or an address.
            port: Its UDP port.
            tags: ``key:value`` for every figure.

        Raises:
            ModuleNotFoundError: The extra is not installed.
            OSError: The host is not known.
        """
        super().__init__()
        try:
            client = importlib.import_module("datadog.dogstatsd.base")
        except ModuleNotFoundError as error:
            msg = "metrics for Datadog need its client; install it with pip install 'quartet-review[datadog]'"
            raise ModuleNotFoundError(msg, name=error.name) from error
        self._client: Any = client.DogStatsd(
            host=_address(host, port),
            port=port,
            namespace="quartet.llm",
            constant_tags=list(tags),
            disable_telemetry=True,
            disable_buffering=True,
            disable_aggregation=True,
            socket_timeout=0,
        )

    def close(self) -> None:
        """Close the socket."""
        self._client.stop()

    def record_call(self, call: Call) -> None:
        """Send an attempt, with its time, tokens and dollars."""
        tags = _model(call.provider, call.model)
        outcome = "answered" if call.error is None else "failed"
        self._client.increment("calls", tags=tags)
        self._client.distribution("call.duration", call.seconds, tags=[*tags, f"outcome:{outcome}"])
        if call.error is not None:
            self._client.increment("errors", tags=[*tags, f"error:{call.error}"])
        if call.usage is not None:
            for kind, tokens in token_kinds(call.usage).items():
                self._client.increment("tokens", tokens, tags=[*tags, f"kind:{kind}"])
        if call.cost_usd is None:
            self._client.increment("unpriced_calls", tags=tags)
        elif call.cost_usd:
            self._client.increment("cost_usd", float(call.cost_usd), tags=tags)

    def record_wait(self, wait: Waited) -> None:
        """Send a wait."""
        tags = [*_model(wait.provider, wait.model), f"reason:{wait.reason.name.lower()}"]
        self._client.distribution("wait.duration", wait.seconds, tags=tags)

    def record_fallback(self, fallback: FellBack) -> None:
        """Send a way from one model to another."""
        provider, _, model = fallback.failed.partition("/")
        tags = [*_model(provider, model), f"chosen:{fallback.chosen}", f"error:{fallback.error}"]
        self._client.increment("fallbacks", tags=tags)

    def record_breaker(self, opened: BreakerOpened) -> None:
        """Send a breaker that opened."""
        tags = [*_model(opened.provider, opened.model), f"error:{opened.error}"]
        self._client.increment("breaker.openings", tags=tags)

    def record_budget_warning(self, scope: str) -> None:
        """Send a cap that is nearly spent."""
        self._client.increment("budget.warnings", tags=[f"scope:{scope}"])

    def record_unknown_price(self, provider: str, model: str) -> None:
        """Send an answer without a price."""
        self._client.increment("unknown_prices", tags=_model(provider, model))

    def record_unknown_limits(self, provider: str, model: str) -> None:
        """Send a model without limits."""
        self._client.increment("unknown_limits", tags=_model(provider, model))

    def record_ledger_lost(self) -> None:
        """Send a lost ledger."""
        self._client.increment("ledger.losses")

    def record_ledger_found(self) -> None:
        """Send a ledger that was found again."""
        self._client.increment("ledger.recoveries")


def _model(provider: str, model: str) -> list[str]:
    return [f"provider:{provider}", f"model:{model}"]


def _address(host: str, port: int) -> str:
    """The host's first IPv4 address, else its first one; an agent listens to IPv4 unless it is told otherwise."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError as error:
        msg = f"Datadog's agent is looked for at {host!r}, which no name server knows; correct the host's name"
        raise OSError(msg) from error
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return str(found[0][4][0])
