"""What the processes of an App know in common for a while, in Redis, where nobody else can read or swap it.

It makes things faster and is never needed: a Redis that does not answer is an empty vault.
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import redis
from cryptography.fernet import Fernet, InvalidToken

from app.redis_client import connect

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_ANSWER_SECONDS = 1.0
_NAME_BYTES = 32


class Vault:
    """Values by name, encrypted and bound to their names.

    Args:
        redis_url: ``redis://…``, ``rediss://…`` or ``unix://…``.
        secret: 32 bytes; who has others reads nothing.
        prefix: What names in Redis begin with.

    Raises:
        Misconfigured: The address cannot be read.
    """

    def __init__(self, redis_url: str, secret: bytes, *, prefix: str = "quartet") -> None:
        self._redis = connect(redis_url, text=False, answer_seconds=_ANSWER_SECONDS)
        self._prefix = prefix
        self._box = Fernet(base64.urlsafe_b64encode(secret))

    def get(self, name: str) -> bytes | None:
        """The value, or None where there is none, or none that is ours."""
        try:
            kept = self._redis.get(self._key(name))
        except redis.RedisError:
            return None
        if not isinstance(kept, bytes):
            return None
        try:
            opened = self._box.decrypt(kept)
        except InvalidToken:
            return None
        # Who may write to Redis could put one value in another's place.
        return opened[_NAME_BYTES:] if opened[:_NAME_BYTES] == _digest(name) else None

    def put(self, name: str, value: bytes, *, seconds: float) -> None:
        """Keep a value for so many seconds."""
        if seconds >= 1:
            sealed = self._box.encrypt(_digest(name) + value)
            with suppress(redis.RedisError):
                self._redis.set(self._key(name), sealed, ex=int(seconds))

    def forget(self, name: str) -> None:
        """Drop a value."""
        with suppress(redis.RedisError):
            self._redis.delete(self._key(name))

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _key(self, name: str) -> str:
        return f"{self._prefix}:vault:{name}"


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
