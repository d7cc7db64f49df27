"""Google's Gemini API on the wire, with the rules of its reference.

An ``x-goog-api-key``, ``v1beta`` in the path, contents that start with the user's, a positive output limit, a schema
only together with the JSON type. A wrong key is a 400 whose details say so; the wait of a 429 stands in the body.
"""

from __future__ import annotations

import re
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

_PATH = re.compile(r"/v1beta/models/([^/:]+):generateContent")
_PARAMETERS = frozenset(
    ["contents", "systemInstruction", "generationConfig", "safetySettings", "tools", "toolConfig", "cachedContent"]
)
_LEVELS = frozenset({"MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"})
_TYPE = "type.googleapis.com/google.rpc"
_STATUSES = {500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}


class FakeGemini(FakeVendor):
    def key_of(self, request: Incoming) -> str:
        return request.headers.get("x-goog-api-key", "")

    def model_of(self, request: Incoming) -> str | None:
        match = _PATH.fullmatch(request.path)
        return match[1] if match and request.method == "POST" else None

    def look_of(self, request: Incoming) -> str | None:
        return looked_at(request, "/v1beta/models")

    def describe(self, model: str) -> dict[str, Any]:
        methods = ["embedContent"] if "embedding" in model else ["generateContent", "countTokens"]
        return {
            "name": f"models/{model}",
            "version": "001",
            "displayName": model,
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": methods,
            "thinking": True,
        }

    def listing(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {"models": entries}

    def read(self, body: dict[str, Any], model: str, request: Incoming) -> Asked:
        unknown = sorted(body.keys() - _PARAMETERS)
        require(not unknown, f"Invalid JSON payload received. Unknown name {unknown}")
        contents = body.get("contents") or []
        require(contents, "contents is not specified")
        roles = [turn.get("role") for turn in contents]
        require(roles == (["user", "model"] * len(roles))[: len(roles)], "Please ensure that turns alternate.")
        first = _texts(contents[0])
        rest = ["".join(_texts(turn)) for turn in contents[1:]]
        config = body.get("generationConfig") or {}
        limit = config.get("maxOutputTokens")
        require(isinstance(limit, int) and limit > 0, "max_output_tokens must be positive.")
        thinking = config.get("thinkingConfig") or {}
        level = thinking.get("thinkingLevel") or thinking.get("thinking_level")
        require(level is None or level in _LEVELS, "Invalid value at 'thinking_level'")
        schema = config.get("responseJsonSchema")
        if schema is not None:
            require(config.get("responseMimeType") == "application/json", "A schema needs the JSON response type.")
            refused = frozenset({"minLength", "maxLength", "uniqueItems", "default"})
            check_schema(schema, refused=refused, parameter="schema", all_required=False)
        return Asked(
            model=model,
            system="\n\n".join(_texts(body["systemInstruction"])) if "systemInstruction" in body else "",
            context=tuple(first[:-1]),
            question=first[-1],
            rounds=tuple(zip(rest[::2], rest[1::2], strict=True)),
            schema=schema,
            max_output_tokens=int(limit or 0),
            effort=level.lower() if level else None,
        )

    def reply(self, answer: Answer, model: str) -> Reply:  # noqa: C901, PLR0911, PLR0912 - one case for each answer
        match answer:
            case Says(text, spent):
                return _content(model, spent, [{"text": text}] if text else [])
            case Truncated(text, spent):
                return _content(model, spent, [{"text": text}], finish="MAX_TOKENS")
            case Refuses(spent):
                feedback = {"blockReason": "PROHIBITED_CONTENT"}
                return json_reply({"promptFeedback": feedback, "usageMetadata": _usage(spent), "modelVersion": model})
            case CallsTool(spent):
                return _content(
                    model, spent, [{"functionCall": {"name": "search", "args": {}}}], finish="UNEXPECTED_TOOL_CALL"
                )
            case Garbled(body):
                return Reply(body=body.encode(), headers={"content-type": "application/json"})
            case BadRequest(message, _):
                return _error(400, "INVALID_ARGUMENT", message)
            case ContextTooLong(sent, allowed):
                words = f"The input token count ({sent}) exceeds the maximum number of tokens allowed ({allowed})."
                return _error(400, "INVALID_ARGUMENT", words)
            case WrongKey():
                info = {"@type": f"{_TYPE}.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
                return _error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", info)
            case Forbidden():
                return _error(403, "PERMISSION_DENIED", "Permission denied on the resource.")
            case NoSuchModel():
                return _error(404, "NOT_FOUND", f"models/{model} is not found for API version v1beta.")
            case RateLimited(retry_after):
                details = [_quota("GenerateRequestsPerMinutePerProjectPerModel")]
                if retry_after is not None:
                    details.append({"@type": f"{_TYPE}.RetryInfo", "retryDelay": f"{retry_after:g}s"})
                return _error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", *details)
            case QuotaExhausted():
                quota = _quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
                retry = {"@type": f"{_TYPE}.RetryInfo", "retryDelay": "36s"}
                return _error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", quota, retry)
            case Fails(status):
                return _error(status, _STATUSES.get(status, "UNKNOWN"), "The service is currently unavailable.")
            case Hangs():
                return Reply(hang=True)
            case Stalls():
                return replace(_content(model, Spent(), [{"text": "fine"}]), stall=True)
            case Dribbles(pause):
                return replace(_content(model, Spent(), [{"text": "fine"}]), pause=pause)
            case CutShort(text):
                whole = _content(model, Spent(), [{"text": text}])
                return Reply(body=whole.body, headers=whole.headers, cut=True)
            case _:
                assert_never(answer)


def _texts(content: dict[str, Any]) -> list[str]:
    parts = content.get("parts") or []
    require(parts, "contents.parts must not be empty.")
    return [str(part["text"]) for part in parts]


def _usage(spent: Spent) -> dict[str, int]:
    return {
        "promptTokenCount": spent.input,
        "cachedContentTokenCount": spent.cached,
        "candidatesTokenCount": spent.output - spent.reasoning,
        "thoughtsTokenCount": spent.reasoning,
        "totalTokenCount": spent.input + spent.output,
    }


def _content(model: str, spent: Spent, parts: list[dict[str, Any]], *, finish: str = "STOP") -> Reply:
    candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": 0}
    return json_reply(
        {"candidates": [candidate], "usageMetadata": _usage(spent), "modelVersion": model, "responseId": "resp_1"}
    )


def _quota(name: str) -> dict[str, Any]:
    metric = "generativelanguage.googleapis.com/generate_content_requests"
    violation = {"quotaMetric": metric, "quotaId": name, "quotaValue": "10"}
    return {"@type": f"{_TYPE}.QuotaFailure", "violations": [violation]}


def _error(status: int, name: str, message: str, *details: dict[str, Any]) -> Reply:
    error: dict[str, Any] = {"code": status, "message": message, "status": name}
    if details:
        error["details"] = list(details)
    return json_reply({"error": error}, status=status)
