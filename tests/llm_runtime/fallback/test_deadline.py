from __future__ import annotations

from dataclasses import replace

import pytest

from llm_runtime.errors import AllModelsExhausted, Overloaded, TimedOut
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.messages import Request
from tests.llm_runtime.doubles import FakeClock, spec
from tests.llm_runtime.fallback.doubles import ScheduledDouble, answering, failing

REQUEST = Request(system="Be brief.", question="Why?")
FIRST, SECOND, THIRD = spec("first"), spec("second", "anthropic"), spec("third", "gemini")


def test_each_model_gets_what_is_left_of_the_time() -> None:
    clock = FakeClock()
    first = ScheduledDouble(FIRST, failing(Overloaded), clock=clock, seconds=40.0)
    second = answering(SECOND)

    AutoPickerLLM(first, [second], clock=clock, timeout_seconds=100.0).complete(REQUEST)

    assert [request.timeout_seconds for request in (*first.requests, *second.requests)] == [100.0, 60.0]


@pytest.mark.parametrize(
    ("own", "asked", "left"),
    [
        pytest.param(100.0, 30.0, 30.0, id="the request is in more of a hurry"),
        pytest.param(20.0, 30.0, 20.0, id="the request would wait longer"),
        pytest.param(None, 30.0, 30.0, id="only the request has a deadline"),
        pytest.param(None, None, None, id="nobody has one"),
    ],
)
def test_the_shorter_of_two_deadlines_counts(own: float | None, asked: float | None, left: float | None) -> None:
    first = answering(FIRST)

    AutoPickerLLM(first, clock=FakeClock(), timeout_seconds=own).complete(replace(REQUEST, timeout_seconds=asked))

    assert [request.timeout_seconds for request in first.requests] == [left]


def test_once_the_time_is_used_up_no_other_model_is_asked_and_the_error_says_so() -> None:
    clock = FakeClock()
    first = ScheduledDouble(FIRST, failing(Overloaded, "first"), clock=clock, seconds=60.0)
    second = ScheduledDouble(SECOND, failing(TimedOut, "second"), clock=clock, seconds=40.0)
    third = answering(THIRD)

    with pytest.raises(AllModelsExhausted, match="gemini/third was not asked: there was no time left") as caught:
        AutoPickerLLM(first, [second, third], clock=clock, timeout_seconds=100.0).complete(REQUEST)

    assert [attempt.model for attempt in caught.value.attempts] == [FIRST.id, SECOND.id]
    assert third.requests == []


@pytest.mark.parametrize("seconds", [0.0, -5.0])
def test_a_request_that_comes_after_its_deadline_is_not_asked_at_all(seconds: float) -> None:
    first = answering(FIRST)

    with pytest.raises(TimedOut, match="after its deadline"):
        AutoPickerLLM(first, [answering(SECOND)]).complete(replace(REQUEST, timeout_seconds=seconds))

    assert first.requests == []


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_a_deadline_without_any_time_is_refused_at_once(seconds: float) -> None:
    with pytest.raises(ValueError, match="allow more"):
        AutoPickerLLM(answering(FIRST), timeout_seconds=seconds)
