"""Who began to register the App, and whether it is they who come back."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable

SECONDS = 3_600
"""GitHub's code is good for an hour, and so is what goes with it."""

_MOST = 1_000


class States:
    """The states that this process has given out, under a key that ends with it.

    Args:
        now: Seconds; only differences count.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._key = secrets.token_bytes(32)
        self._given: dict[str, float] = {}
        self._one_at_a_time = threading.Lock()

    def give(self, browser: str) -> str:
        """A state for the browser that holds this value in a cookie."""
        nonce = secrets.token_urlsafe(24)
        with self._one_at_a_time:
            self._forget_old()
            # Somebody who asks again and again pushes out the oldest, not the memory.
            while len(self._given) >= _MOST:
                del self._given[next(iter(self._given))]
            self._given[nonce] = self._now() + SECONDS
        return f"{nonce}.{self._signature(nonce, browser)}"

    def take(self, state: str, browser: str) -> bool:
        """Whether it was given to this browser, not long ago, and is not taken yet; it is now."""
        nonce, _, signature = state.partition(".")
        expected = self._signature(nonce, browser)
        if not browser or not hmac.compare_digest(signature.encode(), expected.encode()):
            return False
        with self._one_at_a_time:
            self._forget_old()
            return self._given.pop(nonce, None) is not None

    def _signature(self, nonce: str, browser: str) -> str:
        text = f"{nonce}\n{browser}".encode("utf-8", "replace")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()

    def _forget_old(self) -> None:
        now = self._now()
        for nonce in [nonce for nonce, until in self._given.items() if until <= now]:
            del self._given[nonce]
