"""What is Gemini's alone."""

from __future__ import annotations

from typing import Any

import pytest

from llm_runtime.errors import AuthenticationFailed, BadRequest, LLMError, ModelUnavailable, QuotaExhausted, RateLimited
from llm_runtime.messages import Effort, Exchange, Request
from llm_runtime.providers.gemini import GeminiLLM, to_wire
from tests.fakes.gemini import FakeGemini
from tests.fakes.models import says
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply
from tests.llm_runtime.doubles import spec

GEMINI = spec("gemini-4-argon", "gemini")
SCHEMA = {"type": "object", "properties": {"s": {"type": "string", "maxLength": 9}}, "additionalProperties": False}


class Replies(FakeServer):
    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    def answer(self, request: Incoming) -> Reply:
        return self._reply


def error(status: int, name: str, *details: Any, headers: dict[str, str] | None = None) -> Reply:
    body = {"error": {"code": status, "message": "No.", "status": name, "details": list(details)}}
    return json_reply(body, status=status, headers=headers)


def raised(reply: Reply) -> LLMError:
    with Replies(reply) as server, pytest.raises(LLMError) as caught:
        server.keep(GeminiLLM(GEMINI, api_key="any", base_url=server.url)).complete(Request(system="", question="Why?"))
    return caught.value


def test_a_request_becomes_contents_and_config() -> None:
    request = Request(
        system="Rules.",
        context=("diff",),
        question="Why?",
        schema=SCHEMA,
        effort=Effort.LOW,
        exchanges=(Exchange("so", "and?"),),
    )

    assert to_wire(request, GEMINI) == {
        "model": "gemini-4-argon",
        "contents": [
            {"role": "user", "parts": [{"text": "diff"}, {"text": "Why?"}]},
            {"role": "model", "parts": [{"text": "so"}]},
            {"role": "user", "parts": [{"text": "and?"}]},
        ],
        "config": {
            "max_output_tokens": 8_192,
            "system_instruction": "Rules.",
            "response_mime_type": "application/json",
            "response_json_schema": {
                "type": "object",
                "properties": {"s": {"type": "string"}},
                "additionalProperties": False,
            },
            "thinking_config": {"thinking_level": "LOW"},
        },
    }


def test_a_model_without_schema_mode_and_effort_is_asked_in_words() -> None:
    request = Request(system="", question="Why?", schema=SCHEMA, effort=Effort.HIGH)

    wire = to_wire(request, spec("gemma", "gemini", schema=False, effort=False))

    assert wire["config"] == {"max_output_tokens": 8_192}
    assert '"maxLength": 9' in wire["contents"][0]["parts"][0]["text"]


def test_the_version_that_has_schemas_is_spoken_even_if_the_address_names_it() -> None:
    with FakeGemini(says("fine")) as server:
        server.keep(GeminiLLM(GEMINI, api_key="any", base_url=f"{server.url}/v1beta/")).complete(
            Request(system="", question="Why?")
        )

    assert server.requests[0].path == "/v1beta/models/gemini-4-argon:generateContent"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(error(400, "INVALID_ARGUMENT", {"reason": "API_KEY_INVALID"}), AuthenticationFailed, id="key"),
        pytest.param(error(400, "FAILED_PRECONDITION"), AuthenticationFailed, id="not in this country"),
        pytest.param(
            error(403, "PERMISSION_DENIED", {"reason": "SERVICE_DISABLED"}), AuthenticationFailed, id="disabled"
        ),
        pytest.param(error(403, "PERMISSION_DENIED", {"reason": "BILLING_DISABLED"}), QuotaExhausted, id="no billing"),
        pytest.param(error(429, "RESOURCE_EXHAUSTED"), RateLimited, id="429 that says nothing"),
        pytest.param(
            error(429, "RESOURCE_EXHAUSTED", "text", {"violations": [None, {"quotaId": "RequestsPerMinute"}]}),
            RateLimited,
            id="a quota per minute",
        ),
        pytest.param(
            error(429, "RESOURCE_EXHAUSTED", {"violations": [{"quotaId": "TokensPerDayPerProject"}]}),
            QuotaExhausted,
            id="a quota per day",
        ),
        pytest.param(Reply(status=400, body=b"<html>"), BadRequest, id="a 400 of a proxy"),
        pytest.param(json_reply(["odd"], status=400), BadRequest, id="a 400 of another form"),
        pytest.param(json_reply({"error": {"details": "odd"}}, status=400), BadRequest, id="details of another form"),
    ],
)
def test_reasons_and_quotas_decide(reply: Reply, expected: type[LLMError]) -> None:
    assert type(raised(reply)) is expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(error(429, "RESOURCE_EXHAUSTED", {"retryDelay": "23.5s"}), 23.5, id="in the body"),
        pytest.param(error(429, "RESOURCE_EXHAUSTED", {}, {"retryDelay": "soon"}), None, id="no duration"),
        pytest.param(
            error(429, "RESOURCE_EXHAUSTED", {"retryDelay": "9s"}, headers={"retry-after": "3"}),
            3.0,
            id="a header first",
        ),
    ],
)
def test_the_wait_stands_in_the_body(reply: Reply, expected: float | None) -> None:
    caught = raised(reply)

    assert isinstance(caught, ModelUnavailable)
    assert caught.retry_after == expected
