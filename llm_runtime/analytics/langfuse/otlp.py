"""Finished spans come in, one request to Langfuse goes out, and what became of it is kept: nothing is lost unnoticed.

The SDK's own exporter tells nobody whether its spans have arrived, and tries again for seconds what the outbox, which
counts and keeps, would try again later.
"""

from __future__ import annotations

import base64
import gzip
import os
import threading
from collections.abc import Sequence

import httpx
from langfuse import __version__ as sdk_version
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from llm_runtime.analytics.langfuse.answers import TOO_LARGE, not_arrived

_PATH = "/api/public/otel/v1/traces"
_LARGEST = 4_000_000
"""Bytes of a request, before it is compressed: Langfuse takes no larger ones than 4.5 MB (its page on API limits)."""


class OtlpExporter(SpanExporter):
    """Sends spans as OTLP, gzipped protobuf, once.

    Source: https://langfuse.com/integrations/native/opentelemetry, and the headers that the SDK's own exporter has.
    """

    def __init__(self, *, public_key: str, secret_key: str, base_url: str, timeout_seconds: float) -> None:
        """Connect to nothing yet."""
        password = base64.b64encode(f"{public_key}:{secret_key}".encode()).decode()
        self._url = base_url + _PATH
        self._timeout = timeout_seconds
        self._headers = {
            "authorization": f"Basic {password}",
            "content-type": "application/x-protobuf",
            "content-encoding": "gzip",
            "x-langfuse-sdk-name": "python",
            "x-langfuse-sdk-version": sdk_version,
            "x-langfuse-public-key": public_key,
            # Spans are observations at once, and not only when their trace is put together.
            "x-langfuse-ingestion-version": "4",
        }
        self._connections: dict[int, httpx.Client] = {}
        self._lock = threading.Lock()
        self._arrived: set[str] = set()
        self._failures: list[Exception] = []

    def begin(self) -> None:
        """Forget what became of earlier spans."""
        # A child of a fork that another thread has held it in would wait for ever.
        self._lock = threading.Lock()
        self._arrived, self._failures = set(), []

    def outcome(self) -> tuple[set[str], list[Exception]]:
        """Which spans have arrived since ``begin``, by the ids of trace and span, and why others have not."""
        with self._lock:
            return set(self._arrived), list(self._failures)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them; where they are too much for one request, in halves."""
        body = encode_spans(spans).SerializeToString()
        failure = TOO_LARGE if len(body) > _LARGEST else self._send(body)
        if failure is TOO_LARGE and len(spans) > 1:
            half = len(spans) // 2
            return max((self.export(part) for part in (spans[:half], spans[half:])), key=lambda result: result.value)
        with self._lock:
            if failure is None:
                self._arrived |= {_key(span) for span in spans}
            else:
                self._failures.append(failure)
        return SpanExportResult.SUCCESS if failure is None else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        """Let go of the connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """There is nothing to wait for: ``export`` has waited."""
        return timeout_millis >= 0

    def _send(self, body: bytes) -> Exception | None:
        """Why it has not arrived, or None."""
        try:
            response = self._post(gzip.compress(body, compresslevel=6))
        except httpx.HTTPError as error:
            return not_arrived(type(error).__name__)
        return None if response.is_success else not_arrived(response.status_code)

    def _post(self, body: bytes) -> httpx.Response:
        try:
            return self._connection().post(self._url, content=body, headers=self._headers)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            # The server may have closed a connection that was idle; at the end of the work there is no later.
            return self._connection().post(self._url, content=body, headers=self._headers)

    def _connection(self) -> httpx.Client:
        """A forked child must not talk on its parent's connection, and not close it either."""
        process = os.getpid()
        if process not in self._connections:
            self._connections[process] = httpx.Client(timeout=self._timeout)
        return self._connections[process]


def _key(span: ReadableSpan) -> str:
    context = span.context
    return f"{context.trace_id:032x}{context.span_id:016x}" if context else ""
