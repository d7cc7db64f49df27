"""What is Anthropic's alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from llm_runtime.errors import (
    BadRequest,
    ContextTooLong,
    LLMError,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    ServerFailed,
)
from llm_runtime.messages import Effort, Exchange, Request
from llm_runtime.providers.anthropic import AnthropicLLM, to_wire
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.models import says
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply
from tests.llm_runtime.doubles import spec

CLAUDE = spec("claude-sonnet-5-5", "anthropic")
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "additionalProperties": False}


class Replies(FakeServer):
    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    def answer(self, request: Incoming) -> Reply:
        return self._reply


def error(status: int, kind: str, message: str = "No.", **fields: Any) -> Reply:
    return json_reply({"type": "error", "error": {"type": kind, "message": message, **fields}}, status=status)


def test_the_end_of_the_shared_context_is_where_a_cache_entry_is_asked_for() -> None:
    request = Request(system="Rules.", context=("diff", " ", "guidance"), question="Why?", schema=SCHEMA, shared=True)

    assert to_wire(request, CLAUDE) == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 8_192,
        "system": [{"type": "text", "text": "Rules."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "diff"},
                    {"type": "text", "text": "guidance", "cache_control": {"type": "ephemeral"}},
                    {"type": "text", "text": "Why?"},
                ],
            }
        ],
        "output_config": {
            "format": {
                "type": "json_schema",
                "schema": {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": False},
            }
        },
    }


def test_no_cache_entry_is_asked_for_that_no_other_request_reads() -> None:
    alone = Request(system="Rules.", context=("diff", "guidance"), question="Why?")

    assert "cache_control" not in json.dumps(to_wire(alone, CLAUDE))


def test_without_shared_context_nothing_is_cached_and_nothing_empty_is_sent() -> None:
    question = Request(system="", question="Why?", effort=Effort.MEDIUM, exchanges=(Exchange("so \n", "and?"),))
    request = replace(question, shared=True)

    assert to_wire(request, CLAUDE) == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 8_192,
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Why?"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "so"}]},
            {"role": "user", "content": [{"type": "text", "text": "and?"}]},
        ],
        "output_config": {"effort": "medium"},
    }


def test_a_model_without_schema_mode_and_effort_is_asked_in_words() -> None:
    request = Request(system="", question="Why?", schema=SCHEMA, effort=Effort.HIGH)

    wire = to_wire(request, spec("claude-old", "anthropic", schema=False, effort=False))

    assert "output_config" not in wire
    assert '"minimum": 1' in wire["messages"][0]["content"][0]["text"]


def test_the_cache_entry_is_asked_for_on_the_wire() -> None:
    with FakeAnthropic(says("fine")) as server:
        server.keep(AnthropicLLM(CLAUDE, api_key="any", base_url=f"{server.url}/v1/")).complete(
            Request(system="", context=("diff",), question="Why?", shared=True)
        )

    assert server.asked[0].cached is True


def test_an_answer_of_any_length_may_be_asked_for_without_streaming() -> None:
    with FakeAnthropic(says("fine")) as server:
        llm = server.keep(
            AnthropicLLM(spec("claude-x", "anthropic", output=128_000), api_key="any", base_url=server.url, timeout=600)
        )
        llm.complete(Request(system="", question="Why?", max_output_tokens=128_000))

    assert server.asked[0].max_output_tokens == 128_000


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(error(200, "overloaded_error"), Overloaded, id="an overload behind a 200"),
        pytest.param(error(200, "rate_limit_error"), RateLimited, id="a limit behind a 200"),
        pytest.param(error(200, "something_new"), ServerFailed, id="anything else behind a 200"),
        pytest.param(json_reply({"type": "error"}), ServerFailed, id="an error that says nothing"),
        pytest.param(error(500, "overloaded_error"), Overloaded, id="an overload as a 500"),
        pytest.param(error(402, "billing_error"), QuotaExhausted, id="402"),
        pytest.param(error(400, "billing_error"), QuotaExhausted, id="billing as a 400"),
        pytest.param(error(413, "request_too_large"), ContextTooLong, id="413"),
        pytest.param(
            error(429, "rate_limit_error", details={"error_code": "ramp_limit_exceeded"}), RateLimited, id="ramp limit"
        ),
        pytest.param(
            error(429, "rate_limit_error", details={"error_code": "contract_spend_limit_reached"}),
            QuotaExhausted,
            id="contract's spend limit",
        ),
        pytest.param(
            error(400, "invalid_request_error", "thing 3000 > 2000", details={"error_code": "organization_on_hold"}),
            BadRequest,
            id="a 400 with a code of its own",
        ),
        pytest.param(Reply(status=400, body=b"<html>"), BadRequest, id="a 400 of a proxy"),
    ],
)
def test_codes_and_types_decide(reply: Reply, expected: type[LLMError]) -> None:
    with Replies(reply) as server, pytest.raises(LLMError) as caught:
        server.keep(AnthropicLLM(CLAUDE, api_key="any", base_url=server.url)).complete(
            Request(system="", question="Why?")
        )

    assert type(caught.value) is expected
