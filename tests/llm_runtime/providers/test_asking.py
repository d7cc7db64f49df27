"""One deadline for all that a question needs, on a clock that is set by hand."""

from __future__ import annotations

import pytest

from llm_runtime.errors import BadRequest, RateLimited, TimedOut
from llm_runtime.messages import Request
from llm_runtime.providers.asking import Rejected, Reply, ask, seconds_for
from llm_runtime.providers.deadlines import seconds_left, within
from llm_runtime.providers.failures import Address, failure
from tests.llm_runtime.doubles import FakeClock

ADDRESS = Address(provider="openai", model="m", key_variable="K", base_url_variable="U", secret="s")
FINE = Reply("fine", {})


class Picky:
    """Takes three seconds for each answer and refuses all forms but one."""

    def __init__(self, clock: FakeClock, taken: str, kind: type[BadRequest | RateLimited] = BadRequest) -> None:
        self.clock, self.taken, self.kind = clock, taken, kind
        self.asked: list[tuple[str, float, float | None]] = []

    def send(self, form: str, seconds: float) -> Reply:
        self.asked.append((form, seconds, seconds_left()))
        self.clock.advance(3)
        if form == self.taken:
            return FINE
        raise Rejected(failure(self.kind, ADDRESS, status=400), said=f"no {form}")


def plainer(form: str, rejected: Rejected) -> tuple[str, ...]:
    assert rejected.said == f"no {form}"
    return {"rich": ("plain",), "plain": ("rich", "poor"), "poor": ("rich",)}[form]


def test_the_second_question_has_what_the_first_one_left() -> None:
    clock = FakeClock()
    server = Picky(clock, "poor")

    assert ask("rich", server.send, plainer, seconds=10, address=ADDRESS, clock=clock) == ("poor", FINE)
    assert server.asked == [("rich", 10, 10), ("plain", 7, 7), ("poor", 4, 4)]
    assert seconds_left() is None


def test_nothing_is_asked_when_the_time_is_over() -> None:
    clock = FakeClock()
    server = Picky(clock, "poor")

    with pytest.raises(TimedOut):
        ask("rich", server.send, plainer, seconds=6, address=ADDRESS, clock=clock)

    assert [form for form, *_ in server.asked] == ["rich", "plain"]


def test_a_request_without_any_time_is_not_sent() -> None:
    server = Picky(FakeClock(), "rich")

    with pytest.raises(TimedOut):
        ask("rich", server.send, plainer, seconds=0, address=ADDRESS)

    assert server.asked == []


def test_no_form_is_tried_twice() -> None:
    server = Picky(FakeClock(), "none")

    with pytest.raises(BadRequest):
        ask("rich", server.send, plainer, seconds=60, address=ADDRESS, clock=server.clock)

    assert [form for form, *_ in server.asked] == ["rich", "plain", "poor"]


def test_what_is_no_refusal_of_the_form_is_told_at_once() -> None:
    server = Picky(FakeClock(), "plain", RateLimited)

    with pytest.raises(RateLimited):
        ask("rich", server.send, plainer, seconds=60, address=ADDRESS, clock=server.clock)

    assert len(server.asked) == 1


def test_an_inner_deadline_does_not_outlive_its_block() -> None:
    clock = FakeClock()

    with within(10, clock):
        with within(2, clock):
            inner = seconds_left()
        outer = seconds_left()

    assert (inner, outer, seconds_left()) == (2, 10, None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [pytest.param(None, 120, id="none"), pytest.param(5, 5, id="shorter"), pytest.param(600, 120, id="longer")],
)
def test_the_shorter_timeout_counts(wanted: float | None, expected: float) -> None:
    assert seconds_for(Request(system="", question="", timeout_seconds=wanted), 120) == expected
