"""Anthropic's messages on the wire, with the rules of its API reference.

A key (``x-api-key``, or Bearer as newer SDKs send it), an ``anthropic-version``, a known model, ``max_tokens``,
turns that alternate from the user's on, no empty text, at most four cache breakpoints, no ``temperature``, schemas
whose objects are closed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, assert_never

from tests.fakes.models import (
    Answer,
    Asked,
    BadRequest,
    CallsTool,
    ContextTooLong,
    CutShort,
    Dribbles,
    Fails,
    Forbidden,
    Garbled,
    Hangs,
    NoSuchModel,
    QuotaExhausted,
    RateLimited,
    Refuses,
    Says,
    Spent,
    Stalls,
    Truncated,
    WrongKey,
)
from tests.fakes.server import Incoming, Reply, json_reply
from tests.fakes.vendor import FakeVendor, check_schema, looked_at, require

_PARAMETERS = frozenset(
    {
        *("model", "messages", "max_tokens", "system", "output_config", "thinking"),
        *("tools", "tool_choice", "metadata", "stop_sequences", "stream", "service_tier"),
        *("cache_control", "container", "inference_geo", "speed", "diagnostics"),
    }
)
_REFUSED_KEYWORDS = frozenset(
    {
        *("minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum"),
        *("exclusiveMaximum", "multipleOf", "maxItems", "uniqueItems", "default"),
    }
)
_EFFORTS = frozenset({"low", "medium", "high", "xhigh", "max"})
_MOST_BREAKPOINTS = 4
_ERROR_TYPES = {500: "api_error", 503: "api_error", 504: "timeout_error", 529: "overloaded_error"}


class FakeAnthropic(FakeVendor):
    retired: frozenset[str] = frozenset()
    """Models that are described still, but answer no more; set before anybody looks."""

    def key_of(self, request: Incoming) -> str:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return request.headers.get("x-api-key") or (key.strip() if scheme == "Bearer" else "")

    def model_of(self, request: Incoming) -> str | None:
        if (request.method, request.path) != ("POST", "/v1/messages"):
            return None
        body = request.json
        return str(body.get("model", "")) if isinstance(body, dict) else ""

    def look_of(self, request: Incoming) -> str | None:
        return looked_at(request, "/v1/models")

    def describe(self, model: str) -> dict[str, Any]:
        retired = model in self.retired
        return {
            "type": "model",
            "id": model,
            "display_name": model,
            "created_at": "2026-02-04T00:00:00Z",
            "lifecycle": "retired" if retired else "active",
            "deprecated_at": "2026-06-01T00:00:00Z" if retired else None,
            "retires_at": "2026-10-01T00:00:00Z" if retired else None,
            "line": None,
            "max_input_tokens": 1_000_000,
            "max_tokens": 128_000,
            "capabilities": None,
        }

    def listing(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        ids = [entry["id"] for entry in entries] or [None]
        return {"data": entries, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}

    def read(self, body: dict[str, Any], model: str, request: Incoming) -> Asked:
        require("anthropic-version" in request.headers, "anthropic-version: header is required")
        unknown = sorted(body.keys() - _PARAMETERS)
        require(not unknown, f"{unknown}: Extra inputs are not permitted")
        limit = body.get("max_tokens")
        require(isinstance(limit, int) and limit > 0, "max_tokens: must be at least 1")
        messages = body.get("messages") or []
        require(isinstance(messages, list) and bool(messages), "messages: at least one message is required")
        roles = [message.get("role") for message in messages]
        expected = ["user", "assistant"] * len(roles)
        require(roles == expected[: len(roles)], "messages: roles must alternate, starting with the user")
        require(roles[-1] == "user", "This model does not support assistant message prefill.")
        system = _blocks(body.get("system") or [])
        first = _blocks(messages[0]["content"])
        marks = sum("cache_control" in block for block in (*system, *first))
        require(marks <= _MOST_BREAKPOINTS, "A maximum of 4 blocks with cache_control may be provided.")
        rest = ["".join(block["text"] for block in _blocks(message["content"])) for message in messages[1:]]
        output = body.get("output_config") or {}
        require(output.get("effort") is None or output["effort"] in _EFFORTS, "output_config.effort: invalid")
        return Asked(
            model=model,
            system="\n\n".join(block["text"] for block in system),
            context=tuple(block["text"] for block in first[:-1]),
            question=first[-1]["text"],
            rounds=tuple(zip(rest[::2], rest[1::2], strict=True)),
            schema=_schema(output),
            max_output_tokens=int(limit or 0),
            effort=output.get("effort"),
            cached=marks > 0,
        )

    def reply(self, answer: Answer, model: str) -> Reply:  # noqa: C901, PLR0911, PLR0912 - one case for each answer
        match answer:
            case Says(text, spent):
                return _message(model, spent, [{"type": "text", "text": text}] if text else [])
            case Truncated(text, spent):
                return _message(model, spent, [{"type": "text", "text": text}], stop="max_tokens")
            case Refuses(spent):
                details = {"type": "refusal", "category": "cyber", "explanation": None}
                return _message(model, spent, [], stop="refusal", details=details)
            case CallsTool(spent):
                call = {"type": "tool_use", "id": "toolu_1", "name": "search", "input": {}}
                return _message(model, spent, [call], stop="tool_use")
            case Garbled(body):
                return Reply(body=body.encode(), headers={"content-type": "application/json"})
            case BadRequest(message, _):
                return _error(400, "invalid_request_error", message)
            case ContextTooLong(sent, allowed):
                return _error(400, "invalid_request_error", f"prompt is too long: {sent} tokens > {allowed} maximum")
            case WrongKey():
                return _error(401, "authentication_error", "invalid x-api-key")
            case Forbidden():
                return _error(403, "permission_error", "Your API key does not have permission for this resource.")
            case NoSuchModel():
                return _error(404, "not_found_error", f"model: {model}")
            case RateLimited(retry_after):
                headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
                words = "This request would exceed your organization's rate limit of 50 requests per minute."
                return _error(429, "rate_limit_error", words, headers=headers)
            case QuotaExhausted():
                code = {"error_code": "enforced_spend_limit_reached"}
                return _error(429, "rate_limit_error", "You have reached your API usage threshold.", details=code)
            case Fails(status):
                usual = "invalid_request_error" if status < 500 else "api_error"
                return _error(status, _ERROR_TYPES.get(status, usual), "Internal server error")
            case Hangs():
                return Reply(hang=True)
            case Stalls():
                return replace(_message(model, Spent(), [{"type": "text", "text": "fine"}]), stall=True)
            case Dribbles(pause):
                return replace(_message(model, Spent(), [{"type": "text", "text": "fine"}]), pause=pause)
            case CutShort(text):
                whole = _message(model, Spent(), [{"type": "text", "text": text}])
                return Reply(body=whole.body, headers=whole.headers, cut=True)
            case _:
                assert_never(answer)


def _blocks(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    for block in content:
        require(str(block.get("text", "")).strip(), "messages: text content blocks must be non-empty")
    return list(content)


def _schema(output: dict[str, Any]) -> dict[str, Any] | None:
    wanted = output.get("format")
    if wanted is None:
        return None
    require(wanted.get("type") == "json_schema", "output_config.format.type: must be json_schema")
    schema: dict[str, Any] = wanted["schema"]
    check_schema(schema, refused=_REFUSED_KEYWORDS, parameter="output_config.format.schema", all_required=False)
    return schema


def _message(
    model: str,
    spent: Spent,
    content: list[dict[str, Any]],
    *,
    stop: str = "end_turn",
    details: dict[str, Any] | None = None,
) -> Reply:
    return json_reply(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "stop_details": details,
            "usage": {
                "input_tokens": spent.input - spent.cached - spent.cache_write,
                "cache_read_input_tokens": spent.cached,
                "cache_creation_input_tokens": spent.cache_write,
                "output_tokens": spent.output,
                "output_tokens_details": {"thinking_tokens": spent.reasoning},
                "service_tier": "standard",
            },
        },
        headers={"request-id": "req_1"},
    )


def _error(
    status: int,
    kind: str,
    message: str,
    *,
    details: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    error: dict[str, Any] = {"type": kind, "message": message}
    if details:
        error["details"] = details
    return json_reply({"type": "error", "error": error, "request_id": "req_1"}, status=status, headers=headers)
