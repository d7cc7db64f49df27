from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.app.processes import Caller, Running, door, is_running, knocked, pause, port_of, running
from tests.app.test_turns import eventually


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with door() as listener:
        yield listener


@pytest.fixture
def supervised(listener: socket.socket) -> Iterator[tuple[Running, dict[str, Caller]]]:
    """Parts ``first`` and ``second``, and who supervises them."""
    with (
        running("-m", "tests.app.supervised", "supervise", str(port_of(listener)), "first", "second") as parent,
        ExitStack() as stack,
    ):
        callers = [stack.enter_context(knocked(listener)) for _ in range(2)]
        yield parent, {caller.says: caller for caller in callers}


Supervised = tuple[Running, dict[str, Caller]]


def test_parts_stop_in_the_opposite_order(supervised: Supervised) -> None:
    parent, parts = supervised
    parent.hear("everything runs")
    pause(parts["second"].horse)
    parent.process.terminate()
    assert is_running(parts["first"].horse)
    os.kill(parts["second"].horse, signal.SIGCONT)
    parts["second"].wait_for_the_end()
    parts["first"].wait_for_the_end()

    assert parent.process.wait(20) == 0
    assert parent.rest() == "quartet: everything has stopped\n"


def test_a_part_that_dies_is_started_again_and_the_others_stay(supervised: Supervised, listener: socket.socket) -> None:
    parent, parts = supervised
    os.kill(parts["second"].horse, signal.SIGKILL)

    with knocked(listener) as again:
        assert again.says == "second"
        assert is_running(parts["first"].horse)
    parent.hear("second was killed (SIGKILL); it is started again in 0.5 s")


def test_a_part_that_ends_is_started_again_after_a_longer_pause_each_time(
    supervised: Supervised, listener: socket.socket
) -> None:
    parent, parts = supervised
    parts["second"].line.sendall(b"3")
    with knocked(listener) as again:
        again.line.sendall(b"0")

    parent.hear("second has ended with status 3; it is started again in 0.5 s")
    parent.hear("second has ended with status 0; it is started again in 1 s")


def test_a_part_that_cannot_run_stops_everything(supervised: Supervised) -> None:
    parent, parts = supervised
    parts["first"].line.sendall(b"2")

    parent.hear("first cannot run, for the reason above; everything is stopped")
    assert parent.process.wait(20) == 2
    assert not is_running(parts["second"].horse)


def test_parts_end_with_their_supervisor(supervised: Supervised) -> None:
    parent, parts = supervised
    parent.end(signal.SIGKILL)

    for part in parts.values():
        part.wait_for_the_end()


def test_a_second_signal_kills_what_does_not_end(supervised: Supervised) -> None:
    parent, parts = supervised
    parent.hear("everything runs")
    pause(parts["second"].horse)
    parent.process.send_signal(signal.SIGINT)
    # Signals of one kind that come before the first is heard are one; this one is of another kind.
    parent.process.send_signal(signal.SIGTERM)

    assert parent.process.wait(20) == 0
    assert eventually(lambda: not any(is_running(part.horse) for part in parts.values()))
