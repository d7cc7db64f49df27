"""Langfuse's doors for writing: OTLP as gzipped protobuf, scores as JSON, under a Basic password; kept as values."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.fakes.server import FakeServer, Incoming, Reply, json_reply

PUBLIC_KEY = "pk-lf-fake"
SECRET_KEY = "sk-lf-fake"

PROJECT = "clxfakeproject"

_TRACES = "/api/public/otel/v1/traces"
_SCORES = "/api/public/scores"
_PROJECTS = "/api/public/projects"
_PREFIX = "langfuse.observation."
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A span as it came in.

    Attributes:
        attributes: Without their values' types.
    """

    name: str
    trace_id: str
    id: str
    parent: str
    start: datetime
    end: datetime
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return str(self.attributes[_PREFIX + "type"])

    def get(self, name: str) -> Any:
        """An attribute of the observation, with JSON decoded; None where it was not sent."""
        value = self.attributes.get(_PREFIX + name)
        parsed = name.endswith("_details") or name.startswith("metadata.")
        return json.loads(value) if value is not None and parsed else value


class FakeLangfuse(FakeServer):
    """Takes traces and scores under the right keys.

    Attributes:
        observations: Every span, in the order of arrival.
        scores: Every score that was taken, in the order of arrival.
        refuse: A status to answer instead of taking anything.
        refuse_scores: A status to answer instead of taking scores.
        largest: Most bytes of a request for traces, uncompressed; larger ones are refused.
        unwelcome: Names of scores that are rejected one by one.
        silent: Whether nothing is answered at all.
        pause: Seconds before each byte of an answer, or None; the connection is closed after it without a word.
        delay: Seconds before an answer.
        cuts: How many of the next answers break off.
        projects: What it says when it is asked whose the keys are.
        asked: Set by every request.
    """

    def __init__(self, public_key: str = PUBLIC_KEY) -> None:
        super().__init__()
        self.public_key = public_key
        self.observations: list[Observation] = []
        self.scores: list[dict[str, Any]] = []
        self.refuse: int | None = None
        self.refuse_scores: int | None = None
        self.largest = 4_500_000
        self.unwelcome: frozenset[str] = frozenset()
        self.silent = False
        self.pause: float | None = None
        self.delay = 0.0
        self.cuts = 0
        organization = {"id": "clxorg", "name": "Octo"}
        project = {"id": PROJECT, "name": "reviews", "organization": organization, "metadata": {}}
        self.projects: dict[str, Any] = {"data": [project]}
        self.asked = threading.Event()

    def answer(self, request: Incoming) -> Reply:
        self.asked.set()
        if self.silent:
            return Reply(hang=True)
        self._stopped.wait(self.delay)
        if self.cuts:
            self.cuts -= 1
            return Reply(body=b"half", cut=True)
        if self.refuse is not None:
            return Reply(status=self.refuse)
        password = base64.b64encode(f"{self.public_key}:{SECRET_KEY}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {password}":
            return json_reply({"message": "Invalid credentials"}, status=401)
        doors = {
            ("POST", _TRACES): self._take_spans,
            ("POST", _SCORES): self._take_scores,
            ("GET", _PROJECTS): self._show_projects,
        }
        door = doors.get((request.method, request.path))
        return replace(door(request), pause=self.pause) if door else Reply(status=404)

    def _show_projects(self, _request: Incoming) -> Reply:
        return json_reply(self.projects)

    def _take_spans(self, request: Incoming) -> Reply:
        body = request.body
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if len(body) > self.largest:
            return Reply(status=413)
        message = ExportTraceServiceRequest.FromString(body)
        with self.lock:
            for resource in message.resource_spans:
                for scope in resource.scope_spans:
                    self.observations += map(_observation, scope.spans)
        return Reply(
            body=ExportTraceServiceResponse().SerializeToString(),
            headers={"content-type": "application/x-protobuf"},
        )

    def _take_scores(self, request: Incoming) -> Reply:
        if self.refuse_scores is not None:
            return json_reply({"message": "refused"}, status=self.refuse_scores)
        bodies = request.json
        if not isinstance(bodies, list):
            return json_reply({"message": "Invalid request data"}, status=400)
        errors = [{"message": f"{each.get('name')} is rejected"} for each in bodies if not self._welcome(each)]
        with self.lock:
            self.scores += filter(self._welcome, bodies)
        if errors:
            taken = len(bodies) - len(errors)
            return json_reply({"accepted": taken, "rejected": len(errors), "errors": errors}, status=207)
        return json_reply({"message": "Accepted"}, status=202)

    def _welcome(self, score: dict[str, Any]) -> bool:
        named = score.get("name") and (score.get("traceId") or score.get("sessionId"))
        return bool(named) and isinstance(score.get("value"), int | float) and score["name"] not in self.unwelcome

    def standing(self) -> dict[str, float]:
        """The scores that count, by name: one with the same id, name and day has taken the place of the one before."""
        latest = {(each["id"], each["name"], each["timestamp"][:10]): each for each in self.scores}
        return {each["name"]: each["value"] for each in latest.values()}

    def of_type(self, kind: str) -> list[Observation]:
        """The observations of one type, the earliest first."""
        return sorted((each for each in self.observations if each.type == kind), key=lambda each: each.start)


def _observation(span: Span) -> Observation:
    return Observation(
        name=span.name,
        trace_id=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        start=_moment(span.start_time_unix_nano),
        end=_moment(span.end_time_unix_nano),
        attributes={each.key: _value(each.value) for each in span.attributes},
    )


def _moment(nanos: int) -> datetime:
    return _EPOCH + timedelta(microseconds=nanos // 1_000)


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
