"""Observations and scores come in, Langfuse's SDK puts them into its own words, and they are sent.

This is the one place that knows the SDK as a writer. It takes most of a second to load, so others load it late.
"""

from __future__ import annotations

import atexit
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import httpx
from langfuse import Langfuse, LangfuseEvent, LangfuseGeneration, LangfuseSpan, propagate_attributes
from langfuse.api.core import ApiError
from langfuse.api.scores.types.create_score_batch_results import CreateScoreBatchResults
from langfuse.api.scores.types.create_score_request import CreateScoreRequest
from opentelemetry import baggage, trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from llm_runtime.analytics.langfuse import wire
from llm_runtime.analytics.langfuse.answers import not_arrived
from llm_runtime.analytics.langfuse.loading import GATE
from llm_runtime.analytics.langfuse.observations import Observation, Score
from llm_runtime.analytics.langfuse.otlp import OtlpExporter
from llm_runtime.analytics.outbox import NotDelivered
from llm_runtime.analytics.records import Trace
from llm_runtime.forks import Lock

CLOUD = "https://cloud.langfuse.com"

_LOG = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {"span": LangfuseSpan, "generation": LangfuseGeneration, "event": LangfuseEvent}
_CLAIM = "langfuse_trace_id"
"""Baggage that says that the trace has its root elsewhere; without it every observation would count as one."""

_SCORES_AT_ONCE = 500
"""Of at most 800 bytes each; a request may have a million (https://langfuse.com/faq/all/api-limits)."""


class LangfuseAdapter:
    """A connection to one project; safe to share between threads, and usable in forked children.

    The SDK keeps one for each public key in a process: the first one's secret key, address and timeout count for all
    that follow, so it is ``connect`` that makes them.
    """

    def __init__(self, *, public_key: str, secret_key: str, base_url: str, timeout_seconds: int) -> None:
        """Prepare a connection; nothing is sent yet."""
        self._ids = _ChosenIds()
        self._timeout = timeout_seconds
        self._exporter = OtlpExporter(
            public_key=public_key, secret_key=secret_key, base_url=base_url, timeout_seconds=timeout_seconds
        )
        # Without a provider of its own, the SDK would make itself the tracer of the whole program.
        self._provider = TracerProvider(sampler=ALWAYS_ON, id_generator=self._ids, shutdown_on_exit=False)
        self._client = Langfuse(
            public_key=public_key,
            secret_key=secret_key,
            base_url=base_url,
            timeout=timeout_seconds,
            tracer_provider=self._provider,
            span_exporter=self._exporter,
        )
        # At the end of the process the SDK would wait for a Langfuse that those who close have already given up.
        if (resources := self._client._resources) is not None:  # noqa: SLF001 - there is no public way
            atexit.unregister(resources.shutdown)
        self._tracer = self._client._otel_tracer  # noqa: SLF001 - the SDK's own methods start everything now
        self._one_at_a_time = Lock()
        self._there: set[str] = set()

    def send(self, observations: Iterable[tuple[Trace | None, Observation]], scores: Sequence[Score]) -> int:
        """Send all of it, and wait until it has arrived.

        Langfuse does not replace what it has by what is sent again (https://langfuse.com/faq/all/tracing-data-updates),
        so what has arrived of a batch that is given again is left out. Scores take the place of those before them.

        Args:
            observations: With their traces, where those are known.
            scores: Numbers on them.

        Returns:
            How many of them were lost: refused, or dropped on the way.

        Raises:
            NotDelivered: Something has not arrived that may arrive later; all of it is to be given again then.
        """
        if isinstance(self._tracer, trace.NoOpTracer):
            return 0  # LANGFUSE_TRACING_ENABLED or OTEL_SDK_DISABLED says that nothing is to be sent
        wanted = {one.trace + one.id: (of, one) for of, one in observations}
        with self._one_at_a_time:
            self._exporter.begin()
            with GATE:
                for key, (of, one) in wanted.items():
                    if key not in self._there:
                        self._make(of, one)
            self._provider.force_flush()
            arrived, failures = self._exporter.outcome()
            self._there |= arrived
            for failure in failures:
                if isinstance(failure, NotDelivered):
                    raise failure
                _LOG.warning("%s", failure)
            starts = range(0, len(scores), _SCORES_AT_ONCE)
            refused = sum(self._score(scores[at : at + _SCORES_AT_ONCE]) for at in starts)
            lost = len(wanted.keys() - self._there)
            self._there -= wanted.keys()
            return lost + refused

    def _make(self, of: Trace | None, one: Observation) -> None:
        """Begin and end a span: it waits to be sent then."""
        self._ids.next_trace, self._ids.next_span = int(one.trace, 16), int(one.id, 16)
        with propagate_attributes(**({} if of is None else wire.trace_attributes(of))):
            span = self._tracer.start_span(one.name, context=_within(one), start_time=_nanos(one.start))
            fields = one.fields if of is None else wire.of(of, one).fields
            made = _KINDS[one.kind](otel_span=span, langfuse_client=self._client, **fields)
            made.end(end_time=_nanos(one.end))

    def _score(self, scores: Sequence[Score]) -> int:
        """Send scores, and say how many were refused."""
        environment = self._client._environment  # noqa: SLF001 - what the SDK gives to its own scores
        requests = [
            CreateScoreRequest(
                id=one.id,
                trace_id=one.trace,
                observation_id=one.observation,
                name=one.name.value,
                value=one.value,
                comment=one.comment,
                metadata=dict(one.metadata),
                environment=environment,
                timestamp=one.at,
            )
            for one in scores
        ]
        try:
            taken = self._client.api.scores.create(
                request=requests, request_options={"max_retries": 0, "timeout_in_seconds": self._timeout}
            )
        except ApiError as error:
            failure = not_arrived(error.status_code or "ApiError")
            if isinstance(failure, NotDelivered):
                raise failure from error
            _LOG.warning("%s", failure)
            return len(scores)
        except httpx.HTTPError as error:
            raise NotDelivered(str(not_arrived(type(error).__name__))) from error
        return taken.rejected if isinstance(taken, CreateScoreBatchResults) else 0


class _ChosenIds(IdGenerator):
    """Gives each span the id that its record has, so that it is the same in SQL and in Langfuse."""

    def __init__(self) -> None:
        self.next_trace = self.next_span = 1

    def generate_trace_id(self) -> int:
        """Of a root."""
        return self.next_trace

    def generate_span_id(self) -> int:
        """Of the next span."""
        return self.next_span


_ADAPTERS: dict[str, LangfuseAdapter] = {}


def connect(*, public_key: str, secret_key: str, base_url: str | None, timeout_seconds: int) -> LangfuseAdapter:
    """The connection of this process under a public key.

    Args:
        public_key: Langfuse's ``pk-lf-…``.
        secret_key: Langfuse's ``sk-lf-…``.
        base_url: Address of a Langfuse of one's own; None is its cloud in the EU.
        timeout_seconds: How long a request may take.
    """
    with GATE:
        if public_key not in _ADAPTERS:
            _ADAPTERS[public_key] = LangfuseAdapter(
                public_key=public_key,
                secret_key=secret_key,
                base_url=(base_url or CLOUD).rstrip("/"),
                timeout_seconds=timeout_seconds,
            )
        return _ADAPTERS[public_key]


def _within(one: Observation) -> Context:
    """A place in the trace: below the parent, whoever has sent that, or at the root."""
    if one.parent is None:
        return trace.set_span_in_context(trace.INVALID_SPAN)
    parent = trace.SpanContext(
        trace_id=int(one.trace, 16),
        span_id=int(one.parent, 16),
        is_remote=True,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )
    return baggage.set_baggage(_CLAIM, one.trace, trace.set_span_in_context(trace.NonRecordingSpan(parent)))


def _nanos(moment: datetime) -> int:
    """Nanoseconds since 1970, exactly: a float has not enough digits."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000
