"""Who has been let in, by a cookie that this process alone can make."""

from __future__ import annotations

import hashlib
import hmac
import secrets

COOKIE = "quartet_setup"


class Visitors:
    """Browsers that came from this machine or with the token; they are forgotten with the process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def admit(self) -> str:
        """The cookie of one more browser."""
        name = secrets.token_urlsafe(24)
        return f"{name}.{self._signature(name)}"

    def knows(self, cookie: str) -> bool:
        """Whether it was made here."""
        name, _, signature = cookie.partition(".")
        return hmac.compare_digest(signature.encode("utf-8", "replace"), self._signature(name).encode())

    def _signature(self, name: str) -> str:
        return hmac.new(self._key, name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
