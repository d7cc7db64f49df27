"""Calls and what happened between them come in, a trace in Langfuse goes out: a generation per attempt."""

from __future__ import annotations

import dataclasses
import importlib
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.cost.tracking import CostTrackingStrategy, LocalCostTracker
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

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES: Mapping[type[Event], str] = {
    Waited: "wait",
    FellBack: "fallback",
    BreakerOpened: "breaker opened",
    BudgetNearlySpent: "budget nearly spent",
    PriceUnknown: "price unknown",
    LimitsUnknown: "limits unknown",
    LedgerLost: "ledger lost",
    LedgerFound: "ledger found",
}


class LangfuseCostTracker(CostTrackingStrategy):
    """One trace in Langfuse, through its own SDK; safe to share between threads.

    Every attempt is a generation with model, usage, cost and real times; one that failed has the level ERROR and the
    name of the error's class. Waits, fallbacks, open breakers and warnings are events. Texts of questions, answers and
    errors are never sent. Sending is the SDK's, in a thread of its own: a Langfuse that is slow or gone slows no call,
    and what it does not take within ``timeout_seconds`` is lost to it, with a line in the log of ``opentelemetry``.

    Call ``close`` before a process ends; a forked one does not do so by itself.
    """

    def __init__(
        self,
        *,
        public_key: str,
        secret_key: str,
        base_url: str | None = None,
        trace_seed: str,
        trace_name: str,
        session_id: str | None = None,
        user_id: str | None = None,
        tags: Sequence[str] = (),
        metadata: Mapping[str, str] | None = None,
        timeout_seconds: int = 5,
        clock: Clock | None = None,
    ) -> None:
        """Begin a trace.

        Args:
            public_key: Langfuse's ``pk-lf-…``. The SDK keeps one connection for each public key in a process: the first
                tracker's secret key, address and timeout count for all that follow.
            secret_key: Langfuse's ``sk-lf-…``.
            base_url: Address of a Langfuse of one's own; None is its cloud, or what ``LANGFUSE_BASE_URL`` says.
            trace_seed: Whoever has the same seed writes into the same trace, in whichever process: a run's identity.
            trace_name: What the trace is called; ASCII, at most 200 characters, as all that follow.
            session_id: Groups traces.
            user_id: Whom Langfuse's reports by user count it for.
            tags: Words to filter by.
            metadata: More to filter by.
            timeout_seconds: How long a batch may take, retries included; so long ``flush`` may take.
            clock: The same one as that of the calls; by default the machine's.

        Raises:
            ModuleNotFoundError: The extra is not installed.
        """
        langfuse, self._otel = _load("langfuse"), _load("opentelemetry.trace")
        self._clock = clock or SystemClock()
        # Without a provider of its own, the SDK would make itself the tracer of the whole program.
        provider = _load("opentelemetry.sdk.trace").TracerProvider()
        self._client = langfuse.Langfuse(
            public_key=public_key,
            secret_key=secret_key,
            base_url=base_url,
            timeout=timeout_seconds,
            tracer_provider=provider,
        )
        self._sdk = langfuse
        self.trace_id: str = langfuse.Langfuse.create_trace_id(seed=trace_seed)
        with langfuse.propagate_attributes(
            trace_name=trace_name,
            session_id=session_id,
            user_id=user_id,
            tags=list(tags) or None,
            metadata=dict(metadata) if metadata else None,
        ):
            context = self._otel.set_span_in_context(self._beginning())
        self._root = self._start(trace_name, self._clock.now(), context)
        langfuse.LangfuseSpan(otel_span=self._root, langfuse_client=self._client)
        self._context = self._otel.set_span_in_context(self._root, context)
        self._total = LocalCostTracker()
        self._one_at_a_time = threading.Lock()
        self._closed = False

    def track_usage(self, call: Call) -> None:
        """Send one attempt as a generation."""
        self._total.track_usage(call)
        took = timedelta(seconds=call.seconds)
        started_at = call.started_at or self._clock.now() - took
        span = self._start(f"{call.provider}/{call.model}", started_at, self._context)
        self._sdk.LangfuseGeneration(
            otel_span=span,
            langfuse_client=self._client,
            model=call.model,
            usage_details=None if call.usage is None else usage_details(call.usage),
            cost_details=None if call.cost_usd is None else {"total": float(call.cost_usd)},
            level="DEFAULT" if call.error is None else "ERROR",
            status_message=call.error,
            metadata={"provider": call.provider, "priced": call.cost_usd is not None},
        ).end(end_time=_nanos(started_at + took))

    def get_total_cost(self) -> Decimal | None:
        """Dollars of all calls; None once the cost of one of them is unknown."""
        return self._total.get_total_cost()

    def record(self, event: Event) -> None:
        """Send a call as a generation, everything else as an event."""
        if isinstance(event, CallEnded):
            self.track_usage(event.call)
            return
        now = self._clock.now()
        facts = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
        self._sdk.LangfuseEvent(
            otel_span=self._start(_NAMES[type(event)], now, self._context),
            langfuse_client=self._client,
            level="DEFAULT" if isinstance(event, (Waited, LedgerFound)) else "WARNING",
            status_message=facts.get("error"),
            metadata={name: _plain(value) for name, value in facts.items() if name != "detail"},
        ).end(end_time=_nanos(now))

    def flush(self) -> None:
        """Wait until everything so far is sent, or ``timeout_seconds`` have passed."""
        self._client.flush()

    def close(self) -> None:
        """End the trace and send what has not been sent yet. Nothing is recorded after that."""
        with self._one_at_a_time:
            if self._closed:
                return
            self._closed = True
        self._root.end(end_time=_nanos(self._clock.now()))
        self.flush()

    def _start(self, name: str, at: datetime, context: Any) -> Any:
        """The SDK's own method starts everything now; the tracer that it uses takes a time."""
        return self._client._otel_tracer.start_span(name, context=context, start_time=_nanos(at))  # noqa: SLF001

    def _beginning(self) -> Any:
        """What makes spans part of a trace whose id we choose: a parent elsewhere that has this id."""
        place = self._otel.SpanContext(
            trace_id=int(self.trace_id, 16),
            span_id=int(self.trace_id[:16], 16) or 1,
            is_remote=True,
            trace_flags=self._otel.TraceFlags(self._otel.TraceFlags.SAMPLED),
        )
        return self._otel.NonRecordingSpan(place)


def usage_details(usage: Usage) -> dict[str, int]:
    """Tokens as Langfuse counts them: none is of two kinds, and a kind's name says whether it is input or output."""
    return {
        "input": max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens),
        "input_cached_tokens": usage.cached_input_tokens,
        "input_cache_creation": usage.cache_write_tokens,
        "output": max(0, usage.output_tokens - usage.reasoning_tokens),
        "output_reasoning_tokens": usage.reasoning_tokens,
        "total": usage.input_tokens + usage.output_tokens,
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _nanos(moment: datetime) -> int:
    """Nanoseconds since 1970, exactly: a float has not enough digits."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000


def _load(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        msg = "traces in Langfuse need its SDK; install it with pip install 'quartet-review[langfuse]'"
        raise ModuleNotFoundError(msg, name=error.name) from error
