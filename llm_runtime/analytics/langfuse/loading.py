"""Langfuse's SDK is loaded late, in a thread, and no process forks in the midst of that or of what it locks."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

GATE = threading.RLock()
"""Held while the SDK is loaded and while it makes spans, never while something is sent.

A child of a fork would find a module half loaded, or a lock of the SDK closed for ever. So a fork waits its turn.
"""

# What is registered later is called earlier: after ``logging``, so that nobody waits at the gate with its lock in hand.
logging.getLogger(__name__)
os.register_at_fork(before=GATE.acquire, after_in_parent=GATE.release, after_in_child=GATE.release)


_LOOKED_AT = ("httpx", "requests")
"""What vendors' SDKs look for among loaded modules in the midst of a call, and use, though it may be half loaded.

See ``openai._httpx2`` and ``google.genai._common``.
"""


def prepare_loading() -> None:
    """See that the SDK can be loaded in a thread.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    if importlib.util.find_spec("langfuse") is None:
        msg = "Langfuse needs its SDK; install it with pip install 'quartet-review[langfuse]'"
        raise ModuleNotFoundError(msg, name="langfuse")
    for name in _LOOKED_AT:
        importlib.import_module(name)


def load_adapter() -> ModuleType:
    """The module that knows the SDK."""
    with GATE:
        return importlib.import_module("llm_runtime.analytics.langfuse.adapter")
