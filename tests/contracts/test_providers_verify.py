"""Whether a vendor takes the key and has the model, asked of every provider in the same cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest

from llm_runtime.catalog import MODELS
from llm_runtime.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    LLMError,
    ModelNotFound,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from llm_runtime.messages import Request
from llm_runtime.providers import PROVIDERS, ProviderLLM, verifying
from tests.contracts.vendors import FAKES, KEY
from tests.fakes import models
from tests.fakes.models import Answer, Catalogue, says
from tests.fakes.vendor import FakeVendor

Start = Callable[..., tuple[FakeVendor, ProviderLLM]]


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def vendor(provider: str) -> Iterator[Start]:
    """Starts the provider's fake and builds its first model, or the one that is named, on it."""
    with ExitStack() as running:

        def start(name: str = "", *, timeout: float = 10.0, **fake: Any) -> tuple[FakeVendor, ProviderLLM]:
            server = running.enter_context(FAKES[provider](**fake))
            llm = _built(provider, server.base_url, name, timeout)
            return server, running.enter_context(closing(llm))

        yield start


def test_a_model_that_the_vendor_has_is_described_in_one_exchange_that_asks_it_nothing(vendor: Start) -> None:
    fake, llm = vendor(key=KEY)

    llm.verify()

    (request,) = fake.requests
    assert request.method == "GET"
    assert request.path.endswith(f"/models/{llm.spec.name}")
    assert (request.body, fake.asked) == (b"", [])


def test_a_wrong_key_is_named_by_its_variable(vendor: Start, provider: str) -> None:
    _, llm = vendor(key="another-key")

    with pytest.raises(AuthenticationFailed, match=f"check {PROVIDERS[provider].key_variables[0]}") as caught:
        llm.verify()

    assert KEY not in str(caught.value)


def test_a_key_that_cannot_stand_in_a_header_is_refused_before_anything_is_sent(provider: str) -> None:
    spec = next(spec for spec in MODELS if spec.provider == provider)
    with (
        FAKES[provider]() as fake,
        closing(PROVIDERS[provider].build(spec, api_key="sk-a\nsk-b", base_url=fake.base_url, timeout=10)) as llm,
        pytest.raises(AuthenticationFailed),
    ):
        llm.verify()

    assert fake.requests == []


def test_a_model_that_is_not_there_is_told_with_the_one_of_the_list_that_is_called_almost_the_same(
    vendor: Start, provider: str
) -> None:
    _, llm = vendor("house-model-3", models=["house-model-2", "something-else"])

    with pytest.raises(ModelNotFound, match=f"did you mean {provider}/house-model-2") as caught:
        llm.verify()

    assert (caught.value.provider, caught.value.model, caught.value.status) == (provider, "house-model-3", 404)
    assert len(str(caught.value).splitlines()) == 1


def test_our_own_catalogue_suggests_nothing_that_the_server_does_not_have(vendor: Start, provider: str) -> None:
    known = next(spec.name for spec in MODELS if spec.provider == provider)
    _, llm = vendor(f"{known}x", models=["something-else"])

    with pytest.raises(ModelNotFound) as caught:
        llm.verify()

    assert "did you mean" not in str(caught.value)


def test_a_server_that_only_lists_is_asked_for_its_list(vendor: Start) -> None:
    fake, llm = vendor("house-model", models=["other", "house-model"], catalogue=Catalogue.LIST)

    llm.verify()

    assert [request.path.rpartition("/")[2] for request in fake.requests] == ["house-model", "models"]


def test_a_model_that_the_list_leaves_out_is_not_there(vendor: Start) -> None:
    _, llm = vendor("house-model", models=["other"], catalogue=Catalogue.LIST)

    with pytest.raises(ModelNotFound):
        llm.verify()


def test_of_a_server_that_tells_of_no_models_nothing_can_be_said(vendor: Start) -> None:
    fake, llm = vendor("house-model", catalogue=Catalogue.NONE)

    llm.verify()

    assert len(fake.requests) == 2


@pytest.mark.parametrize(
    ("answer", "expected", "status"),
    [
        pytest.param(models.WrongKey(), AuthenticationFailed, None, id="wrong key"),
        pytest.param(models.Forbidden(), AuthenticationFailed, 403, id="403"),
        pytest.param(models.RateLimited(retry_after=2.5), RateLimited, 429, id="429"),
        pytest.param(models.QuotaExhausted(), QuotaExhausted, 429, id="429 quota exhausted"),
        pytest.param(models.Fails(402), QuotaExhausted, 402, id="402"),
        pytest.param(models.Fails(500), ServerFailed, 500, id="500"),
        pytest.param(models.Fails(503), Overloaded, 503, id="503"),
        pytest.param(models.Fails(504), TimedOut, 504, id="504"),
        pytest.param(models.CutShort(), ConnectionFailed, None, id="cut in the middle of the body"),
        pytest.param(models.Garbled(), ServerFailed, None, id="a 200 that is not JSON"),
        pytest.param(models.Garbled("[]"), ServerFailed, None, id="a 200 that is no object"),
        pytest.param(models.Garbled(""), ServerFailed, None, id="a 200 without a body"),
    ],
)
def test_each_failure_has_the_class_and_the_line_that_a_question_gets(
    vendor: Start, answer: Answer, expected: type[LLMError], status: int | None
) -> None:
    # A list of none would make the empty one a missing model.
    _, llm = vendor(looks=answer, catalogue=Catalogue.SINGLE)

    with pytest.raises(LLMError) as caught:
        llm.verify()

    error = caught.value
    assert type(error) is expected
    assert status is None or error.status == status
    assert (error.provider, error.model) == (llm.spec.provider, llm.spec.name)
    assert str(error).startswith(llm.spec.id)
    assert len(str(error).splitlines()) == 1
    assert "sk-" not in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(models.Hangs(), id="hangs"),
        pytest.param(models.Stalls(), id="hangs after the head"),
        pytest.param(models.Dribbles(), id="sends a byte now and then"),
    ],
)
def test_whatever_a_server_does_it_ends_in_time(vendor: Start, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "VERIFIED_WITHIN_SECONDS", 0.25)
    _, llm = vendor(looks=answer, timeout=60)
    started = time.monotonic()

    with pytest.raises(TimedOut):
        llm.verify()

    assert 0.2 < time.monotonic() - started < 5


def test_a_shorter_timeout_of_the_provider_holds_too(vendor: Start) -> None:
    _, llm = vendor(looks=models.Hangs(), timeout=0.2)

    with pytest.raises(TimedOut):
        llm.verify()


def test_nobody_listening_is_a_failed_connection(provider: str) -> None:
    with FAKES[provider]() as fake:
        address = fake.base_url

    with (
        closing(_built(provider, address)) as llm,
        pytest.raises(ConnectionFailed, match=PROVIDERS[provider].base_url_variable),
    ):
        llm.verify()


def test_a_model_can_be_asked_after_it_was_looked_at(vendor: Start) -> None:
    _, llm = vendor(answers=says("fine"))

    llm.verify()

    assert llm.complete(Request(system="", question="Why?")).text == "fine"


def _built(provider: str, address: str, name: str = "", timeout: float = 10.0) -> ProviderLLM:
    spec = next(spec for spec in MODELS if spec.provider == provider)
    spec = replace(spec, name=name or spec.name)
    return PROVIDERS[provider].build(spec, api_key=KEY, base_url=address, timeout=timeout)
