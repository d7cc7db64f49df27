from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_runtime import errors
from llm_runtime.errors import ConnectionFailed, LLMError, Overloaded, RateLimited, ServerFailed, TimedOut
from llm_runtime.scheduling.backoff import Backoff, FinalAttempt, GiveUp, History, RetryAfter

FAR = 1e9


def decide(error: LLMError, attempts: int, *, chance: float = 1.0, **fields: float) -> object:
    history = History(deadline=fields.pop("deadline", FAR), attempts=attempts, failed_at=0.0)
    return Backoff().should_retry_after_error(error, history, fields.pop("now", 0.0), chance=chance)


@pytest.mark.parametrize("kind", [Overloaded, ServerFailed, TimedOut, ConnectionFailed])
def test_what_passes_soon_is_tried_again_after_one_two_and_four_seconds(kind: type[errors.ModelUnavailable]) -> None:
    assert [decide(kind("x"), attempts) for attempts in (1, 2, 3)] == [RetryAfter(1), RetryAfter(2), RetryAfter(4)]


def test_the_jitter_is_full() -> None:
    assert [decide(Overloaded("x"), 3, chance=chance) for chance in (0.0, 0.25)] == [RetryAfter(0), RetryAfter(1)]


def test_a_rate_limit_is_waited_for_exactly_as_long_as_the_vendor_says() -> None:
    assert decide(RateLimited("x", retry_after=7.25), 2, chance=0.3) == RetryAfter(7.25)


def test_a_rate_limit_without_a_word_is_waited_for_by_whole_windows() -> None:
    waits = [decide(RateLimited("x"), attempts, chance=0.3) for attempts in (1, 2, 3)]

    assert waits == [RetryAfter(60), RetryAfter(120), RetryAfter(240)]


def test_the_final_attempt_comes_ninety_seconds_after_the_last_failure() -> None:
    assert decide(Overloaded("x"), 4, now=30.0) == FinalAttempt(60.0)
    assert decide(Overloaded("x", retry_after=75.0), 4, now=30.0) == FinalAttempt(75.0)


def test_nothing_follows_the_final_attempt() -> None:
    history = History(deadline=FAR, attempts=5, final=True)

    assert Backoff().should_retry_after_error(Overloaded("x"), history, 0.0, chance=0.5) == GiveUp()


def test_no_wait_ends_after_the_deadline() -> None:
    assert decide(RateLimited("x", retry_after=10), 1, deadline=10.0) == GiveUp()
    assert decide(RateLimited("x", retry_after=10), 1, deadline=10.1) == RetryAfter(10)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"max_retries": -1}, id="fewer than no retries"),
        pytest.param({"soon_seconds": ()}, id="no wait after overload"),
        pytest.param({"window_seconds": ()}, id="no wait after a rate limit"),
        pytest.param({"window_seconds": (60.0, -1.0)}, id="a wait into the past"),
        pytest.param({"quiet_seconds": -1.0}, id="a silence in the past"),
    ],
)
def test_a_backoff_that_makes_no_sense_is_refused_when_it_is_made(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a backoff"):
        Backoff(**fields)


@pytest.mark.parametrize("kind", [Overloaded, RateLimited])
def test_a_vendor_that_says_at_once_is_believed(kind: type[errors.ModelUnavailable]) -> None:
    assert decide(kind("x", retry_after=0.0), 2) == RetryAfter(0.0)


@pytest.mark.parametrize("error", [Overloaded("x"), RateLimited("x")])
def test_the_last_of_the_waits_repeats(error: LLMError) -> None:
    patient, history = Backoff(max_retries=9), History(deadline=FAR, attempts=8)

    assert patient.should_retry_after_error(error, history, 0.0, chance=1.0) == RetryAfter(
        4.0 if isinstance(error, Overloaded) else 240.0
    )


def test_after_a_long_silence_the_final_attempt_is_made_at_once() -> None:
    assert decide(Overloaded("x"), 4, now=500.0) == FinalAttempt(0.0)


@pytest.mark.parametrize(
    "error",
    [
        errors.QuotaExhausted("x"),
        errors.AuthenticationFailed("x"),
        errors.ModelNotFound("x"),
        errors.WouldWaitTooLong("x", eta=1),
        errors.CircuitOpen("x"),
        errors.BadRequest("x"),
        errors.ContextTooLong("x"),
        errors.RequestTooLarge("x"),
        errors.Refused("x"),
        errors.MalformedOutput("x"),
        errors.TruncatedOutput("x"),
        errors.BudgetExceeded("x"),
        errors.LedgerUnavailable("x"),
        errors.Cancelled("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_does_not_pass_by_waiting_is_not_repeated(error: LLMError) -> None:
    assert decide(error, 1) == GiveUp()


PASSING = st.builds(
    lambda kind, after: kind("x", retry_after=after),
    st.sampled_from([RateLimited, Overloaded, ServerFailed, TimedOut, ConnectionFailed]),
    st.none() | st.floats(0, 5_000),
)


@given(
    script=st.lists(st.tuples(PASSING, st.floats(0, 300)), min_size=12, max_size=12),
    max_retries=st.integers(0, 8),
    deadline=st.floats(0, 3_000),
    chance=st.floats(0, 1),
)
def test_it_ends_for_every_sequence_of_errors(
    script: list[tuple[errors.ModelUnavailable, float]], max_retries: int, deadline: float, chance: float
) -> None:
    backoff = Backoff(max_retries=max_retries)
    history, now, attempts, waits_end = History(deadline=deadline), 0.0, 0, [0.0]

    for error, seconds in script:
        attempts += 1
        now += seconds
        final = history.final
        history = history.failed(now)
        decision = backoff.should_retry_after_error(error, history, now, chance=chance)
        if isinstance(decision, GiveUp):
            break
        now += decision.seconds
        waits_end.append(now)
        assert not final
        history = History(
            deadline=deadline,
            attempts=history.attempts,
            failed_at=history.failed_at,
            final=isinstance(decision, FinalAttempt),
        )

    assert isinstance(decision, GiveUp)
    assert attempts <= max_retries + 2
    assert all(end < deadline for end in waits_end[1:])


def test_the_final_attempt_is_made_where_a_retry_would_come_after_the_deadline() -> None:
    assert decide(RateLimited("x"), 3, deadline=200.0) == FinalAttempt(90.0)
    assert decide(RateLimited("x"), 3, deadline=90.0) == GiveUp()


def test_nothing_is_waited_for_beyond_the_longest_wait() -> None:
    def within(longest: float, error: LLMError) -> object:
        history = History(deadline=FAR, attempts=2, failed_at=0.0)
        return Backoff().should_retry_after_error(error, history, 0.0, chance=1.0, longest=longest)

    assert within(120.0, RateLimited("x")) == RetryAfter(120.0)
    assert within(119.0, RateLimited("x")) == FinalAttempt(90.0)
    assert within(89.0, RateLimited("x")) == GiveUp()
    assert within(1.0, Overloaded("x")) == GiveUp()
