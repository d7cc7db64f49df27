"""What other processes do to a store; each is given its URL and, to be told when, the ends of pipes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from app.store.store import Store, open_store
from tests.app.store.conftest import begin
from tests.builders import finding

ANSWERS = 20


def open_at_once(url: str, barrier: Barrier, said: Connection) -> None:
    """Open the store in the same moment as others."""
    barrier.wait(30)
    with open_store(url) as store:
        begin(store)
    said.send("opened")


def write_much(url: str, number: int, barrier: Barrier, said: Connection) -> None:
    """Two threads write answers, findings and decisions about the same pull request as everybody else."""
    with open_store(url) as store, ThreadPoolExecutor(2) as pool:
        barrier.wait(30)
        for done in [pool.submit(_write, store, f"{number}.{thread}") for thread in range(2)]:
            done.result()
    said.send("written")


def _write(store: Store, name: str) -> None:
    for count in range(ANSWERS):
        one = finding(anchor=f"{name} {count}")
        store.remember_answer("octo/app", 7, "security:1f", [f"{name}.{count}", "shared"], [one])
        store.dispose("octo/app", [one.fingerprint, "0123456789abcdef"], kind="dismissed", by=name, number=7)
        store.reviewed("octo/app", 7)


def stop_in_the_middle(url: str, said: Connection) -> None:
    """Write half an answer, say so, and wait to be killed."""

    def hunks() -> Iterator[str]:
        yield "half"
        said.send("in the middle")
        said.recv()

    with open_store(url) as store:
        store.remember_answer("octo/app", 7, "security:1f", hunks(), [finding()])
    said.send("it went on")


def claim_replies(url: str, barrier: Barrier, said: Connection) -> None:
    """Try to take up the same replies as everybody else."""
    with open_store(url) as store:
        barrier.wait(30)
        said.send([comment for comment in range(30) if store.claim_reply("octo/app", comment)])
