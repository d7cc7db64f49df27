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

from llm_runtime.analytics.langfuse.answers import not_arrived

_PATH = "/api/public/otel/v1/traces"


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
        self._arrived = 0
        self._failures: list[Exception] = []

    def begin(self) -> None:
        """Forget what became of earlier spans."""
        # A child of a fork that another thread has held it in would wait for ever.
        self._lock = threading.Lock()
        self._arrived, self._failures = 0, []

    def outcome(self) -> tuple[int, list[Exception]]:
        """How many spans have arrived since ``begin``, and why others have not."""
        with self._lock:
            return self._arrived, list(self._failures)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them."""
        body = gzip.compress(encode_spans(spans).SerializeToString(), compresslevel=6)
        failure: Exception | None = None
        try:
            response = self._post(body)
        except httpx.HTTPError as error:
            failure = not_arrived(type(error).__name__)
        else:
            failure = None if response.is_success else not_arrived(response.status_code)
        with self._lock:
            if failure is None:
                self._arrived += len(spans)
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
