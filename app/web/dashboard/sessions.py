"""Who is signed in, in Redis: a random id in the browser, everything else sealed under that id and our own secrets.

Who reads Redis alone can open no session, and who steals a cookie finds no token of GitHub's in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken

from app.redis_client import asking
from app.web.dashboard.readable import Readable

if TYPE_CHECKING:
    import redis

SESSION_SECONDS = 8 * 3_600
"""A working day; GitHub's own tokens of users are good for as long."""

FRESH_SECONDS = 180
"""How long GitHub's word on what somebody may read counts; then it is asked again."""

MOST_OF_ONE = 30
"""Sessions of one person: whoever opens more loses the oldest, and cannot fill the Redis of the queue."""

_ID_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that has signed in.

    Attributes:
        id: What its cookie holds.
        login: Account of the visitor; empty for an operator.
        token: What GitHub is asked with what the visitor may read; empty for an operator.
    """

    id: str = field(repr=False)
    login: str = ""
    token: str = field(default="", repr=False)

    @property
    def operator(self) -> bool:
        """Whether it was opened with the operators' token."""
        return not self.token


class Sessions:
    """Sessions, and what GitHub said of visitors.

    Args:
        client: Of the Redis that all processes share.
        url: Where that is, for errors.
        key: 32 bytes; with others nothing can be opened.
        prefix: What names in Redis begin with.
    """

    def __init__(self, client: redis.Redis, url: str, key: bytes, *, prefix: str = "quartet") -> None:
        self._redis, self._url, self._key, self._prefix = client, url, key, f"{prefix}:dashboard"

    def open(self, *, login: str = "", token: str = "", seconds: float = SESSION_SECONDS) -> Session:
        """A new session, under an id that nobody has had before.

        Raises:
            QueueDown: Redis does not answer.
        """
        session = Session(id=secrets.token_urlsafe(_ID_BYTES), login=login, token=token)
        self._put("session", session.id, {"login": login, "token": token}, seconds)
        self._drop_oldest(session)
        return session

    def find(self, session_id: str) -> Session | None:
        """The session of a cookie, or None where there is none any more.

        Raises:
            QueueDown: Redis does not answer.
        """
        kept = self._get("session", session_id)
        if kept is None:
            return None
        return Session(id=session_id, login=str(kept["login"]), token=str(kept["token"]))

    def close(self, session_id: str) -> None:
        """Forget a session, and what is known of its visitor.

        Raises:
            QueueDown: Redis does not answer.
        """
        with asking(self._url):
            self._redis.delete(self._name("session", session_id), self._name("readable", session_id))

    def readable(self, session: Session) -> Readable | None:
        """What GitHub said a few minutes ago; None where it must be asked.

        Raises:
            QueueDown: Redis does not answer.
        """
        kept = self._get("readable", session.id)
        if kept is None:
            return None
        return Readable(
            login=str(kept["login"]), repositories=frozenset(kept["repositories"]), complete=bool(kept["complete"])
        )

    def note_readable(self, session: Session, readable: Readable) -> None:
        """Remember for a few minutes what GitHub has just said.

        Raises:
            QueueDown: Redis does not answer.
        """
        known = {
            "login": readable.login,
            "repositories": sorted(readable.repositories),
            "complete": readable.complete,
        }
        self._put("readable", session.id, known, FRESH_SECONDS)

    def _drop_oldest(self, session: Session) -> None:
        owner = hmac.new(self._key, b"owner\n" + session.login.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
        mine, name = f"{self._prefix}:sessions:{owner}", _digest(session.id)
        with asking(self._url), self._redis.pipeline() as pipeline:
            pipeline.lpush(mine, name)
            pipeline.lrange(mine, MOST_OF_ONE, -1)
            pipeline.ltrim(mine, 0, MOST_OF_ONE - 1)
            pipeline.expire(mine, SESSION_SECONDS)
            for old in pipeline.execute()[1]:
                for kind in ("session", "readable"):
                    self._redis.delete(f"{self._prefix}:{kind}:{old.decode()}")

    def form_token(self, cookie: str) -> str:
        """What a form holds that was shown to the browser with this cookie; other sites' forms do not."""
        return hmac.new(self._key, b"form\n" + cookie.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def is_our_form(self, cookie: str, token: str) -> bool:
        """Whether a form came from a page that this browser was shown."""
        given = token.encode("utf-8", "replace")
        return bool(cookie) and hmac.compare_digest(given, self.form_token(cookie).encode())

    def _put(self, kind: str, owner: str, value: dict[str, Any], seconds: float) -> None:
        sealed = self._box(kind, owner).encrypt(json.dumps(value).encode())
        with asking(self._url):
            self._redis.set(self._name(kind, owner), sealed, ex=max(1, int(seconds)))

    def _get(self, kind: str, owner: str) -> dict[str, Any] | None:
        if not owner:
            return None
        with asking(self._url):
            kept = self._redis.get(self._name(kind, owner))
        if not isinstance(kept, bytes):
            return None
        try:
            value: dict[str, Any] = json.loads(self._box(kind, owner).decrypt(kept))
        except InvalidToken:
            # Sealed before a secret was changed, or by somebody who may write to Redis.
            return None
        return value

    def _name(self, kind: str, owner: str) -> str:
        return f"{self._prefix}:{kind}:{_digest(owner)}"

    def _box(self, kind: str, owner: str) -> Fernet:
        # The owner is 256 random bits, so that a keyed digest of it is as good a key as any.
        material = f"{kind}\n{owner}".encode("utf-8", "replace")
        return Fernet(base64.urlsafe_b64encode(hmac.new(self._key, material, hashlib.sha256).digest()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
