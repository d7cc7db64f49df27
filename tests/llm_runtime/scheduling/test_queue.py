from __future__ import annotations

from contextlib import ExitStack

import pytest

from llm_runtime.messages import Usage
from llm_runtime.scheduling.ledger import Answer, Ask, Priority, Wait
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.limits import LimitKey, RateLimits, Shape
from llm_runtime.scheduling.proactive import ProactiveRateLimitScheduler
from llm_runtime.scheduling.queue import LocalQueue, LocalQueues
from llm_runtime.scheduling.strategy import Estimate
from tests.llm_runtime.doubles import FakeClock

KEY = LimitKey(provider="anthropic", credential="c0ffee", model="claude-opus-5-5")
TOKENS = RateLimits(input_tokens_per_minute=10_000, shape=Shape(token_burst=1))
LARGE = Estimate(input_tokens=9_000, output_tokens=100, output_limit=4_000)
PERSON, WORKER = Priority.INTERACTIVE, Priority.BACKGROUND


def test_who_is_first_in_line_is_woken_and_nobody_else() -> None:
    queue = LocalQueue()

    with queue.sleeping(WORKER, 7, 0) as later, queue.sleeping(WORKER, 3, 0) as first:
        queue.tell()

        assert (first.is_set(), later.is_set()) == (True, False)


def test_a_person_is_woken_before_who_came_earlier() -> None:
    queue = LocalQueue()

    with queue.sleeping(WORKER, 3, 0) as worker, queue.sleeping(PERSON, 7, 0) as person:
        queue.tell()

        assert (person.is_set(), worker.is_set()) == (True, False)


def test_the_news_go_on_to_the_next_once_the_first_was_granted() -> None:
    queue = LocalQueue()

    with queue.sleeping(WORKER, 7, 0) as later:
        with queue.sleeping(WORKER, 3, 0):
            queue.tell()
        assert not later.is_set()
        queue.pass_on()

        assert later.is_set()


def test_who_asked_after_the_news_is_not_woken_for_them() -> None:
    queue = LocalQueue()
    queue.tell()

    with queue.sleeping(WORKER, 3, queue.news()) as sleeper:
        queue.pass_on()

        assert not sleeper.is_set()


def test_what_was_told_between_the_ledgers_answer_and_the_sleep_is_not_missed() -> None:
    queue = LocalQueue()
    before = queue.news()
    queue.tell()

    with queue.sleeping(WORKER, 3, before) as sleeper:
        assert sleeper.is_set()


def test_who_left_is_not_woken_in_place_of_others() -> None:
    queue = LocalQueue()

    with ExitStack() as stack:
        stack.enter_context(queue.sleeping(WORKER, 1, 0))
        stack.pop_all().close()
        with queue.sleeping(WORKER, 2, 0) as sleeper:
            queue.tell()

            assert sleeper.is_set()


def test_a_key_has_one_queue() -> None:
    queues = LocalQueues()

    assert queues.of(KEY) is queues.of(KEY)


def test_tokens_that_come_back_before_the_sleep_begins_are_not_slept_through() -> None:
    """The answer to another call comes just after the ledger has said that the window is full."""
    clock = FakeClock()

    class Answering(MemoryLedger):
        def reserve(self, ask: Ask) -> Answer:
            answer = super().reserve(ask)
            if isinstance(answer, Wait) and first.ask.ticket in answered:
                answered.clear()
                scheduler.settle(first, Usage(input_tokens=100, output_tokens=10), None)
            return answer

    answered: set[str] = set()
    scheduler = ProactiveRateLimitScheduler(KEY, TOKENS, Answering(clock), clock=clock)
    first = scheduler.reserve(LARGE, deadline=1e9)
    answered.add(first.ask.ticket)

    second = scheduler.reserve(LARGE, deadline=1e9)

    assert second.waited_seconds == pytest.approx(0)
