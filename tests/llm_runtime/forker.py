"""A process that forks while another of its threads holds the locks of a part of the runtime.

``python -m tests.llm_runtime.forker PART`` exits with 0 if the child could use the part. A child that hangs is killed
by SIGALRM. With a URL, and Redis' prefix, the part is a shared ledger.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from llm_runtime.clock import SystemClock
from llm_runtime.errors import AuthenticationFailed
from llm_runtime.forks import Lock
from llm_runtime.messages import Request
from llm_runtime.scheduling.breakers import Breakers
from llm_runtime.scheduling.cancellation import Cancellation
from llm_runtime.scheduling.ledger import Ask, Granted, Priority, RateLedger
from llm_runtime.scheduling.ledgers.memory import MemoryLedger
from llm_runtime.scheduling.ledgers.redis import RedisLedger
from llm_runtime.scheduling.ledgers.resilient import ResilientLedger
from llm_runtime.scheduling.ledgers.sql import SqlLedger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits, Shape
from llm_runtime.scheduling.queue import LocalQueue, LocalQueues
from llm_runtime.tokens.calibrated import CalibratedEstimator
from llm_runtime.tokens.characters import CharacterBasedEstimator
from llm_runtime.tokens.remembered import RememberedCounts

_SECONDS = 10
_CHILDREN = 8
_THREADS = 3
_TIMES = 40
_THREE_A_MINUTE = RateLimits(requests_per_minute=4, shape=Shape(burst=3))
_KEY = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
_TWO_AT_ONCE = RateLimits(requests_per_minute=60, shape=Shape(burst=2))


def _grants(ledger: RateLedger, ticket: str, limits: RateLimits = _TWO_AT_ONCE) -> bool:
    ask = Ask(key=_KEY, limits=limits, demand=Demand(), ticket=ticket, patience=0)
    return isinstance(ledger.reserve(ask), Granted)


def _asks(ledger: RateLedger, ticket: str) -> bool:
    _grants(ledger, ticket, _THREE_A_MINUTE)
    return True


def _wakes(queue: LocalQueue) -> bool:
    with queue.sleeping(Priority.BACKGROUND, 9, queue.news()) as event:
        queue.tell()
        return event.is_set()


def _refuses(breakers: Breakers) -> bool:
    breakers.refuse(_KEY, "gpt-6.1-sol", AuthenticationFailed("the key is wrong", status=401))
    return breakers.refused(_KEY, "another")


def _cancels(cancellation: Cancellation) -> bool:
    event = threading.Event()
    with cancellation.waking(event):
        pass
    cancellation.cancel()
    return True


_ESTIMATED = Request(system="", question="def add(left, right):")
PARTS: Mapping[str, tuple[Callable[[], Any], Callable[[Any], bool]]] = {
    "memory ledger": (MemoryLedger, lambda part: _grants(part, "in the child")),
    "resilient ledger": (lambda: ResilientLedger(MemoryLedger()), lambda part: _grants(part, "in the child")),
    "queue": (LocalQueue, _wakes),
    "queues": (LocalQueues, lambda part: _wakes(part.of(_KEY))),
    "breakers": (Breakers, _refuses),
    "cancellation": (Cancellation, _cancels),
    "estimator": (CalibratedEstimator, lambda part: part.estimate(_ESTIMATED, "openai/m") > 0),
    "counts": (lambda: RememberedCounts(CharacterBasedEstimator()), lambda part: part.count("def") > 0),
}


@contextmanager
def _held(part: object) -> Iterator[None]:
    """Another thread holds all locks of the part."""
    locks = [value for value in vars(part).values() if isinstance(value, Lock)]
    assert locks, "it has no lock that knows of forks"
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with ExitStack() as stack:
            for lock in locks:
                stack.enter_context(lock)
            holding.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def _asleep(queue: LocalQueue) -> Iterator[None]:
    """Another thread waits, before all others."""
    sleeping, done = threading.Event(), threading.Event()

    def sleep() -> None:
        with queue.sleeping(Priority.INTERACTIVE, 0, queue.news()):
            sleeping.set()
            done.wait()

    thread = threading.Thread(target=sleep)
    thread.start()
    sleeping.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _in_child(use: Callable[[], bool]) -> int:
    """Exit status of a forked child: 0 if it could, 1 if not, negative if it was killed."""
    child = os.fork()
    if child == 0:
        signal.alarm(_SECONDS)
        could = False
        try:
            could = use()
        finally:
            os._exit(0 if could else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _children_beside_threads(ledger: RateLedger) -> int:
    """Children ask a shared ledger while threads of their parent do.

    Returns:
        How many of the children could not, and how many calls too many were granted.
    """
    together, granted = threading.Barrier(_THREADS + 1), itertools.count()

    def ask_again_and_again(thread: int) -> None:
        together.wait()
        for number in range(_TIMES):
            if _grants(ledger, f"{thread}.{number}", _THREE_A_MINUTE):
                next(granted)

    threads = [threading.Thread(target=ask_again_and_again, args=(thread,)) for thread in range(_THREADS)]
    for thread in threads:
        thread.start()
    together.wait()
    failed = sum(_in_child(partial(_asks, ledger, f"child {name}")) != 0 for name in range(_CHILDREN))
    for thread in threads:
        thread.join()
    ledger.close()
    return failed + max(0, next(granted) - 3)


def main(name: str, url: str = "", prefix: str = "") -> int:
    if url:
        return _children_beside_threads(RedisLedger(url, prefix=prefix) if prefix else SqlLedger(url))
    if name == "a sleeper":
        queue = LocalQueue()
        with _asleep(queue):
            return _in_child(lambda: _wakes(queue))
    if name == "an account":
        ledger = MemoryLedger(SystemClock())
        for ticket in ("one", "two"):
            assert _grants(ledger, ticket)
        return _in_child(lambda: not _grants(ledger, "three"))
    make, use = PARTS[name]
    part = make()
    with _held(part):
        status = _in_child(lambda: use(part))
    return status if use(part) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
