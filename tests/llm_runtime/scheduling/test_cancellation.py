from __future__ import annotations

import threading

import pytest

from llm_runtime.errors import Cancelled
from llm_runtime.scheduling.cancellation import Cancellation


def test_nothing_is_begun_afterwards() -> None:
    cancellation = Cancellation()
    cancellation.check()
    cancellation.cancel()
    begun = False

    with pytest.raises(Cancelled), cancellation.waking(threading.Event()):
        begun = True

    assert not begun
    with pytest.raises(Cancelled):
        cancellation.check()


def test_who_waits_is_woken_and_told() -> None:
    cancellation, event = Cancellation(), threading.Event()

    with pytest.raises(Cancelled), cancellation.waking(event):
        cancellation.cancel()

    assert event.is_set()


def test_who_waits_no_more_is_left_alone() -> None:
    cancellation, event = Cancellation(), threading.Event()
    with cancellation.waking(event):
        pass

    cancellation.cancel()

    assert not event.is_set()


def test_an_error_within_the_wait_is_not_hidden() -> None:
    cancellation = Cancellation()

    def interrupted() -> None:
        with cancellation.waking(threading.Event()):
            cancellation.cancel()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
