from __future__ import annotations

from app.web.setup.states import SECONDS, States


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_state_is_taken_once() -> None:
    states = States()
    state = states.give("mona")

    assert [states.take(state, "mona"), states.take(state, "mona")] == [True, False]


def test_a_state_is_for_one_browser() -> None:
    states = States()

    assert not states.take(states.give("mona"), "hubot")


def test_a_browser_without_a_name_has_none() -> None:
    states = States()

    assert not states.take(states.give(""), "")


def test_a_state_of_another_process_is_none() -> None:
    assert not States().take(States().give("mona"), "mona")


def test_a_state_is_good_for_an_hour() -> None:
    watch = Watch()
    states = States(now=watch)
    early, late = states.give("mona"), states.give("mona")

    watch.seconds = SECONDS - 1
    assert states.take(early, "mona")
    watch.seconds = SECONDS
    assert not states.take(late, "mona")


def test_asking_without_end_fills_no_memory() -> None:
    states = States()
    first = states.give("mona")
    for _ in range(1_000):
        last = states.give("mona")

    assert not states.take(first, "mona")
    assert states.take(last, "mona")
