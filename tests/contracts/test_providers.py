"""One table of answers over every provider: whoever is asked, the same things happen."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from llm_runtime.catalog import MODELS
from llm_runtime.errors import (
    AnswerUnusable,
    AuthenticationFailed,
    BadRequest,
    ConnectionFailed,
    ContextTooLong,
    LLMError,
    MalformedOutput,
    ModelNotFound,
    ModelUnavailable,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    Refused,
    ServerFailed,
    TimedOut,
    TruncatedOutput,
)
from llm_runtime.llm import LLM
from llm_runtime.messages import Effort, Exchange, Request, StopReason, Usage
from llm_runtime.providers import PROVIDERS
from tests.contracts.vendors import FAKES, KEY
from tests.fakes import models
from tests.fakes.models import Answer, Answers, Asked, says
from tests.fakes.vendor import FakeVendor

SCHEMA = {
    "type": "object",
    "properties": {
        "findings": {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": 80}},
        "minLength": {"type": ["integer", "null"], "description": "A property that is called like a keyword."},
    },
    "required": ["findings", "minLength"],
    "additionalProperties": False,
}
REQUEST = Request(
    system="You review code.", context=("The diff.", "The guidance."), question="Which lines?", schema=SCHEMA
)
ANSWER = {"findings": ["one"], "minLength": None}

Start = Callable[..., tuple[FakeVendor, LLM]]


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def vendor(provider: str) -> Iterator[Start]:
    """Starts the provider's fake with a script and builds the provider's first model on it."""
    with ExitStack() as running:

        def start(answers: Answers, *, timeout: float = 10.0) -> tuple[FakeVendor, LLM]:
            fake = running.enter_context(FAKES[provider](answers))
            spec = next(spec for spec in MODELS if spec.provider == provider)
            return fake, fake.keep(
                PROVIDERS[provider].build(spec, api_key=KEY, base_url=fake.base_url, timeout=timeout)
            )

        yield start


def test_every_provider_has_a_fake_and_samples() -> None:
    samples = {path.name for path in (Path(__file__).parent.parent / "samples").iterdir() if any(path.iterdir())}

    assert set(PROVIDERS) == set(FAKES)
    assert samples >= set(PROVIDERS)


@pytest.mark.parametrize(
    ("answer", "expected", "status"),
    [
        pytest.param(says(""), MalformedOutput, 200, id="an empty answer"),
        pytest.param(says("I found nothing."), MalformedOutput, 200, id="prose instead of JSON"),
        pytest.param(says('{"findings": ['), MalformedOutput, 200, id="broken JSON"),
        pytest.param(says("[1, 2]"), MalformedOutput, 200, id="JSON of another kind"),
        pytest.param(models.Truncated(), TruncatedOutput, 200, id="cut by length"),
        pytest.param(models.Refuses(), Refused, 200, id="refused"),
        pytest.param(models.CallsTool(), MalformedOutput, 200, id="a tool call"),
        pytest.param(models.Garbled(), ServerFailed, None, id="a 200 that is not JSON"),
        pytest.param(models.Garbled("[]"), ServerFailed, None, id="a 200 that is no object"),
        pytest.param(models.Garbled('{"hello": "world"}'), ServerFailed, None, id="a 200 of another API"),
        pytest.param(models.Garbled(""), ServerFailed, None, id="a 200 without a body"),
        pytest.param(models.BadRequest("Invalid value."), BadRequest, 400, id="400"),
        pytest.param(models.BadRequest("Line 1.\nLine 2."), BadRequest, 400, id="400 in several lines"),
        pytest.param(models.ContextTooLong(), ContextTooLong, 400, id="400 context too long"),
        pytest.param(models.WrongKey(), AuthenticationFailed, None, id="wrong key"),
        pytest.param(models.Forbidden(), AuthenticationFailed, 403, id="403"),
        pytest.param(models.NoSuchModel(), ModelNotFound, 404, id="404 model"),
        pytest.param(models.RateLimited(), RateLimited, 429, id="429"),
        pytest.param(models.RateLimited(retry_after=2.5), RateLimited, 429, id="429 with retry-after"),
        pytest.param(models.QuotaExhausted(), QuotaExhausted, 429, id="429 quota exhausted"),
        pytest.param(models.Fails(402), QuotaExhausted, 402, id="402"),
        pytest.param(models.Fails(408), TimedOut, 408, id="408"),
        pytest.param(models.Fails(413), ContextTooLong, 413, id="413"),
        pytest.param(models.Fails(422), BadRequest, 422, id="422"),
        pytest.param(models.Fails(500), ServerFailed, 500, id="500"),
        pytest.param(models.Fails(502), ServerFailed, 502, id="502"),
        pytest.param(models.Fails(503), Overloaded, 503, id="503"),
        pytest.param(models.Fails(504), TimedOut, 504, id="504"),
        pytest.param(models.Fails(529), Overloaded, 529, id="529"),
        pytest.param(models.CutShort(), ConnectionFailed, None, id="cut in the middle of the body"),
    ],
)
def test_each_failure_has_its_class_and_is_one_line_without_secrets_and_is_not_tried_again(
    vendor: Start, answer: Answer, expected: type[LLMError], status: int | None
) -> None:
    fake, llm = vendor(answer)

    with pytest.raises(expected) as caught:
        llm.complete(REQUEST)

    error = caught.value
    assert type(error) is expected
    assert status is None or error.status == status
    assert (error.provider, error.model) == (llm.spec.provider, llm.spec.name)
    assert str(error).startswith(llm.spec.id)
    assert len(str(error).splitlines()) == 1
    assert "sk-" not in str(error)
    assert REQUEST.question not in str(error)
    assert len(fake.requests) == 1


def test_no_answer_in_time_is_a_timeout(vendor: Start) -> None:
    fake, llm = vendor(models.Hangs(), timeout=0.2)

    with pytest.raises(TimedOut):
        llm.complete(REQUEST)

    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(models.Hangs(), id="hangs"),
        pytest.param(models.Stalls(), id="hangs after the head"),
        pytest.param(models.Dribbles(), id="sends a byte now and then"),
        pytest.param(models.Dribbles(pause=0.001), id="sends bytes all the time"),
    ],
)
def test_whatever_a_server_does_a_call_ends_within_the_requests_time(vendor: Start, answer: Answer) -> None:
    fake, llm = vendor(answer, timeout=30)
    started = time.monotonic()

    with pytest.raises(TimedOut):
        llm.complete(replace(REQUEST, timeout_seconds=0.25))

    assert 0.2 < time.monotonic() - started < 5
    assert len(fake.requests) == 1


def test_a_slow_answer_that_is_complete_in_time_is_taken(vendor: Start) -> None:
    _, llm = vendor(models.Dribbles(pause=0.0001), timeout=30)

    assert llm.complete(Request(system="", question="Why?", timeout_seconds=20)).text == "fine"


def test_the_deadline_of_one_call_is_not_that_of_the_next_on_the_same_connection(vendor: Start) -> None:
    _, llm = vendor(says("fine"), timeout=30)
    llm.complete(Request(system="", question="Why?", timeout_seconds=2))

    assert llm.complete(Request(system="", question="Why?", timeout_seconds=25)).text == "fine"
    assert llm.complete(Request(system="", question="Why?")).text == "fine"


def test_a_request_whose_time_is_over_is_not_sent(vendor: Start) -> None:
    fake, llm = vendor(says("fine"))

    with pytest.raises(TimedOut):
        llm.complete(replace(REQUEST, timeout_seconds=0))

    assert fake.requests == []


def test_nobody_listening_is_a_failed_connection(provider: str) -> None:
    spec = next(spec for spec in MODELS if spec.provider == provider)
    with FAKES[provider]() as fake:
        address = fake.base_url

    with (
        closing(PROVIDERS[provider].build(spec, api_key=KEY, base_url=address, timeout=10)) as llm,
        pytest.raises(ConnectionFailed, match=PROVIDERS[provider].base_url_variable) as caught,
    ):
        llm.complete(REQUEST)

    assert not caught.value.sent


@pytest.mark.parametrize("wait", [None, 2.5, 40.0])
def test_the_wait_that_a_provider_asks_for_is_known(vendor: Start, wait: float | None) -> None:
    _, llm = vendor(models.RateLimited(retry_after=wait))

    with pytest.raises(ModelUnavailable) as caught:
        llm.complete(REQUEST)

    assert caught.value.retry_after == wait


def test_a_wrong_key_is_named_by_its_variable(provider: str) -> None:
    spec = next(spec for spec in MODELS if spec.provider == provider)
    with FAKES[provider](key="the-right-key") as fake:
        llm = fake.keep(PROVIDERS[provider].build(spec, api_key=KEY, base_url=fake.base_url, timeout=10))

        with pytest.raises(AuthenticationFailed, match=f"check {PROVIDERS[provider].key_variables[0]}"):
            llm.complete(REQUEST)


@pytest.mark.parametrize("key", ["sk-\u043a\u043b\u044e\u0447", "sk a", "sk-a\nsk-b", "sk-\x00"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_before_anything_is_sent(provider: str, key: str) -> None:
    spec = next(spec for spec in MODELS if spec.provider == provider)
    with FAKES[provider]() as fake:
        llm = fake.keep(PROVIDERS[provider].build(spec, api_key=key, base_url=fake.base_url, timeout=10))

        with pytest.raises(AuthenticationFailed, match=f"check {PROVIDERS[provider].key_variables[0]}"):
            llm.complete(REQUEST)

    assert fake.requests == []


def test_the_line_end_that_a_file_left_behind_a_key_is_not_part_of_it(provider: str) -> None:
    spec = next(spec for spec in MODELS if spec.provider == provider)
    with FAKES[provider](says("fine"), key=KEY) as fake:
        llm = fake.keep(PROVIDERS[provider].build(spec, api_key=f"{KEY}\n", base_url=fake.base_url, timeout=10))

        assert llm.complete(Request(system="", question="Why?")).text == "fine"


def test_bytes_that_are_not_utf8_do_not_stop_a_question(vendor: Start) -> None:
    fake, llm = vendor(says("fine"))
    latin = b"caf\xe9 \xf0\x9f\x98\x80".decode("utf-8", "surrogateescape")

    llm.complete(Request(system=latin, context=(latin,), question=latin, exchanges=(Exchange(latin, latin),)))

    (asked,) = fake.asked
    assert (asked.system, asked.rounds) == ("caf\ufffd \U0001f600", (("caf\ufffd \U0001f600",) * 2,))
    assert asked.prompt == "caf\ufffd \U0001f600\n\ncaf\ufffd \U0001f600"


def test_the_question_arrives_whole_and_in_the_order_that_caches_serve(
    vendor: Start,
) -> None:
    fake, llm = vendor(says(ANSWER))

    llm.complete(
        Request(
            system="You review code.",
            context=("The diff.", "The guidance."),
            question="Which lines?",
            schema=SCHEMA,
            max_output_tokens=1_234,
            effort=Effort.LOW,
            exchanges=(Exchange("nonsense", "That was no JSON."), Exchange("", "That was nothing.")),
        )
    )

    (asked,) = fake.asked
    assert (asked.model, asked.system) == (llm.spec.name, "You review code.")
    assert asked.prompt == "The diff.\n\nThe guidance.\n\nWhich lines?"
    assert asked.rounds == (("nonsense", "That was no JSON."), ("(no answer)", "That was nothing."))
    assert (asked.max_output_tokens, asked.effort) == (1_234, "low")
    assert asked.schema is not None
    assert set(asked.schema["properties"]) == {"findings", "minLength"}


def test_a_model_is_never_asked_for_more_output_than_it_gives(vendor: Start) -> None:
    fake, llm = vendor(says("fine"))

    llm.complete(Request(system="", question="Why?", max_output_tokens=10_000_000))

    assert fake.asked[0].max_output_tokens == llm.spec.max_output_tokens
    assert (fake.asked[0].system, fake.asked[0].schema, fake.asked[0].effort) == ("", None, None)


def test_tokens_are_counted_alike(vendor: Start, provider: str) -> None:
    written = 0 if provider == "gemini" else 30
    _, llm = vendor(says(ANSWER, input=1_000, cached=600, cache_write=written, output=200, reasoning=150))

    completion = llm.complete(REQUEST)

    assert completion.usage == Usage(
        input_tokens=1_000,
        cached_input_tokens=600,
        cache_write_tokens=written,
        output_tokens=200,
        reasoning_tokens=150,
    )
    assert (completion.provider, completion.model) == (provider, llm.spec.name)
    assert (completion.stop_reason, json.loads(completion.text)) == (StopReason.END, ANSWER)


def test_what_an_unusable_answer_cost_is_known(vendor: Start) -> None:
    _, llm = vendor(models.Truncated(spent=models.Spent(input=500, output=300)))

    with pytest.raises(AnswerUnusable) as caught:
        llm.complete(REQUEST)

    assert caught.value.completion is not None
    assert caught.value.completion.usage == Usage(input_tokens=500, output_tokens=300)


def test_free_text_is_passed_on_as_it_is(vendor: Start) -> None:
    _, llm = vendor(says("  Well, ```no```.\n"))

    assert llm.complete(Request(system="", question="Why?")).text == "  Well, ```no```.\n"


def test_one_instance_serves_many_threads_at_once(vendor: Start) -> None:
    together = threading.Barrier(8, timeout=10)

    def echo(asked: Asked) -> Answer:
        together.wait()
        return says(f"you said {asked.question}")

    _, llm = vendor(echo)
    questions = [f"question {number}" for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: llm.complete(Request(system="", question=text)).text, questions))

    assert answers == [f"you said {question}" for question in questions]
