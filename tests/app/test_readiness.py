from __future__ import annotations

import os
import queue
from contextlib import closing

from app.readiness import ReadyPipe, tell

SECONDS = 20.0


def test_all_are_ready_when_each_has_told_and_it_is_said_once() -> None:
    said: queue.SimpleQueue[str] = queue.SimpleQueue()
    with closing(ReadyPipe()) as pipe:
        pipe.when(2, lambda: said.put("ready"))
        for name in ("1", "1", "2"):
            tell(os.dup(pipe.writing_end), name)
        assert said.get(timeout=SECONDS) == "ready"
        tell(os.dup(pipe.writing_end), "2")

    assert said.empty()


def test_nobody_is_ready_who_has_not_told() -> None:
    said: list[str] = []

    with closing(ReadyPipe()) as pipe:
        pipe.when(2, lambda: said.append("ready"))
        for _ in range(2):
            tell(os.dup(pipe.writing_end), "1")

    assert said == []


def test_a_parent_that_is_gone_does_not_keep_a_worker_from_its_work() -> None:
    reading_end, writing_end = os.pipe()
    os.close(reading_end)

    tell(writing_end, "1")
