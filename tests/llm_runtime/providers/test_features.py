"""Servers that stand in for a vendor and know only part of its protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from llm_runtime.errors import BadRequest
from llm_runtime.messages import Effort, Request
from llm_runtime.providers import PROVIDERS
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply
from tests.llm_runtime.doubles import spec

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
REQUEST = Request(system="Be brief.", context=("The diff.",), question="Why?", schema=SCHEMA, effort=Effort.HIGH)
TEXT = '{"a": 1}'
ANSWERS: dict[str, dict[str, Any]] = {
    "openai": {"choices": [{"message": {"content": TEXT}}]},
    "anthropic": {"content": [{"type": "text", "text": TEXT}]},
    "gemini": {"candidates": [{"content": {"parts": [{"text": TEXT}]}}]},
}


class Picky(FakeServer):
    """Refuses a body in which one of these keys stands somewhere, in the words given."""

    def __init__(self, vendor: str, unknown: tuple[str, ...], words: Callable[[str], Any], status: int = 400) -> None:
        super().__init__()
        self._vendor, self._unknown, self._words, self._status = vendor, unknown, words, status

    def answer(self, request: Incoming) -> Reply:
        for key in self._unknown:
            if key in _keys(request.json):
                return json_reply(self._words(key), status=self._status)
        return json_reply(ANSWERS[self._vendor])


def _keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return {key for part in value for key in _keys(part)}
    if not isinstance(value, dict):
        return set()
    return {*value, *_keys(list(value.values()))}


def openai_words(key: str) -> Any:
    return {"error": {"message": f"Unrecognized request argument supplied: {key}", "type": "invalid_request_error"}}


def pydantic_words(key: str) -> Any:
    return {"detail": [{"loc": ["body", key], "msg": "extra fields not permitted", "type": "value_error.extra"}]}


def anthropic_words(key: str) -> Any:
    words = f"{key}: Extra inputs are not permitted"
    return {"type": "error", "error": {"type": "invalid_request_error", "message": words}}


def gemini_words(key: str) -> Any:
    words = f"Invalid JSON payload received. Unknown name \"{key}\" at 'generation_config': Cannot find field."
    return {"error": {"code": 400, "message": words, "status": "INVALID_ARGUMENT"}}


@pytest.mark.parametrize(
    ("vendor", "unknown", "words"),
    [
        pytest.param("openai", ("response_format",), openai_words, id="openai, schema"),
        pytest.param("openai", ("json_schema",), openai_words, id="openai, kind of format"),
        pytest.param("openai", ("reasoning_effort",), openai_words, id="openai, effort"),
        pytest.param("openai", ("max_completion_tokens",), openai_words, id="openai, limit"),
        pytest.param(
            "openai",
            ("max_completion_tokens", "reasoning_effort", "response_format"),
            openai_words,
            id="openai, everything",
        ),
        pytest.param("openai", ("reasoning_effort",), pydantic_words, id="openai, as a web framework says it"),
        pytest.param("anthropic", ("output_config",), anthropic_words, id="anthropic, both"),
        pytest.param(
            "anthropic",
            ("effort",),
            lambda _: anthropic_words("output_config.effort"),
            id="anthropic, effort",
        ),
        pytest.param(
            "anthropic",
            ("format",),
            lambda _: anthropic_words("output_config.format"),
            id="anthropic, schema",
        ),
        pytest.param("anthropic", ("effort", "format"), lambda key: anthropic_words(f"output_config.{key}"), id="each"),
        pytest.param("gemini", ("responseJsonSchema",), gemini_words, id="gemini, schema"),
        pytest.param("gemini", ("responseMimeType",), gemini_words, id="gemini, kind of answer"),
        pytest.param("gemini", ("thinkingConfig",), gemini_words, id="gemini, effort"),
        pytest.param("gemini", ("responseJsonSchema", "thinkingConfig"), gemini_words, id="gemini, everything"),
        pytest.param("gemini", ("thinkingConfig",), lambda _: gemini_words("thinking_level"), id="gemini, a part"),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_what_a_server_refuses_by_name_is_left_out_from_then_on(
    vendor: str, unknown: tuple[str, ...], words: Callable[[str], Any], status: int
) -> None:
    with Picky(vendor, unknown, words, status) as server:
        llm = _llm(vendor, server)
        first, second = llm.complete(REQUEST).text, llm.complete(REQUEST).text

    assert (first, second) == (TEXT, TEXT)
    assert len(server.requests) == 2 + len(unknown)
    schema_is_sent = "additionalProperties" in _keys(server.requests[-1].json)
    assert schema_is_sent != (json.dumps(json.dumps(SCHEMA))[1:-1] in server.requests[-1].body.decode())


@pytest.mark.parametrize("vendor", ANSWERS)
def test_a_refusal_that_sending_less_does_not_heal_is_told(vendor: str) -> None:
    words = {"openai": openai_words, "anthropic": anthropic_words, "gemini": gemini_words}[vendor]
    with (
        Picky(vendor, ("messages", "contents"), lambda _: words("messages")) as server,
        pytest.raises(BadRequest),
    ):
        _llm(vendor, server).complete(REQUEST)

    assert len(server.requests) == 1


def _llm(vendor: str, server: FakeServer) -> Any:
    base_url = f"{server.url}/v1" if vendor == "openai" else server.url
    llm = PROVIDERS[vendor].build(spec("model", vendor), api_key="any", base_url=base_url, timeout=5)
    return server.keep(llm)
