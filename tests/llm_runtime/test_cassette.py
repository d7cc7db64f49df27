"""Cassettes over the real SDKs: what was asked once is answered again without a vendor."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from llm_runtime.builder import LLMBuilder
from llm_runtime.cassette import Cassette, RecordingLLM, ReplayingLLM, digest
from llm_runtime.catalog import find
from llm_runtime.credentials import Credential
from llm_runtime.errors import (
    AllModelsExhausted,
    Attempt,
    BadRequest,
    Cancelled,
    ContextTooLong,
    LLMError,
    MalformedOutput,
    NotRecorded,
    RateLimited,
    TruncatedOutput,
    WouldWaitTooLong,
)
from llm_runtime.messages import Effort, Exchange, Request
from llm_runtime.runtime import Runtime
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini import FakeGemini
from tests.fakes.models import says
from tests.fakes.openai import FakeOpenAI
from tests.fakes.vendor import FakeVendor
from tests.llm_runtime.doubles import ScriptedLLM, completion, spec

KEY = "sk-a-key-that-nobody-may-see"
QUESTION = Request(
    system="Review.",
    context=("The code.",),
    question="What is wrong?",
    schema={
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    },
    effort=Effort.LOW,
)


@pytest.mark.parametrize(
    ("vendor", "model"),
    [
        pytest.param(FakeOpenAI, "openai/gpt-6.1-sol", id="openai"),
        pytest.param(FakeAnthropic, "anthropic/claude-opus-5-5", id="anthropic"),
        pytest.param(FakeGemini, "gemini/gemini-4-argon", id="gemini"),
    ],
)
def test_a_recorded_answer_is_replayed_exactly_and_the_vendor_is_not_asked_again(
    vendor: Callable[..., FakeVendor], model: str, tmp_path: Path
) -> None:
    cassette = Cassette(tmp_path / "cassette")
    with vendor(says({"a": "x"}, input=50, output=7)) as server:
        credential = Credential(api_key=KEY, base_url=server.base_url)
        runtime = Runtime({find(model).provider: credential})
        with LLMBuilder(runtime=runtime).with_primary(model).build() as llm:
            first = RecordingLLM(llm, cassette).complete(QUESTION)
            second = RecordingLLM(llm, cassette).complete(QUESTION)
        asked = len(server.asked)
    replayed = ReplayingLLM(find(model), Cassette(tmp_path / "cassette")).complete(QUESTION)

    assert asked == 1
    assert replace(second, feedback=None) == replayed == replace(first, feedback=None)
    assert replayed.calls[0].cost_usd is not None
    (file,) = (tmp_path / "cassette").iterdir()
    assert KEY not in file.read_text(encoding="utf-8")
    assert "What is wrong?" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ContextTooLong("too long", provider="openai", model="m", status=400), id="context"),
        pytest.param(BadRequest("form", provider="openai", model="m", status=400), id="bad request"),
        pytest.param(TruncatedOutput("cut", provider="openai", model="m", completion=completion("{")), id="truncated"),
        pytest.param(MalformedOutput("no JSON", provider="openai", model="m"), id="malformed"),
        pytest.param(RateLimited("slow", provider="openai", model="m", status=429, retry_after=3.5), id="limit"),
        pytest.param(WouldWaitTooLong("later", eta=70.0, provider="openai", model="m"), id="wait"),
        pytest.param(
            AllModelsExhausted(
                "all failed",
                attempts=(Attempt(model="openai/m", error=RateLimited("slow"), seconds=2.0, cost_usd=None),),
            ),
            id="all of them",
        ),
    ],
)
def test_a_failure_is_replayed_as_the_same_failure(error: LLMError, tmp_path: Path) -> None:
    cassette = Cassette(tmp_path)
    with pytest.raises(type(error)):
        RecordingLLM(ScriptedLLM(spec(), error), cassette).complete(QUESTION)

    with pytest.raises(type(error)) as caught:
        ReplayingLLM(spec(), cassette).complete(QUESTION)

    assert str(caught.value) == str(error)
    seen, meant = ({name: str(value) for name, value in vars(each).items()} for each in (caught.value, error))
    if isinstance(error, AllModelsExhausted) and isinstance(caught.value, AllModelsExhausted):
        assert [(each.model, str(each.error)) for each in caught.value.attempts] == [("openai/m", "slow")]
        seen.pop("attempts")
        meant.pop("attempts")
    assert seen == meant


def test_a_failure_that_may_pass_is_asked_again_where_somebody_can_be_asked(tmp_path: Path) -> None:
    llm = RecordingLLM(ScriptedLLM(spec(), RateLimited("slow"), completion("fine")), Cassette(tmp_path))
    with pytest.raises(RateLimited):
        llm.complete(QUESTION)

    assert llm.complete(QUESTION).text == "fine"


def test_what_nobody_wanted_any_more_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        RecordingLLM(ScriptedLLM(spec(), Cancelled("stopped")), Cassette(tmp_path)).complete(QUESTION)

    assert list(tmp_path.iterdir()) == []


def test_a_replay_without_the_answer_says_so_and_notes_what_is_missing(tmp_path: Path) -> None:
    cassette = Cassette(tmp_path / "nothing")

    with pytest.raises(NotRecorded, match="without --replay"):
        ReplayingLLM(spec(), cassette).complete(QUESTION)

    assert cassette.missing == [digest(spec(), QUESTION)]


def test_a_file_of_another_format_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / f"{digest(spec(), QUESTION)}.json").write_text(json.dumps({"format": 99}), encoding="utf-8")

    assert Cassette(tmp_path).find(digest(spec(), QUESTION)) is None


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(QUESTION, system="Review well."), id="system"),
        pytest.param(replace(QUESTION, context=("The", "code.")), id="context"),
        pytest.param(replace(QUESTION, question="Why?"), id="question"),
        pytest.param(replace(QUESTION, schema=None), id="schema"),
        pytest.param(replace(QUESTION, effort=Effort.HIGH), id="effort"),
        pytest.param(replace(QUESTION, max_output_tokens=5), id="output"),
        pytest.param(replace(QUESTION, exchanges=(Exchange("a", "b"),)), id="rounds"),
    ],
)
def test_another_question_has_another_digest(other: Request) -> None:
    assert digest(spec(), other) != digest(spec(), QUESTION)


def test_another_model_has_another_digest_and_another_patience_has_not() -> None:
    assert digest(spec("gpt-6-sol"), QUESTION) != digest(spec(), QUESTION)
    assert digest(spec(), replace(QUESTION, timeout_seconds=3.0, shared=True)) == digest(spec(), QUESTION)
