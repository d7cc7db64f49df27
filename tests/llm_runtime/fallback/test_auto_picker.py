from __future__ import annotations

import pytest

from llm_runtime.errors import (
    AllModelsExhausted,
    AuthenticationFailed,
    BadRequest,
    BudgetExceeded,
    ContextTooLong,
    LLMError,
    MalformedOutput,
    ModelNotFound,
    RateLimited,
    Refused,
    TruncatedOutput,
)
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.messages import Call, Effort, Request
from tests.llm_runtime.doubles import ScriptedLLM, completion, spec

REQUEST = Request(system="Be brief.", question="Why?", max_output_tokens=9_000, effort=Effort.HIGH)
FIRST, SECOND = spec("first"), spec("second", "anthropic", output=4_000, effort=False)


def failing(kind: type[LLMError], name: str) -> LLMError:
    error = kind(f"{name} says no")
    error.calls = (Call(provider="any", model=name, error=kind.__name__),)
    return error


def test_the_primary_answers_alone_when_it_can() -> None:
    second = ScriptedLLM(SECOND, completion("second"))
    llm = AutoPickerLLM(ScriptedLLM(FIRST, completion("first")), [second])

    assert (llm.spec, llm.complete(REQUEST).text, second.requests) == (FIRST, "first", [])


@pytest.mark.parametrize(
    "kind",
    [RateLimited, AuthenticationFailed, ModelNotFound, ContextTooLong, Refused, MalformedOutput, TruncatedOutput],
)
def test_another_model_stands_in_and_every_attempt_is_kept(kind: type[LLMError]) -> None:
    llm = AutoPickerLLM(ScriptedLLM(FIRST, failing(kind, "first")), [ScriptedLLM(SECOND, completion("second"))])

    answer = llm.complete(REQUEST)

    assert answer.text == "second"
    assert [call.error for call in answer.calls] == [kind.__name__]


def test_each_model_gets_a_request_that_fits_it() -> None:
    first, second = ScriptedLLM(FIRST, failing(RateLimited, "first")), ScriptedLLM(SECOND, completion())

    AutoPickerLLM(first, [second]).complete(REQUEST)

    asked = [(request.max_output_tokens, request.effort) for llm in (first, second) for request in llm.requests]
    assert asked == [(9_000, Effort.HIGH), (4_000, None)]


@pytest.mark.parametrize("kind", [BadRequest, BudgetExceeded])
def test_what_no_other_model_can_cure_is_raised_at_once_with_the_calls_so_far(kind: type[LLMError]) -> None:
    third = ScriptedLLM(FIRST, completion())
    llm = AutoPickerLLM(
        ScriptedLLM(FIRST, failing(RateLimited, "first")), [ScriptedLLM(SECOND, failing(kind, "second")), third]
    )

    with pytest.raises(kind) as caught:
        llm.complete(REQUEST)

    assert [call.model for call in caught.value.calls] == ["first", "second"]
    assert third.requests == []


def test_a_provider_that_refused_the_key_is_not_asked_for_another_model() -> None:
    same, other = ScriptedLLM(spec("sibling"), completion()), ScriptedLLM(SECOND, completion("other"))
    wrong_key = AuthenticationFailed("wrong key", status=401)

    answer = AutoPickerLLM(ScriptedLLM(FIRST, wrong_key), [same, other]).complete(REQUEST)

    assert (answer.text, same.requests) == ("other", [])


def test_a_key_that_may_not_use_a_model_may_use_another_of_the_same_provider() -> None:
    forbidden = AuthenticationFailed("not this model", status=403)

    sibling = ScriptedLLM(spec("sibling"), completion("sibling"))

    assert AutoPickerLLM(ScriptedLLM(FIRST, forbidden), [sibling]).complete(REQUEST).text == "sibling"


def test_an_answer_in_the_wrong_form_goes_back_to_whoever_can_have_it_repaired() -> None:
    second = ScriptedLLM(SECOND, completion())
    wrong = MalformedOutput("no JSON", completion=completion("Looks good!"))

    with pytest.raises(MalformedOutput):
        AutoPickerLLM(ScriptedLLM(FIRST, wrong), [second]).complete(REQUEST)

    assert second.requests == []


def test_when_none_answers_every_cause_is_told() -> None:
    llm = AutoPickerLLM(
        ScriptedLLM(FIRST, failing(RateLimited, "first")), [ScriptedLLM(SECOND, failing(Refused, "second"))]
    )

    with pytest.raises(AllModelsExhausted, match="first says no; second says no") as caught:
        llm.complete(REQUEST)

    assert [type(cause) for cause in caught.value.causes] == [RateLimited, Refused]
    assert [call.model for call in caught.value.calls] == ["first", "second"]


def test_a_single_model_raises_its_own_error() -> None:
    with pytest.raises(Refused, match="first says no") as caught:
        AutoPickerLLM(ScriptedLLM(FIRST, failing(Refused, "first"))).complete(REQUEST)

    assert [call.model for call in caught.value.calls] == ["first"]
