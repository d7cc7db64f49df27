"""Whose question a thread works on, for those who keep books of what happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from llm_runtime.messages import Origin

_CURRENT: ContextVar[Origin | None] = ContextVar("origin", default=None)


@contextmanager
def working_on(origin: Origin | None) -> Iterator[None]:
    """Within the block, what happens in this thread belongs to that question.

    Waits, fallbacks and open breakers are told where they happen, which is far below whoever knows what is asked.

    Example:
        >>> with working_on(Origin(asker="security")):
        ...     current_origin().asker
        'security'
    """
    token = _CURRENT.set(origin)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_origin() -> Origin | None:
    """Whose question this thread works on, or None."""
    return _CURRENT.get()
