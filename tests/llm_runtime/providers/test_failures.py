from __future__ import annotations

import pytest

from llm_runtime.errors import (
    AuthenticationFailed,
    BadRequest,
    ContextTooLong,
    LLMError,
    ModelNotFound,
    RateLimited,
    ServerFailed,
)
from llm_runtime.messages import Request
from llm_runtime.providers.failures import Address, by_status, failure, is_too_long
from tests.llm_runtime.doubles import spec

SECRET = "q1w2e3r4t5y6u7i8o9p0"
ADDRESS = Address(
    provider="openai",
    model="gpt-6.1-sol",
    key_variable="OPENAI_API_KEY",
    base_url_variable="OPENAI_BASE_URL",
    secret=SECRET,
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("prompt is too long: 208310 tokens > 200000 maximum", True, id="anthropic"),
        pytest.param(
            "input length and `max_tokens` exceed context limit: 188240 + 8192 > 195000, decrease input length",
            True,
            id="anthropic, with the output",
        ),
        pytest.param(
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", True, id="gemini"
        ),
        pytest.param(
            "This model's maximum context length is 8192 tokens. However, you requested 12,288 tokens (4096 in the "
            "messages, 8192 in the completion).",
            True,
            id="vllm",
        ),
        pytest.param("max_tokens: 8192 > 4096, which is the maximum allowed", False, id="our output limit is too high"),
        pytest.param(
            "max_tokens: 8192 > 4096, the maximum for claude-opus-4-20250514", False, id="a date in a model's name"
        ),
        pytest.param("messages.0.content.12: invalid", False, id="an index"),
        pytest.param("rate 50 of 60 in v1.1024.2048", False, id="small numbers and versions"),
        pytest.param("Your credit balance is too low.", False, id="no numbers"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_sizes_in_a_message_tell_a_request_that_is_too_long(said: str, expected: bool) -> None:
    assert is_too_long(said, Request(system="", question="Why?", max_output_tokens=8_192), spec()) is expected


def test_a_request_beyond_the_window_is_too_long_whatever_is_said() -> None:
    request = Request(system="", question="word " * 2_000, max_output_tokens=500)

    assert is_too_long("", request, spec(window=2_400)) is True
    assert is_too_long("", request, spec(window=2_600)) is False


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(400, BadRequest, id="400"),
        pytest.param(401, AuthenticationFailed, id="401"),
        pytest.param(413, ContextTooLong, id="413"),
        pytest.param(418, BadRequest, id="another 4xx"),
        pytest.param(307, ServerFailed, id="a redirect that leads nowhere"),
        pytest.param(599, ServerFailed, id="another 5xx"),
    ],
)
def test_a_status_stands_for_an_error(status: int, expected: type[LLMError]) -> None:
    assert by_status(status) is expected


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("Too much.\nprompt: def f()", "Too much.", id="the first line"),
        pytest.param(f"Key {SECRET} is wrong.", "Key *** is wrong.", id="the key itself"),
        pytest.param("Key sk-proj-ab**********yz is wrong.", "Key *** is wrong.", id="a masked key"),
        pytest.param("Key AIzaSyD-1234567890 is wrong.", "Key *** is wrong.", id="a key of Google's"),
        pytest.param(f"Got '{'x' * 60}' there.", "Got … there.", id="a long quotation"),
        pytest.param("a\x1b[31m b\x00", "a[31m b", id="control characters"),
        pytest.param("long " * 100, ("long " * 40)[:199] + "…", id="a long line"),
    ],
)
def test_what_a_provider_says_is_shown_short_and_without_secrets(said: str, shown: str) -> None:
    error = failure(BadRequest, ADDRESS, status=400, said=said)

    assert str(error).endswith(f"(status 400): {shown}")


def test_what_a_provider_says_of_a_key_is_not_shown() -> None:
    assert str(failure(AuthenticationFailed, ADDRESS, status=401, said="Key abc is wrong.")) == (
        "openai/gpt-6.1-sol: the key is refused, or may not use this model; check OPENAI_API_KEY (status 401)"
    )


def test_a_wait_is_told_to_people_and_to_the_program() -> None:
    error = failure(RateLimited, ADDRESS, status=429, retry_after=2.5)

    assert isinstance(error, RateLimited)
    assert error.retry_after == 2.5
    assert "try again in 2.5 s" in str(error)


def test_a_slip_in_a_models_name_is_seen() -> None:
    address = Address(provider="gemini", model="gemini-4-agron", key_variable="K", base_url_variable="U", secret="s")

    assert "did you mean gemini/gemini-4-argon?" in str(failure(ModelNotFound, address, status=404))


def test_a_known_model_that_is_not_there_is_not_taken_for_a_slip() -> None:
    assert "did you mean" not in str(failure(ModelNotFound, ADDRESS, status=404))


def test_the_key_is_not_in_the_representation_of_an_address() -> None:
    assert SECRET not in repr(ADDRESS)
