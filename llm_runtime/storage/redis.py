"""A Redis server as a place where one Lua script is executed: fast, safe for threads and forks, and bounded in time."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import weakref
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from llm_runtime.errors import LedgerUnavailable

if TYPE_CHECKING:
    import redis

Value = str | int | float

TIMEOUT_SECONDS = 2.0
"""How long a connection, or an answer, is waited for."""

PATIENCE_SECONDS = 5.0
"""How long a connection that others use is waited for."""

CONNECTIONS = 8
"""Most connections of one process; Redis executes one script after the other, so more of them would only wait there."""

_CURES = {
    "NOPERM": "refuses this user; grant it the keys of the ledger, +@scripting and the commands on hashes and sets",
    "READONLY": "takes no writes; name the primary server, not a replica",
    "OOM": "has no memory left; raise its maxmemory, or let it evict keys that expire",
    "MISCONF": "takes no writes because it cannot save them; make room on its disk",
    "BUSY": "is held up by somebody's script; end that with SCRIPT KILL",
    "LOADING": "is still loading its data; it will answer in a while",
    "NOREPLICAS": "takes no writes without its replicas; start them",
    "MASTERDOWN": "has lost its primary server; see that this runs",
    "CLUSTERDOWN": "is a cluster that is down; see that all its slots are served",
    "MOVED": "belongs to a cluster; name a server of its own, or pass a redis.RedisCluster",
    "ASK": "belongs to a cluster; name a server of its own, or pass a redis.RedisCluster",
}
_CODE = re.compile(rf"\b({'|'.join(_CURES)})\b")


class _Server(Protocol):
    """Where commands are executed."""

    name: str

    def execute(self, command: Sequence[Value]) -> Any: ...

    def close(self) -> None: ...


class RedisScript:
    """One script on one server.

    Where an idle connection turns out to be cut, as after a restart, the script is executed once more on a new one.
    Whether the first time counted is not known then, so executing it twice must come to the same as once.

    Args:
        server: ``redis://user:password@host:6379/0``, ``rediss://…`` (TLS) or ``unix:///path``; or a client of
            redis-py, which stays the caller's to close and keeps its own timeouts and retries.
        lua: The script.

    Raises:
        LedgerUnavailable: redis-py is not installed, or the URL cannot be read.
    """

    def __init__(self, server: str | redis.Redis | redis.RedisCluster, lua: str) -> None:
        try:
            import redis  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise LedgerUnavailable("Redis needs its driver; install it with pip install redis") from error
        self._redis = redis
        self._lua = lua
        self._digest = hashlib.sha1(lua.encode(), usedforsecurity=False).hexdigest()
        self._server: _Server = _Connections(redis, server) if isinstance(server, str) else _Client(server)

    def run(self, keys: Sequence[str], values: Sequence[Value]) -> Any:
        """Execute the script; it is sent only where the server does not know it.

        Returns:
            What it returns, as redis-py represents it.

        Raises:
            LedgerUnavailable: The server cannot be reached, or does not take the script.
        """
        arguments = (len(keys), *keys, *values)
        try:
            try:
                return self._server.execute(("EVALSHA", self._digest, *arguments))
            except self._redis.exceptions.NoScriptError:
                return self._server.execute(("EVAL", self._lua, *arguments))
        except self._redis.RedisError as error:
            raise self._explain(error) from error

    def close(self) -> None:
        """Close the connections; those in use are closed when their work is done."""
        self._server.close()

    def _explain(self, error: redis.RedisError) -> LedgerUnavailable:
        """One line with the cure, without the password."""
        exceptions, told = self._redis.exceptions, " ".join(str(error).split())
        # Older servers put what a command answered into the words about the script that called it.
        code = _CODE.search(f"{getattr(error, 'status_code', '')} {told}")
        if isinstance(error, exceptions.AuthenticationError):
            cure = "refuses user or password; set them in the URL: redis://user:password@host:6379/0"
        elif code is not None:
            cure = _CURES[code.group()]
        elif isinstance(error, exceptions.TimeoutError):
            cure = "did not answer in time; see what keeps it busy (SLOWLOG GET)"
        elif isinstance(error, exceptions.ConnectionError):
            cure = (
                f"cannot be reached ({told.rstrip('.')}); see that it runs and that host and port in the URL are right"
            )
        else:
            cure = f"does not take the work: {told}; it must be Redis 6.2, Valkey 7.2 or newer"
        return LedgerUnavailable(f"Redis at {self._server.name} {cure}")


def lua_script(package: str, *names: str) -> str:
    """Files of a package as one script, in this order."""
    return "\n".join(files(package).joinpath(name).read_text(encoding="utf-8") for name in names)


class _Client:
    """A client of the caller's."""

    def __init__(self, client: redis.Redis | redis.RedisCluster) -> None:
        self._client: Any = client
        pool = getattr(client, "connection_pool", None)
        self.name = "the cluster" if pool is None else _name(pool.connection_kwargs)

    def execute(self, command: Sequence[Value]) -> Any:
        return self._client.execute_command(*command)

    def close(self) -> None:
        """It is the caller's."""


class _Connections:
    """Connections that are kept from one command to the next, the last used first, and never cross a fork.

    That saves a quarter of what a command costs through ``redis.Redis``, which looks at its pool, the sockets and a
    policy of retries each time.
    """

    def __init__(self, redis: Any, url: str) -> None:
        self._redis = redis
        no_retry = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
        # A socket of the machine's own has nothing in between that could forget it, and the driver refuses the option.
        network = {} if url.startswith("unix://") else {"socket_keepalive": True}
        try:
            pool = redis.ConnectionPool.from_url(
                url,
                protocol=2,
                retry=no_retry,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                client_name="quartet",
                **network,
            )
        except ValueError:
            # Neither the URL nor the driver's words about it are repeated: they may hold the password.
            raise LedgerUnavailable(
                "the ledger's URL cannot be read; take redis://user:password@host:6379/0, rediss://… or unix:///path, "
                "and write special characters of the password as %XX"
            ) from None
        self.name = _name(pool.connection_kwargs)
        self._connect = pool.connection_class
        self._settings = pool.connection_kwargs
        self._closed = False
        self.forget()
        _OPEN.add(self)

    def execute(self, command: Sequence[Value]) -> Any:
        if self._closed:
            raise LedgerUnavailable("the ledger was closed; open it again")
        idle, free = self._idle, self._free
        if not free.acquire(timeout=PATIENCE_SECONDS):
            raise LedgerUnavailable(
                f"all {CONNECTIONS} connections to Redis at {self.name} were in use for {PATIENCE_SECONDS:.0f} s; "
                "see what keeps it busy"
            )
        try:
            try:
                connection = idle.pop()
            except IndexError:
                connection = self._connect(**self._settings)
            try:
                return self._answer(connection, command)
            finally:
                # One that failed in the middle has closed itself, and connects anew the next time.
                idle.append(connection)
                self._close_if_closed()
        finally:
            free.release()

    def close(self) -> None:
        self._closed = True
        self._close_if_closed()

    def forget(self) -> None:
        """Begin without connections, as after a fork: those that there were are the parent's."""
        self._idle: list[Any] = []
        self._free = threading.BoundedSemaphore(CONNECTIONS)

    def _close_if_closed(self) -> None:
        while self._closed:
            try:
                connection = self._idle.pop()
            except IndexError:
                return
            connection.disconnect()

    def _answer(self, connection: Any, command: Sequence[Value]) -> Any:
        was_idle = connection.is_connected
        try:
            return self._asked(connection, command)
        except self._redis.ConnectionError as error:
            # Its subclasses are answers: a wrong password, a server that loads.
            if not was_idle or type(error) is not self._redis.ConnectionError:
                raise
        return self._asked(connection, command)

    @staticmethod
    def _asked(connection: Any, command: Sequence[Value]) -> Any:
        connection.send_command(*command, check_health=False)
        return connection.read_response()


def _name(settings: dict[str, Any]) -> str:
    place = settings.get("path") or f"{settings.get('host', 'localhost')}:{settings.get('port', 6379)}"
    return f"{place}/{settings.get('db') or 0}"


_OPEN: weakref.WeakSet[_Connections] = weakref.WeakSet()


def _forget_all() -> None:
    for connections in list(_OPEN):
        connections.forget()


os.register_at_fork(after_in_child=_forget_all)
