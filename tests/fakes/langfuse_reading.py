"""Langfuse's doors for reading: what came in by OTLP goes out page by page, late where a test says so, or refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tests.fakes.langfuse import PROJECT, PUBLIC_KEY, SECRET_KEY, FakeLangfuse, Observation
from tests.fakes.server import Incoming, Reply, json_reply

_OBSERVATIONS = "/api/public/v2/observations"
_SCORES = "/api/public/v3/scores"
_PROJECTS = "/api/public/projects"
_GROUPS = frozenset(("core", "basic", "time", "io", "metadata", "model", "usage", "prompt", "metrics", "trace_context"))
_METADATA = "langfuse.observation.metadata."
_CUT_AT = 200
_MOST, _MOST_SCORES, _USUAL = 1_000, 100, 50


class ReadableLangfuse(FakeLangfuse):
    """A Langfuse that gives back what it was told.

    Attributes:
        date: What its clock shows; None leaves its time out.
        refusals: What to answer to the next requests for reading instead of what they ask; None answers one of them.
        page: Most rows of a page, below what is asked for.
        typed: Whether metadata comes back as numbers and truth values, and not all as text.
        later: For observations (trace, id) that are not to be seen yet: from which date on.
        reads: How many requests for observations were answered.
        before_page: Told of each of these requests by its number, before it is answered.
    """

    def __init__(self, public_key: str = PUBLIC_KEY) -> None:
        super().__init__(public_key)
        self.date: datetime | None = None
        self.refusals: list[Reply | None] = []
        self.page = _MOST
        self.typed = False
        self.later: dict[tuple[str, str], datetime] = {}
        self.reads = 0
        self.before_page: Callable[[int], object] = lambda _: None

    def answer(self, request: Incoming) -> Reply:
        if request.method != "GET" or request.path not in (_OBSERVATIONS, _SCORES, _PROJECTS):
            return super().answer(request)
        password = base64.b64encode(f"{self.public_key}:{SECRET_KEY}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {password}":
            return self._dated(json_reply({"message": "Invalid credentials"}, status=401))
        if self.refusals and request.path != _PROJECTS and (refusal := self.refusals.pop(0)) is not None:
            return self._dated(refusal)
        if request.path == _PROJECTS:
            return self._dated(json_reply(self.projects))
        if request.path == _SCORES:
            return self._dated(self._read_scores(request.query))
        with self.lock:
            self.reads += 1
            number = self.reads
        self.before_page(number)
        return self._dated(self._read_observations(request.query))

    def _dated(self, reply: Reply) -> Reply:
        if self.date is None:
            return reply
        return replace(reply, headers={**reply.headers, "date": format_datetime(self.date, usegmt=True)})

    def _read_observations(self, query: dict[str, str]) -> Reply:
        groups = set(query.get("fields", "core,basic").split(","))
        limit = int(query.get("limit", _USUAL))
        if groups - _GROUPS or not 1 <= limit <= _MOST or query.get("parseIoAsJson") == "true":
            return json_reply({"message": "Invalid request data"}, status=400)
        start, end = _moment(query.get("fromStartTime")), _moment(query.get("toStartTime"))
        with self.lock:
            # What is sent again does not take the place of what was there: it is there twice.
            arrived = list(enumerate(self.observations))
        now = self.date or datetime.now(UTC)
        rows = [
            (_place(number, each), each)
            for number, each in arrived
            if (start is None or each.start >= start)
            and (end is None or each.start < end)
            and self.later.get((each.trace_id, each.id), now) <= now
        ]
        rows.sort(key=lambda row: row[0], reverse=True)
        if "cursor" in query:
            after = tuple(json.loads(base64.b64decode(query["cursor"])))
            rows = [row for row in rows if row[0] < after]
        page = rows[: min(limit, self.page)]
        more = len(rows) > len(page)
        cursor = base64.b64encode(json.dumps(page[-1][0]).encode()).decode() if more else None
        expanded = set(query.get("expandMetadata", "").split(","))
        data = [self._observation(each, groups, expanded) for _, each in page]
        return json_reply({"data": data, "meta": {"cursor": cursor} if cursor else {}})

    def _observation(self, each: Observation, groups: set[str], expanded: set[str]) -> dict[str, Any]:
        kind = str(each.attributes.get("langfuse.observation.type", "span")).upper()
        ended = None if kind == "EVENT" else _text(each.end)
        shown: dict[str, Any] = {
            "id": each.id,
            "traceId": each.trace_id,
            "startTime": _text(each.start),
            "endTime": ended,
            "projectId": PROJECT,
            "parentObservationId": each.parent or None,
            "type": kind,
        }
        if "basic" in groups:
            shown |= {
                "name": each.name,
                "level": each.get("level") or "DEFAULT",
                "statusMessage": each.get("status_message"),
                "version": each.attributes.get("langfuse.version"),
                "environment": "default",
                "userId": each.attributes.get("user.id"),
                "sessionId": each.attributes.get("session.id"),
                "isRootObservation": not each.parent,
            }
        if "time" in groups:
            told = each.get("completion_start_time")
            shown["completionStartTime"] = _text(datetime.fromisoformat(json.loads(told))) if told else None
        if "metadata" in groups:
            shown["metadata"] = {
                name: value if name in expanded or not isinstance(value, str) else value[:_CUT_AT]
                for name, value in self._metadata(each)
            }
        if "model" in groups:
            shown["model"] = each.get("model.name")
        if "usage" in groups:
            costs = each.get("cost_details") or {}
            shown |= {
                "usageDetails": each.get("usage_details") or {},
                "costDetails": costs,
                "totalCost": costs.get("total", sum(costs.values()) if costs else None),
            }
        if "prompt" in groups:
            shown |= {"promptName": each.get("prompt.name"), "promptVersion": each.get("prompt.version")}
        if "metrics" in groups:
            shown["latency"] = (each.end - each.start).total_seconds()
        if "trace_context" in groups:
            shown |= {"traceName": each.attributes.get("langfuse.trace.name"), "tags": []}
        return shown

    def _metadata(self, each: Observation) -> Sequence[tuple[str, Any]]:
        sent = [
            (name.removeprefix(_METADATA), str(value))
            for name, value in each.attributes.items()
            if name.startswith(_METADATA)
        ]
        return [(name, _typed(value) if self.typed else _unquoted(value)) for name, value in sent]

    def _read_scores(self, query: dict[str, str]) -> Reply:
        limit = int(query.get("limit", _USUAL))
        if not 1 <= limit <= _MOST_SCORES:
            return json_reply({"message": "Invalid request data"}, status=400)
        with self.lock:
            # One with the same id, name and day has taken the place of the one before.
            latest = {(score["id"], score["name"], score["timestamp"][:10]): score for score in self.scores}
        names = query["name"].split(",") if "name" in query else None
        start, end = _moment(query.get("fromTimestamp")), _moment(query.get("toTimestamp"))
        rows = sorted(
            (
                each
                for each in latest.values()
                if (names is None or each["name"] in names)
                and (start is None or _stamp(each) >= start)
                and (end is None or _stamp(each) < end)
            ),
            key=lambda each: str(each["id"]),
        )
        rows = [each for each in rows if str(each["id"]) > query.get("cursor", "")]
        page = rows[: min(limit, self.page)]
        meta = {"limit": limit, **({"cursor": page[-1]["id"]} if len(rows) > len(page) else {})}
        groups = set(query.get("fields", "").split(","))
        return json_reply({"data": [_score(each, groups) for each in page], "meta": meta})


def _score(each: dict[str, Any], groups: set[str]) -> dict[str, Any]:
    moment = _text(_stamp(each))
    shown: dict[str, Any] = {
        "id": each["id"],
        "projectId": PROJECT,
        "name": each["name"],
        "value": each["value"],
        "dataType": each.get("dataType") or "NUMERIC",
        "source": "API",
        "timestamp": moment,
        "environment": "default",
        "createdAt": moment,
        "updatedAt": moment,
    }
    if "details" in groups:
        shown["metadata"] = each.get("metadata") or {}
    if "subject" in groups:
        shown["subject"] = {"kind": "observation", "id": each.get("observationId"), "traceId": each.get("traceId")}
        if not each.get("observationId"):
            shown["subject"] = {"kind": "trace", "id": each.get("traceId")}
    return shown


def _stamp(score: dict[str, Any]) -> datetime:
    moment = _moment(score["timestamp"])
    assert moment is not None
    return moment


def _place(number: int, each: Observation) -> tuple[str, str, str, int]:
    """The newest first; a page begins behind the last row of the one before."""
    return (each.start.isoformat(timespec="microseconds"), each.trace_id, each.id, number)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(moment: datetime) -> str:
    """As JavaScript's dates are written: in milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _typed(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _unquoted(value: str) -> str:
    """A text without its quotes; everything else as it was sent."""
    parsed = _typed(value)
    return parsed if isinstance(parsed, str) else value
