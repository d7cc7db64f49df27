"""What is OpenAI's alone, and what servers that speak its protocol do differently."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llm_runtime.errors import (
    AuthenticationFailed,
    BadRequest,
    ContextTooLong,
    LLMError,
    MalformedOutput,
    QuotaExhausted,
    Refused,
    ServerFailed,
)
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Effort, Request
from llm_runtime.providers.openai import OpenAILLM, from_wire, to_wire
from llm_runtime.providers.openai_dialect import BASE_URL, dialect
from tests.fakes.models import BadRequest as Answers400
from tests.fakes.models import says
from tests.fakes.openai import FakeOpenAI
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply
from tests.llm_runtime.doubles import spec

SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
REQUEST = Request(system="Be brief.", context=("The diff.",), question="Why?", schema=SCHEMA, effort=Effort.HIGH)
LOCAL = spec("qwen3-coder:30b", source="", effort=False)


class Replies(FakeServer):
    """Whatever the test says, in turn."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__()
        self._replies = replies

    def answer(self, request: Incoming) -> Reply:
        return self._replies[min(len(self.requests), len(self._replies)) - 1]


def ask(server: FakeServer, model: ModelSpec = LOCAL, request: Request = REQUEST, key: str = "") -> str:
    llm = server.keep(OpenAILLM(model, api_key=key, base_url=f"{server.url}/v1", timeout=5))
    return llm.complete(request).text


def error(status: int, **fields: Any) -> Reply:
    return json_reply({"error": {"message": "No.", **fields}}, status=status)


def chat(content: object, **fields: Any) -> Reply:
    return json_reply({"choices": [{"message": {"content": content}, **fields}]})


def test_openais_own_models_are_asked_with_a_strict_schema_and_the_newer_limit() -> None:
    wire = to_wire(REQUEST, spec())

    assert wire == {
        "model": "gpt-6.1-sol",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "The diff.\n\nWhy?"},
        ],
        "max_completion_tokens": 8_192,
        "reasoning_effort": "high",
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        },
    }


def test_a_model_behind_a_proxy_is_asked_like_at_openais() -> None:
    assert dialect(spec(), "http://proxy.example/v1") == dialect(spec(), f"{BASE_URL}/")


def test_a_local_server_gets_the_older_limit_and_the_schema_in_words_too() -> None:
    with FakeOpenAI(says({"a": 1}), compatible=True, schema_mode=True) as server:
        text = ask(server)

    body = server.requests[0].json
    assert text == '{"a": 1}'
    assert body["max_tokens"] == 8_192
    assert body["response_format"]["type"] == "json_schema"
    assert body["messages"][1]["content"].startswith("The diff.\n\nWhy?\n\nAnswer with one JSON document")
    assert server.requests[0].headers["authorization"] == "Bearer none"


def test_a_server_without_schema_mode_is_asked_once_more_in_words_and_never_again_with_a_schema() -> None:
    with FakeOpenAI(says('Sure:\n```json\n{"a": 1}\n```'), compatible=True) as server:
        llm = server.keep(OpenAILLM(LOCAL, api_key="", base_url=server.base_url))
        first, second = llm.complete(REQUEST).text, llm.complete(REQUEST).text

    assert (first, second) == ('{"a": 1}', '{"a": 1}')
    assert ["response_format" in request.json for request in server.requests] == [True, False, False]
    assert json.dumps(SCHEMA) in server.asked[0].question


def test_a_model_that_is_known_to_have_no_schema_mode_is_asked_in_words_at_once() -> None:
    with FakeOpenAI(says({"a": 1}), compatible=True) as server:
        text = ask(server, spec("llama", source="", schema=False))

    assert (text, len(server.requests)) == ('{"a": 1}', 1)


def test_a_400_that_is_not_about_the_schema_is_told_after_the_second_try_and_not_remembered() -> None:
    refusal = Replies(error(400), error(400), chat('{"a": 1}'))
    with refusal:
        llm = refusal.keep(OpenAILLM(LOCAL, api_key="", base_url=f"{refusal.url}/v1"))
        with pytest.raises(BadRequest):
            llm.complete(REQUEST)
        llm.complete(REQUEST)

    assert ["response_format" in request.json for request in refusal.requests] == [True, False, True]


def test_free_text_that_is_refused_is_not_asked_again() -> None:
    with Replies(error(400)) as server, pytest.raises(BadRequest):
        ask(server, request=Request(system="", question="Why?"))

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("parameter", "gone", "instead"),
    [
        pytest.param("reasoning_effort", "reasoning_effort", None, id="effort"),
        pytest.param("response_format", "response_format", None, id="schema"),
        pytest.param("response_format.json_schema", "response_format", None, id="a part of the schema"),
        pytest.param("max_completion_tokens", "max_completion_tokens", "max_tokens", id="the newer limit"),
    ],
)
def test_an_optional_parameter_that_is_refused_by_name_is_left_out(
    parameter: str, gone: str, instead: str | None
) -> None:
    with Replies(error(400, param=parameter, code="unsupported_parameter"), chat('{"a": 1}')) as server:
        ask(server, spec())

    first, second = (request.json for request in server.requests)
    assert gone in first
    assert gone not in second
    assert instead is None or second[instead] == first[gone]


def test_a_parameter_that_is_refused_again_is_not_tried_for_ever() -> None:
    with Replies(error(400, param="reasoning_effort")) as server, pytest.raises(BadRequest):
        ask(server, spec())

    assert len(server.requests) == 2


def test_a_server_that_refuses_the_limit_under_both_names_is_not_asked_for_ever() -> None:
    refusals = [error(400, param=name) for name in ("max_tokens", "max_completion_tokens")]
    with Replies(*refusals, *refusals, *refusals) as server, pytest.raises(BadRequest):
        ask(server)

    assert len(server.requests) == 2


def test_the_model_that_wants_the_newer_limit_gets_it() -> None:
    with FakeOpenAI(says({"a": 1})) as server:
        text = ask(server, key="any")

    assert text == '{"a": 1}'
    assert "max_completion_tokens" in server.requests[-1].json


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(error(429, code="insufficient_quota"), QuotaExhausted, id="quota as a code"),
        pytest.param(error(429, type="insufficient_quota"), QuotaExhausted, id="quota as a type"),
        pytest.param(error(400, code="billing_hard_limit_reached"), QuotaExhausted, id="hard limit"),
        pytest.param(error(413, code="rate_limit_exceeded", type="tokens"), ContextTooLong, id="413"),
        pytest.param(error(400, type="exceed_context_size_error", code=400), ContextTooLong, id="llama.cpp"),
        pytest.param(
            json_reply(
                {"object": "error", "message": "maximum context length is 4096, requested 9000", "code": 400},
                status=400,
            ),
            ContextTooLong,
            id="vllm",
        ),
        pytest.param(error(400, code="content_filter"), Refused, id="azure's filter"),
        pytest.param(error(400, code="invalid_prompt", param="messages"), Refused, id="a flagged prompt"),
        pytest.param(error(401, code="invalid_api_key"), AuthenticationFailed, id="key"),
        pytest.param(Reply(status=500, body=b"oops"), ServerFailed, id="500 in plain text"),
        pytest.param(json_reply({"error": {"code": 502, "message": "no"}}), ServerFailed, id="an error as a 200"),
        pytest.param(json_reply({"choices": "none"}), ServerFailed, id="choices that are none"),
        pytest.param(json_reply({"choices": []}), MalformedOutput, id="no choices"),
    ],
)
def test_codes_and_types_decide(reply: Reply, expected: type[LLMError]) -> None:
    with Replies(reply) as server, pytest.raises(LLMError) as caught:
        ask(server, spec())

    assert type(caught.value) is expected


def test_a_400_about_a_parameter_that_is_needed_is_not_asked_again() -> None:
    with (
        FakeOpenAI(Answers400("Invalid value.", "messages")) as server,
        pytest.raises(BadRequest, match="Invalid value"),
    ):
        ask(server, spec(), key="any")

    assert len(server.requests) == 1


def test_an_answer_in_parts_is_joined() -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": '{"a"'}, {"type": "text", "text": ": 1}"}]

    answer = {"choices": [{"message": {"content": parts}}]}

    assert from_wire(answer, LOCAL).text == '{"a": 1}'


def test_without_an_address_openais_own_is_asked() -> None:
    llm = OpenAILLM(spec(), api_key="any")

    assert llm.spec.provider == "openai"
    assert dialect(spec(source=""), BASE_URL).output_limit == "max_completion_tokens"
