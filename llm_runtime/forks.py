"""Forks: locks that a child finds open, whoever held them in its parent, and connections that no child takes along."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Protocol


class Lock:
    """A lock for the threads of one process.

    Only the thread that forks goes on in the child (RQ forks for each job, gunicorn for each worker). A lock that
    another thread held would never be released there, and what that thread was in the midst of changing stays half
    changed. So in the child each of these locks is a new one, and its owner is told.

    Args:
        in_child: Called in each forked child, where no other thread is; with whether somebody held the lock, so that
            what it guards may be half changed.

    Example:
        >>> lock = Lock()
        >>> with lock:
        ...     print("alone")
        alone
    """

    def __init__(self, in_child: Callable[[bool], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._in_child = in_child
        _LOCKS.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Be open, as in a forked child."""
        held = self._lock.locked()
        # Also where nobody seems to hold it: a thread may have just got it, and not have come to say so.
        self._lock = threading.Lock()
        if self._in_child is not None:
            self._in_child(held)


_LOCKS: weakref.WeakSet[Lock] = weakref.WeakSet()


def _renew_all() -> None:
    for lock in list(_LOCKS):
        lock.renew()


os.register_at_fork(after_in_child=_renew_all)


class Forked(Protocol):
    """Something that has to be put in order before a fork, and after it."""

    def before_fork(self) -> None:
        """In the parent, before the child is there."""
        ...

    def after_fork_in_parent(self) -> None:
        """In the parent, once the child is there."""
        ...

    def after_fork_in_child(self) -> None:
        """In the child, where no other thread is."""
        ...


_FORKED: weakref.WeakSet[Forked] = weakref.WeakSet()


def tell_of_forks(one: Forked) -> None:
    """Tell this of every fork of the process, as long as it is there."""
    _FORKED.add(one)


def _each(act: Callable[[Forked], None]) -> Callable[[], None]:
    def act_on_each() -> None:
        for one in list(_FORKED):
            act(one)

    return act_on_each


os.register_at_fork(
    before=_each(lambda one: one.before_fork()),
    after_in_parent=_each(lambda one: one.after_fork_in_parent()),
    after_in_child=_each(lambda one: one.after_fork_in_child()),
)
