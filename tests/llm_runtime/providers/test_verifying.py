"""Whether a server has a model: what the single vendors and the servers that resemble them do differently."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from llm_runtime.errors import AuthenticationFailed, LLMError, ModelNotFound, ServerFailed, TimedOut
from llm_runtime.providers.anthropic import AnthropicLLM
from llm_runtime.providers.asking import Rejected
from llm_runtime.providers.deadlines import seconds_left
from llm_runtime.providers.failures import Address, failure
from llm_runtime.providers.gemini import GeminiLLM
from llm_runtime.providers.openai import OpenAILLM
from llm_runtime.providers.verifying import verify
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini import FakeGemini
from tests.fakes.models import Catalogue
from tests.fakes.openai import FakeOpenAI
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply
from tests.llm_runtime.doubles import FakeClock, spec

ADDRESS = Address(provider="openai", model="m", key_variable="K", base_url_variable="U", secret="s")
SINGLE, LIST = "/v1/models/house-model", "/v1/models"
NOT_FOUND = json_reply({"detail": "Not Found"}, status=404)
# As OpenAI words it; the status is 401 or 403.
MAY_NOT_LOOK = {
    "error": {
        "message": "You have insufficient permissions for this operation. Missing scopes: api.model.read.",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
}
UNKNOWN = {"error": {"message": "The model does not exist", "type": "invalid_request_error", "code": "model_not_found"}}


class Server(FakeServer):
    """Answers each path in its own way, and 404 to all others."""

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        super().__init__()
        self._replies = replies

    def answer(self, request: Incoming) -> Reply:
        return self._replies.get(request.path, NOT_FOUND)


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param({LIST: json_reply({"data": [{"id": "house-model"}]})}, id="only a list"),
        pytest.param({LIST: json_reply([{"id": "house-model"}])}, id="a list that stands alone"),
        pytest.param({LIST: json_reply({"data": [{"id": "house-model:latest"}]})}, id="Ollama's name of the newest"),
        pytest.param(
            {
                SINGLE: json_reply({"error": "Unexpected endpoint or method."}),
                LIST: json_reply({"data": [{"id": "house-model"}]}),
            },
            id="LM Studio's 200 for an address that it does not have",
        ),
        pytest.param({SINGLE: Reply(status=501), LIST: Reply(status=501)}, id="Python's server without GET"),
        pytest.param({SINGLE: Reply(status=405), LIST: Reply(status=405)}, id="nothing but POST"),
        pytest.param({SINGLE: json_reply(MAY_NOT_LOOK, status=403)}, id="a key that may not look, 403"),
        pytest.param({SINGLE: json_reply(MAY_NOT_LOOK, status=401)}, id="a key that may not look, 401"),
    ],
)
def test_nothing_speaks_against_asking(replies: Mapping[str, Reply]) -> None:
    with Server(replies) as server:
        _openai(server).verify()

        assert server.requests


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        pytest.param(
            {SINGLE: json_reply(UNKNOWN, status=404)}, ModelNotFound, id="a code says so and there is no list"
        ),
        pytest.param(
            {SINGLE: json_reply(UNKNOWN, status=404), LIST: json_reply({}, status=500)},
            ModelNotFound,
            id="a code says so and the list fails",
        ),
        pytest.param({LIST: json_reply({"data": None})}, ModelNotFound, id="a server without any model"),
        pytest.param({SINGLE: json_reply({"error": "what?"})}, ServerFailed, id="a 200 of something else, no list"),
        pytest.param({LIST: Reply(body=b"<html>Log in</html>")}, ServerFailed, id="a login page for a list"),
        pytest.param({LIST: json_reply({"data": [{"name": "m"}]})}, ServerFailed, id="a list of something else"),
        pytest.param({LIST: json_reply({}, status=401)}, AuthenticationFailed, id="a list behind a key"),
        pytest.param({LIST: json_reply({}, status=502)}, ServerFailed, id="a list that fails"),
    ],
)
def test_what_the_list_does_not_settle_is_told(replies: Mapping[str, Reply], expected: type[LLMError]) -> None:
    with Server(replies) as server:
        llm = _openai(server)

        with pytest.raises(LLMError) as caught:
            llm.verify()

    assert type(caught.value) is expected


def test_a_name_with_a_slash_is_found_in_the_list() -> None:
    with FakeOpenAI(models=["house/model"], compatible=True) as server:
        llm = server.keep(OpenAILLM(spec("house/model"), api_key="", base_url=server.base_url))

        llm.verify()

    assert [request.path for request in server.requests] == ["/v1/models/house%2Fmodel", LIST]


def test_a_model_that_anthropic_has_retired_is_not_there() -> None:
    with FakeAnthropic(models=["claude-old"]) as fake:
        fake.retired = frozenset({"claude-old"})
        llm = fake.keep(AnthropicLLM(spec("claude-old", "anthropic"), api_key="k", base_url=fake.base_url))

        with pytest.raises(ModelNotFound, match="it is retired"):
            llm.verify()


def test_an_anthropic_gateway_may_list_as_openai_does() -> None:
    with Server({LIST: json_reply({"object": "list", "data": [{"id": "m", "object": "model"}]})}) as gateway:
        llm = gateway.keep(AnthropicLLM(spec("m", "anthropic"), api_key="k", base_url=gateway.url))

        llm.verify()

    assert [request.path for request in gateway.requests] == ["/v1/models/m", LIST]


def test_a_model_of_geminis_that_only_embeds_is_none_to_ask() -> None:
    with FakeGemini(models=["gemini-embedding-2"]) as fake:
        llm = fake.keep(GeminiLLM(spec("gemini-embedding-2", "gemini"), api_key="k", base_url=fake.base_url))

        with pytest.raises(ModelNotFound, match="generateContent"):
            llm.verify()


def test_all_pages_of_geminis_list_are_read() -> None:
    class Paged(FakeGemini):
        def answer(self, request: Incoming) -> Reply:
            if request.path != "/v1beta/models":
                return super().answer(request)
            if "pageToken" in request.query:
                return json_reply({"models": [{"name": "models/house-model"}]})
            return json_reply({"models": [{"name": "models/other"}], "nextPageToken": "2"})

    with Paged(catalogue=Catalogue.LIST) as fake:
        llm = fake.keep(GeminiLLM(spec("house-model", "gemini"), api_key="k", base_url=fake.base_url))

        llm.verify()

    assert len(fake.requests) == 3


def test_the_list_has_what_the_description_left_of_ten_seconds() -> None:
    clock = FakeClock()
    given: list[tuple[float, float | None]] = []

    def describe(seconds: float) -> None:
        given.append((seconds, seconds_left()))
        clock.advance(3)
        raise Rejected(failure(ModelNotFound, ADDRESS, status=404), said="")

    def names(seconds: float) -> Collection[str]:
        given.append((seconds, seconds_left()))
        return ("m",)

    verify(describe, names, timeout=120, address=ADDRESS, clock=clock)

    assert given == [(10, 10), (7, 7)]


@pytest.mark.parametrize(
    ("unknown", "expected"), [pytest.param(False, TimedOut, id="open"), pytest.param(True, ModelNotFound, id="known")]
)
def test_no_list_is_asked_for_when_the_time_is_over(unknown: bool, expected: type[LLMError]) -> None:
    clock = FakeClock()

    def describe(seconds: float) -> None:
        clock.advance(seconds)
        raise Rejected(failure(ModelNotFound, ADDRESS, status=404), said="", model_unknown=unknown)

    with pytest.raises(expected):
        verify(describe, _never, timeout=5, address=ADDRESS, clock=clock)


def _never(seconds: float) -> Collection[str]:
    raise AssertionError(seconds)


def _openai(server: FakeServer) -> OpenAILLM:
    return server.keep(OpenAILLM(spec("house-model"), api_key="sk-key", base_url=f"{server.url}/v1"))
