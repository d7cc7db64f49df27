"""Several processes at one store: at once, killed in the middle, and forked."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import pytest

from app.store.store import Store, open_store
from tests.app.store import writers
from tests.app.store.conftest import begin
from tests.builders import finding

_SPAWN = multiprocessing.get_context("spawn")
_SECONDS = 50.0


def run_together(target: Callable[..., None], count: int, *arguments: Any) -> list[Any]:
    """What each of several processes says in the end."""
    barrier = _SPAWN.Barrier(count)
    pipes, processes = [], []
    for number in range(count):
        mine, theirs = _SPAWN.Pipe()
        own = (number,) if target is writers.write_much else ()
        processes.append(_SPAWN.Process(target=target, args=(*arguments, *own, barrier, theirs)))
        processes[-1].start()
        theirs.close()
        pipes.append(mine)
    said = [heard(pipe) for pipe in pipes]
    for process, pipe in zip(processes, pipes, strict=True):
        process.join(_SECONDS)
        assert process.exitcode == 0
        process.close()
        pipe.close()
    return said


def heard(pipe: Connection) -> Any:
    assert pipe.poll(_SECONDS)
    return pipe.recv()


def test_processes_that_open_a_new_store_at_once_make_its_tables_once(url: str) -> None:
    assert run_together(writers.open_at_once, 4, url) == ["opened"] * 4

    with open_store(url) as store:
        assert len(store.reviews_of("octo/app", 7)) == 4


def test_processes_and_threads_that_write_at_once_all_get_through(url: str) -> None:
    assert run_together(writers.write_much, 3, url) == ["written"] * 3

    with open_store(url) as store:
        reviewed = store.reviewed("octo/app", 7)
        assert len(reviewed.by["security:1f"]) == 3 * 2 * writers.ANSWERS + 1
        assert len(reviewed.findings) == 3 * 2 * writers.ANSWERS
        assert len(store.dispositions("octo/app")) == 3 * 2 * writers.ANSWERS + 1


def test_of_processes_that_claim_a_reply_at_once_one_has_it(url: str) -> None:
    claimed = run_together(writers.claim_replies, 3, url)

    assert sorted(comment for comments in claimed for comment in comments) == list(range(30))


def test_a_worker_killed_in_the_middle_of_an_answer_leaves_nothing_of_it(url: str) -> None:
    mine, theirs = _SPAWN.Pipe()
    worker = _SPAWN.Process(target=writers.stop_in_the_middle, args=(url, theirs))
    worker.start()
    theirs.close()
    assert heard(mine) == "in the middle"

    worker.kill()
    worker.join(_SECONDS)

    worker.close()
    mine.close()
    with open_store(url) as store:
        store.remember_answer("octo/app", 7, "security:1f", ["whole"], [])
        reviewed = store.reviewed("octo/app", 7)
        assert (dict(reviewed.by), reviewed.findings) == ({"security:1f": frozenset({"whole"})}, ())


def test_a_fork_works_with_a_connection_of_its_own(store: Store) -> None:
    begin(store)

    child = os.fork()
    if child == 0:
        # Whatever happens, this process must not go on with the tests.
        try:
            begin(store)
            store.close()
            os._exit(0)
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    begin(store)
    assert len(store.reviews_of("octo/app", 7)) == 3


def test_a_fork_in_the_middle_of_a_transaction_waits_for_it(store: Store) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def hunks() -> Iterator[str]:
        yield "h1"
        inside.set()
        assert go_on.wait(_SECONDS)

    def remember() -> None:
        store.remember_answer("octo/app", 7, "security:1f", hunks(), [finding()])

    writer = threading.Thread(target=remember)
    writer.start()
    assert inside.wait(_SECONDS)
    # What is registered last is called first: the answer goes on when the fork begins, and the fork waits for it.
    os.register_at_fork(before=go_on.set)

    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if store.reviewed("octo/app", 7).findings == (finding(),) else 2)
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    writer.join(_SECONDS)
    assert len(store.reviewed("octo/app", 7).findings) == 1


def test_a_fork_that_has_waited_long_enough_leaves_the_transaction_to_its_parent(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llm_runtime.database.database.PATIENCE_SECONDS", 0.01)
    inside, go_on = threading.Event(), threading.Event()

    def hunks() -> Iterator[str]:
        yield "h1"
        inside.set()
        assert go_on.wait(_SECONDS)

    writer = threading.Thread(target=lambda: store.remember_answer("octo/app", 7, "security:1f", hunks(), [finding()]))
    writer.start()
    assert inside.wait(_SECONDS)

    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if store.reviewed("octo/app", 7).findings == () else 2)
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    go_on.set()
    writer.join(_SECONDS)
    assert store.reviewed("octo/app", 7).findings == (finding(),)
