"""OpenAI's chat completions on the wire, or (``compatible=True``) a local server that speaks the same protocol.

The rules are those of the API reference: a Bearer key, a known model, ``max_completion_tokens`` instead of
``max_tokens`` for OpenAI's own models, strict schemas, no unknown parameters. A compatible server takes any key, knows
``max_tokens``, and answers a ``response_format`` with the 400 that servers without schema mode give, unless
``schema_mode=True``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never

from tests.fakes.models import (
    Answer,
    Answers,
    Asked,
    BadRequest,
    CallsTool,
    Catalogue,
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
    confirms,
)
from tests.fakes.server import Incoming, Reply, json_reply
from tests.fakes.vendor import FakeVendor, Refusal, check_schema, looked_at, require

_PARAMETERS = frozenset(
    {
        *("model", "messages", "max_tokens", "max_completion_tokens", "response_format"),
        *("reasoning_effort", "temperature", "top_p", "n", "stop"),
        *("seed", "stream", "store", "metadata", "tools"),
        *("tool_choice", "user", "prompt_cache_key", "safety_identifier", "service_tier"),
        "verbosity",
    }
)
_REFUSED_KEYWORDS = frozenset({"default", "minLength", "maxLength", "uniqueItems", "contains", "examples"})
_EFFORTS = frozenset({"none", "minimal", "low", "medium", "high", "xhigh", "max"})


class FakeOpenAI(FakeVendor):
    def __init__(
        self,
        answers: Answers | None = None,
        *,
        key: str | None = None,
        models: Sequence[str] | None = None,
        compatible: bool = False,
        schema_mode: bool | None = None,
        headers: Mapping[str, str] | None = None,
        catalogue: Catalogue = Catalogue.WHOLE,
        looks: Answer | None = None,
        looks_again: Callable[[Asked], Answer] = confirms,
    ) -> None:
        super().__init__(
            answers,
            key=key,
            models=models,
            headers=headers,
            catalogue=catalogue,
            looks=looks,
            looks_again=looks_again,
        )
        self._compatible = compatible
        self._schema_mode = not compatible if schema_mode is None else schema_mode

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def key_of(self, request: Incoming) -> str:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return key.strip() if scheme == "Bearer" else ""

    def model_of(self, request: Incoming) -> str | None:
        if (request.method, request.path) != ("POST", "/v1/chat/completions"):
            return None
        body = request.json
        return str(body.get("model", "")) if isinstance(body, dict) else ""

    def look_of(self, request: Incoming) -> str | None:
        return looked_at(request, "/v1/models")

    def describe(self, model: str) -> dict[str, Any]:
        return {"id": model, "object": "model", "created": 1_790_000_000, "owned_by": "system"}

    def listing(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {"object": "list", "data": entries}

    def read(self, body: dict[str, Any], model: str, request: Incoming) -> Asked:
        unknown = sorted(body.keys() - _PARAMETERS)
        require(self._compatible or not unknown, f"Unrecognized request argument: {unknown}", "unknown")
        messages = body.get("messages") or []
        require(isinstance(messages, list) and bool(messages), "Invalid 'messages': empty array.", "messages")
        system = [_text(message) for message in messages if message.get("role") in ("system", "developer")]
        turns = [message for message in messages if message.get("role") in ("user", "assistant")]
        require(len(system) + len(turns) == len(messages), "Invalid value for 'role'.", "messages")
        require(turns and turns[0]["role"] == "user", "The conversation must start with a user message.", "messages")
        parts = _parts(turns[0])
        return Asked(
            model=model,
            system="\n\n".join(system),
            context=tuple(parts[:-1]),
            question=parts[-1],
            rounds=_rounds(turns),
            schema=self._schema(body),
            max_output_tokens=self._limit(body),
            effort=_effort(body),
        )

    def reply(self, answer: Answer, model: str) -> Reply:  # noqa: C901, PLR0911, PLR0912 - one case for each answer
        match answer:
            case Says(text, spent):
                return _completion(model, spent, content=text)
            case Truncated(text, spent):
                return _completion(model, spent, content=text, finish="length")
            case Refuses(spent):
                return _completion(model, spent, content=None, refusal="I'm sorry, I can't help with that.")
            case CallsTool(spent):
                calls = [{"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}]
                return _completion(model, spent, content=None, tool_calls=calls, finish="tool_calls")
            case Garbled(body):
                return Reply(body=body.encode(), headers={"content-type": "application/json"})
            case BadRequest(message, parameter):
                code = {"unsupported_parameter": "unsupported_parameter"}.get(message)
                return _error(400, message, code=code, param=parameter)
            case ContextTooLong(sent, allowed):
                words = f"This model's maximum context length is {allowed} tokens. However, your messages resulted in "
                words += f"{sent} tokens. Please reduce the length of the messages."
                return _error(400, words, code="context_length_exceeded", param="messages")
            case WrongKey():
                words = (
                    "Incorrect API key provided: sk-wrong************cdef. You can find your API key at your account."
                )
                return _error(401, words, code="invalid_api_key")
            case Forbidden():
                return _error(403, f"Project does not have access to model `{model}`", code="model_not_found")
            case NoSuchModel():
                return _error(404, f"The model `{model}` does not exist", code="model_not_found")
            case RateLimited(retry_after):
                headers = {} if retry_after is None else {"retry-after-ms": str(int(retry_after * 1000))}
                words = "Rate limit reached for requests per min."
                return _error(429, words, kind="requests", code="rate_limit_exceeded", headers=headers)
            case QuotaExhausted():
                words = "You exceeded your current quota, please check your plan and billing details."
                return _error(429, words, kind="insufficient_quota", code="insufficient_quota")
            case Fails(status):
                return _error(status, "The server had an error processing your request.", kind="server_error")
            case Hangs():
                return Reply(hang=True)
            case Stalls():
                return replace(_completion(model, Spent(), content="fine"), stall=True)
            case Dribbles(pause):
                return replace(_completion(model, Spent(), content="fine"), pause=pause)
            case CutShort(text):
                whole = _completion(model, Spent(), content=text)
                return Reply(body=whole.body, headers=whole.headers, cut=True)
            case _:
                assert_never(answer)

    def _limit(self, body: dict[str, Any]) -> int:
        name = "max_tokens" if "max_tokens" in body else "max_completion_tokens"
        if name == "max_tokens" and not self._compatible:
            raise Refusal(BadRequest("unsupported_parameter", "max_tokens"))
        limit = body.get(name)
        require(isinstance(limit, int) and limit > 0, f"Invalid '{name}': it must be at least 1.", name)
        return int(limit or 0)

    def _schema(self, body: dict[str, Any]) -> dict[str, Any] | None:
        wanted = body.get("response_format")
        if wanted is None:
            return None
        require(self._schema_mode, "response_format is not supported by this server")
        require(wanted.get("type") == "json_schema", "Invalid value for 'type'.", "response_format.type")
        given = wanted.get("json_schema") or {}
        require(given.get("name"), "Missing 'name'.", "response_format.json_schema.name")
        schema: dict[str, Any] = given.get("schema") or {}
        require(schema.get("type") == "object", "The root must be an object.", "response_format.json_schema.schema")
        if given.get("strict"):
            check_schema(schema, refused=_REFUSED_KEYWORDS, parameter="response_format", all_required=True)
        return schema


def _effort(body: dict[str, Any]) -> str | None:
    effort = body.get("reasoning_effort")
    require(effort is None or effort in _EFFORTS, "Unsupported value.", "reasoning_effort")
    return effort


def _parts(message: dict[str, Any]) -> list[str]:
    content = message.get("content")
    if isinstance(content, str):
        return [content]
    require(isinstance(content, list) and content, "Invalid 'content'.", "messages")
    return [str(part["text"]) for part in content or []]


def _text(message: dict[str, Any]) -> str:
    return "\n\n".join(_parts(message))


def _rounds(turns: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    texts = [_text(turn) for turn in turns[1:]]
    return tuple(zip(texts[::2], texts[1::2], strict=True))


def _completion(
    model: str,
    spent: Spent,
    *,
    content: str | None,
    refusal: str | None = None,
    tool_calls: list[dict[str, Any]] | None = None,
    finish: str = "stop",
) -> Reply:
    message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": refusal, "annotations": []}
    if tool_calls:
        message["tool_calls"] = tool_calls
    return json_reply(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
            "usage": {
                "prompt_tokens": spent.input,
                "completion_tokens": spent.output,
                "total_tokens": spent.input + spent.output,
                "prompt_tokens_details": {"cached_tokens": spent.cached, "cache_write_tokens": spent.cache_write},
                "completion_tokens_details": {"reasoning_tokens": spent.reasoning},
            },
            "service_tier": "default",
        },
        headers={"x-request-id": "req_1"},
    )


def _error(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return json_reply({"error": error}, status=status, headers=headers)
