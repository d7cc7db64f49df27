from __future__ import annotations

import inspect
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.cost.metered import MeteredLLM
from llm_runtime.errors import (
    AllModelsExhausted,
    AuthenticationFailed,
    BadRequest,
    BudgetExceeded,
    Cancelled,
    ContextTooLong,
    LedgerUnavailable,
    LLMError,
    MalformedOutput,
    ModelNotFound,
    Overloaded,
    RateLimited,
    Refused,
    TimedOut,
    TruncatedOutput,
)
from llm_runtime.events import FellBack
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.messages import Effort, Exchange, Request
from tests.llm_runtime.doubles import FakeClock, ScriptedLLM, completion, spec
from tests.llm_runtime.fallback.doubles import Fallbacks, ScheduledDouble, answering, failing

REQUEST = Request(system="Be brief.", question="Why?", max_output_tokens=9_000, effort=Effort.HIGH)
FIRST, SECOND = spec("first"), spec("second", "anthropic", output=4_000, effort=False)
THIRD = spec("third", "gemini")


def test_the_primary_answers_alone_when_it_can() -> None:
    second = answering(SECOND)
    llm = AutoPickerLLM(answering(FIRST), [second])

    assert (llm.spec, llm.complete(REQUEST).text, second.requests) == (FIRST, FIRST.id, [])


@pytest.mark.parametrize(
    "kind",
    [RateLimited, AuthenticationFailed, ModelNotFound, ContextTooLong, Refused, MalformedOutput, TruncatedOutput],
)
def test_another_model_stands_in_and_every_attempt_is_kept(kind: type[LLMError]) -> None:
    llm = AutoPickerLLM(ScheduledDouble(FIRST, failing(kind, "first")), [answering(SECOND)])

    answer = llm.complete(REQUEST)

    assert answer.text == SECOND.id
    assert [call.error for call in answer.calls] == [kind.__name__]


def test_each_model_gets_the_request_as_it_was_made_and_fits_it_to_itself() -> None:
    first, second = ScheduledDouble(FIRST, failing(RateLimited)), answering(SECOND)

    AutoPickerLLM(first, [second]).complete(REQUEST)

    assert (first.requests, second.requests) == ([REQUEST], [REQUEST])


@pytest.mark.parametrize("kind", [BadRequest, BudgetExceeded, LedgerUnavailable, Cancelled])
def test_what_no_other_model_can_cure_is_raised_at_once_with_the_calls_so_far(kind: type[LLMError]) -> None:
    third = answering(THIRD)
    llm = AutoPickerLLM(
        ScheduledDouble(FIRST, failing(RateLimited, "first")), [ScheduledDouble(SECOND, failing(kind, "second")), third]
    )

    with pytest.raises(kind) as caught:
        llm.complete(REQUEST)

    assert [call.model for call in caught.value.calls] == ["first", "second"]
    assert third.requests == []


def test_a_provider_that_refused_the_key_is_not_asked_for_another_model() -> None:
    same, other = answering(spec("sibling")), answering(SECOND)
    wrong_key = AuthenticationFailed("wrong key", status=401)

    answer = AutoPickerLLM(ScheduledDouble(FIRST, wrong_key), [same, other]).complete(REQUEST)

    assert (answer.text, same.requests) == (SECOND.id, [])


def test_a_key_that_may_not_use_a_model_may_use_another_of_the_same_provider() -> None:
    forbidden = AuthenticationFailed("not this model", status=403)
    sibling = spec("sibling")

    assert AutoPickerLLM(ScheduledDouble(FIRST, forbidden), [answering(sibling)]).complete(REQUEST).text == sibling.id


def test_an_answer_in_the_wrong_form_goes_back_to_whoever_can_have_it_repaired() -> None:
    second = answering(SECOND)
    wrong = MalformedOutput("no JSON", completion=completion("Looks good!"))

    with pytest.raises(MalformedOutput):
        AutoPickerLLM(ScheduledDouble(FIRST, wrong), [second]).complete(REQUEST)

    assert second.requests == []


def test_a_second_answer_in_the_wrong_form_goes_to_another_model_with_what_was_said_of_the_first() -> None:
    second = answering(SECOND)
    wrong = MalformedOutput("no JSON", completion=completion("Looks good!"))
    repair = replace(REQUEST, exchanges=(Exchange(answer="Looks good!", reply="Answer in JSON."),))

    answer = AutoPickerLLM(ScheduledDouble(FIRST, wrong), [second]).complete(repair)

    assert (answer.text, second.requests) == (SECOND.id, [repair])


def test_when_none_answers_every_attempt_is_told_with_its_own_time_and_cost() -> None:
    clock = FakeClock()
    first = ScheduledDouble(FIRST, failing(Refused, "first", cost="0.02"), clock=clock, seconds=3.0)
    second = ScheduledDouble(SECOND, failing(Refused, "second", cost="0.01"), clock=clock, seconds=2.0)
    third = ScheduledDouble(THIRD, failing(TimedOut, "third"), clock=clock, seconds=5.0)

    with pytest.raises(AllModelsExhausted, match="first says no; second says no; third says no") as caught:
        AutoPickerLLM(first, [second, third], clock=clock).complete(REQUEST)

    exhausted = caught.value
    assert [type(cause) for cause in exhausted.causes] == [Refused, Refused, TimedOut]
    assert [call.model for call in exhausted.calls] == ["first", "second", "third"]
    assert [(attempt.model, attempt.seconds, attempt.cost_usd) for attempt in exhausted.attempts] == [
        (FIRST.id, 3.0, Decimal("0.02")),
        (SECOND.id, 2.0, Decimal("0.01")),
        (THIRD.id, 5.0, None),
    ]


def test_an_attempt_that_sent_nothing_cost_nothing() -> None:
    waiting = [ScheduledDouble(model, RateLimited("no room")) for model in (FIRST, SECOND)]

    with pytest.raises(AllModelsExhausted) as caught:
        AutoPickerLLM(waiting[0], waiting[1:]).complete(REQUEST)

    assert [attempt.cost_usd for attempt in caught.value.attempts] == [Decimal(0), Decimal(0)]


def test_a_single_model_raises_its_own_error() -> None:
    with pytest.raises(Refused, match="first says no") as caught:
        AutoPickerLLM(ScheduledDouble(FIRST, failing(Refused, "first"))).complete(REQUEST)

    assert [call.model for call in caught.value.calls] == ["first"]


def test_an_observer_hears_who_stands_in_for_whom_and_why() -> None:
    heard = Fallbacks()
    second = ScheduledDouble(SECOND, failing(Refused))

    AutoPickerLLM(ScheduledDouble(FIRST, failing(Overloaded)), [second, answering(THIRD)], observer=heard).complete(
        REQUEST
    )

    assert heard.seen == [
        FellBack(failed=FIRST.id, chosen=SECOND.id, error="Overloaded"),
        FellBack(failed=SECOND.id, chosen=THIRD.id, error="Refused"),
    ]


def test_a_layer_that_falls_back_itself_adds_its_attempts_and_is_judged_by_its_last_one() -> None:
    heard = Fallbacks()
    inner = AutoPickerLLM(ScheduledDouble(FIRST, failing(TimedOut)), [ScheduledDouble(SECOND, failing(RateLimited))])
    outer = AutoPickerLLM(
        ScheduledDouble(FIRST, inner.complete), [ScheduledDouble(THIRD, failing(Refused))], observer=heard
    )

    with pytest.raises(AllModelsExhausted) as caught:
        outer.complete(REQUEST)

    assert [attempt.model for attempt in caught.value.attempts] == [FIRST.id, SECOND.id, THIRD.id]
    assert heard.seen == [FellBack(failed=SECOND.id, chosen=THIRD.id, error="RateLimited")]


@pytest.mark.parametrize(
    "unscheduled",
    [
        pytest.param(ScriptedLLM(SECOND, completion()), id="a provider"),
        pytest.param(
            MeteredLLM(ScriptedLLM(SECOND, completion()), CostCalculator(FakeClock()), FakeClock()), id="only metered"
        ),
        pytest.param(AutoPickerLLM(answering(SECOND)), id="another picker"),
    ],
)
def test_an_llm_that_keeps_no_limits_of_its_own_is_refused_as_primary_and_as_fallback(unscheduled: Any) -> None:
    with pytest.raises(
        TypeError, match=r"anthropic/second is a .*LLM, which keeps no limits .* wrap it in a Scheduled"
    ):
        AutoPickerLLM(unscheduled)
    with pytest.raises(TypeError, match="anthropic/second"):
        AutoPickerLLM(answering(FIRST), [unscheduled])


def test_its_constructor_takes_neither_limits_nor_retries_nor_backoff() -> None:
    taken = set(inspect.signature(AutoPickerLLM).parameters)

    assert taken == {
        *("primary", "fallbacks", "strategy", "clock", "observer", "context"),
        *("calculator", "affordable", "timeout_seconds"),
    }
