"""A connection to the Redis of queue and turns, and its errors as one line that names the cure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from app.errors import Misconfigured, QueueDown

CONNECT_SECONDS = 2.0
"""How long a connection is waited for: GitHub waits ten seconds for the acknowledgement of a delivery."""

ANSWER_SECONDS = 3.0
"""How long an answer is waited for."""

_ONCE_MORE = 1
_PAUSE_SECONDS = 0.05
_CURES = {
    # redis-py takes the code off an answer that it has a class for.
    "AuthenticationWrongNumberOfArgsError": "takes a password, but no user; write it as redis://:PASSWORD@HOST:PORT/0",
    "AuthenticationError": "wants another user or password than REDIS_URL has; correct it",
    "NoPermissionError": "refuses this user; grant it all commands on keys of RQ and of Quartet",
    "ReadOnlyError": "takes no writes; name the primary server, not a replica",
    "OutOfMemoryError": "has no memory left; raise its maxmemory, and keep maxmemory-policy at noeviction",
    "BusyLoadingError": "is still loading its data; it will answer in a while",
    "MaxConnectionsError": "takes no more connections; raise its maxclients",
    "MovedError": "belongs to a cluster; name a server of its own",
    "MISCONF": "takes no writes because it cannot save them; make room on its disk",
    "BUSY": "is held up by somebody's script; end that with SCRIPT KILL",
}


def connect(url: str, *, text: bool, answer_seconds: float = ANSWER_SECONDS) -> redis.Redis:
    """A client, to be closed; nothing is sent yet. Threads and forks may share it.

    Where a connection turns out to be cut, a command is sent once more, so a command must bear to be executed twice.

    Args:
        url: ``redis://user:password@host:6379/0``, ``rediss://…`` (TLS) or ``unix:///path``.
        text: Whether answers are text or bytes.
        answer_seconds: How long an answer is waited for.

    Raises:
        Misconfigured: The address cannot be read.
    """
    try:
        client: redis.Redis = redis.Redis.from_url(
            url,
            decode_responses=text,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=answer_seconds,
            retry=Retry(ConstantBackoff(_PAUSE_SECONDS), _ONCE_MORE),
            health_check_interval=0,
        )
    except ValueError as error:
        msg = "REDIS_URL cannot be used: it must be such as redis://127.0.0.1:6379/0"
        raise Misconfigured(msg) from error
    return client


@contextmanager
def asking(url: str) -> Iterator[None]:
    """Within the block, whatever Redis cannot do is ``QueueDown``.

    Raises:
        QueueDown: With the server's name and the cure, without its password.
    """
    try:
        yield
    except redis.RedisError as error:
        raise explained(error, url) from error


def explained(error: redis.RedisError, url: str) -> QueueDown:
    """One line for people: which server, what it said, and what to do."""
    told = (*(kind.__name__ for kind in type(error).__mro__), str(error).partition(" ")[0])
    for word in told:
        if word in _CURES:
            return QueueDown(f"Redis at {place(url)} {_CURES[word]}")
    if isinstance(error, redis.TimeoutError):
        return QueueDown(f"Redis at {place(url)} does not answer in time; see what keeps it busy")
    if isinstance(error, redis.ConnectionError):
        return QueueDown(f"Redis at {place(url)} cannot be reached; start it, or correct REDIS_URL")
    return QueueDown(f"Redis at {place(url)} refuses a command ({type(error).__name__}); it must be Redis 6.2 or later")


def place(url: str) -> str:
    """Where a server is, without user and password."""
    try:
        parts = urlsplit(url)
        port = parts.port or 6379
    except ValueError:
        return "the address in REDIS_URL"
    return parts.path if parts.scheme == "unix" else f"{parts.hostname or 'localhost'}:{port}"
