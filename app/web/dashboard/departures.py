"""The way to GitHub and back: what is remembered of it travels with the browser, sealed.

Nothing is kept here while somebody is at GitHub, so that a stranger who leaves again and again fills no memory.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken

SECONDS = 600
"""How long the way may take; GitHub's code is good for as long, and once."""

_STATE_BYTES = 32
_VERIFIER_BYTES = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What is remembered of a browser that is at GitHub.

    Attributes:
        state: What GitHub gives back.
        verifier: The secret whose digest GitHub is shown.
        wish: What the visitor wanted to see (``Wish.query``).
    """

    state: str = field(repr=False)
    verifier: str = field(repr=False)
    wish: str = ""


class Departures:
    """Seals and opens.

    Args:
        key: 32 bytes; what was sealed with others cannot be opened.
    """

    def __init__(self, key: bytes) -> None:
        self._box = Fernet(base64.urlsafe_b64encode(hmac.new(key, b"departure", hashlib.sha256).digest()))

    def leave(self, wish: str) -> tuple[Departure, str]:
        """A way with a state and a verifier of its own, and what the browser's cookie is to hold."""
        departure = Departure(
            state=secrets.token_urlsafe(_STATE_BYTES), verifier=secrets.token_urlsafe(_VERIFIER_BYTES), wish=wish
        )
        told = {"state": departure.state, "verifier": departure.verifier, "wish": wish}
        return departure, self._box.encrypt(json.dumps(told).encode()).decode()

    def arrive(self, cookie: str, state: str) -> Departure | None:
        """The way that a browser comes back on; None where it began in another browser, or too long ago."""
        try:
            told = json.loads(self._box.decrypt(cookie.encode("utf-8", "replace"), ttl=SECONDS))
        except InvalidToken:
            return None
        if not hmac.compare_digest(state.encode("utf-8", "replace"), str(told["state"]).encode()):
            return None
        return Departure(state=state, verifier=str(told["verifier"]), wish=str(told["wish"]))
