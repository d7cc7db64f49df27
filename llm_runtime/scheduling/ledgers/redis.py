"""The account of all processes that share a Redis server; the rules of admission run there, in one Lua script."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from llm_runtime.clock import Clock
from llm_runtime.errors import LedgerUnavailable
from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.scheduling import admission
from llm_runtime.scheduling.ledger import Answer, Ask, Broken, Granted, Wait
from llm_runtime.scheduling.limits import (
    Caps,
    Demand,
    LimitKey,
    RateLimits,
    capped_requests,
    capped_tokens,
)
from llm_runtime.storage.redis import RedisScript, Value, lua_script

if TYPE_CHECKING:
    import redis

_FILES = ("book", "log", "queue", "projection", "admission", "operations")
_FORMAT = 2
"""Goes up with every change of what is stored; until all processes know it, each version has accounts of its own."""


class RedisLedger:
    """A rate ledger on a Redis or Valkey server. Every operation is one round trip and atomic.

    What time it is, is said by the server, so that machines whose clocks differ agree. Where its clock goes back, what
    is stored goes back with it. An account that nobody uses vanishes by itself, two days after it has nothing more to
    say. A server that loses its memory (a restart without persistence) begins with an empty window: give it
    ``appendonly yes`` if a minute over the limits after a crash would hurt.

    Args:
        server: ``redis://user:password@host:6379/0``, ``rediss://…`` (TLS) or ``unix:///path``; or a client of
            redis-py, also of a cluster, which stays the caller's to close.
        clock: Tells the time instead of the server; then for all who share the ledger.
        prefix: What the names of all keys begin with.

    Raises:
        LedgerUnavailable: redis-py is not installed, or the URL cannot be read.

    Example:
        >>> ledger = RedisLedger("redis://127.0.0.1:1/0")
        >>> key = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
        >>> ledger.trip(key, "QuotaExhausted", 60)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        llm_runtime.errors.LedgerUnavailable: Redis at 127.0.0.1:1/0 cannot be reached ...
        >>> ledger.close()
    """

    def __init__(
        self, server: str | redis.Redis | redis.RedisCluster, *, clock: Clock | None = None, prefix: str = "quartet"
    ) -> None:
        names = [f"redis_{name}.lua" for name in _FILES]
        self._script = RedisScript(server, lua_script("llm_runtime.scheduling.ledgers", *names))
        self._clock = clock
        self._prefix = prefix

    def reserve(self, ask: Ask) -> Answer:
        """Grant the call, or say when to ask again.

        Raises:
            RequestTooLarge: Its limits can never admit a call of that size.
            LedgerUnavailable: The server cannot be used.
        """
        match self._run("reserve", ask.key, ask.limits, *_call(ask, ask.demand)):
            case ["granted", place]:
                return Granted(place=int(place))
            case ["wait", seconds, *place]:
                return Wait(seconds=float(seconds), place=int(place[0]) if place else None)
            case ["broken", error, seconds]:
                return Broken(error=error, seconds=float(seconds))
            case ["too large", caps]:
                requests, inputs, outputs = (cap or None for cap in json.loads(caps))
                admission.refuse_too_large(ask, Caps(requests=requests, input_tokens=inputs, output_tokens=outputs))
        raise LedgerUnavailable(
            "Redis answered what the ledger's script never does; give the ledger a prefix of its own"
        )

    def settle(self, ask: Ask, used: Demand) -> None:
        """Count what a granted call really took."""
        self._run("settle", ask.key, ask.limits, *_call(ask, used))

    def release(self, ask: Ask) -> None:
        """Give back what a call that will not be sent was granted, or its place in the queue."""
        self._run("release", ask.key, ask.limits, *_call(ask, ask.demand))

    def reject(self, ask: Ask, retry_after: float | None) -> None:
        """Note that the vendor answered 429."""
        after = "" if retry_after is None else retry_after
        self._run("reject", ask.key, ask.limits, *_call(ask, ask.demand), after)

    def observe(self, key: LimitKey, limits: RateLimits, feedback: RateLimitFeedback) -> None:
        """Correct the account by what the vendor says of it."""
        said = _said(limits, feedback)
        if said:
            self._run("observe", key, limits, said)

    def trip(self, key: LimitKey, error: str, seconds: float) -> None:
        """Open the circuit breaker of a key for that long."""
        self._run("trip", key, None, error, seconds)

    def close(self) -> None:
        """Close the connections of this process."""
        self._script.close()

    def _run(self, operation: str, key: LimitKey, limits: RateLimits | None, *values: Value) -> list[str]:
        clock = self._clock
        time: tuple[Value, Value] = ("", "") if clock is None else (clock.monotonic(), clock.now().timestamp())
        said = _NO_LIMITS if limits is None else _limits(limits)
        reply = self._script.run(_keys(self._prefix, key), (operation, *time, said, *values))
        return [part.decode() if isinstance(part, bytes) else part for part in reply]


@lru_cache(maxsize=1024)
def _keys(prefix: str, key: LimitKey) -> tuple[str, str, str]:
    """Names of a key's account, log and queue; what is in braces puts all three on the same server of a cluster."""
    parts = (quote(part, safe=":.@") for part in (key.provider, key.model, key.credential))
    name = f"{prefix}:rates:{_FORMAT}:{{{'/'.join(parts)}}}"
    return (f"{name}:account", f"{name}:log", f"{name}:queue")


_NO_LIMITS = json.dumps({"window": 0})


@lru_cache(maxsize=1024)
def _limits(limits: RateLimits) -> str:
    """What the script needs of limits; false is unlimited."""
    caps, shape = limits.caps, limits.shape
    return json.dumps(
        {
            "caps": [caps.requests or False, caps.input_tokens or False, caps.output_tokens or False],
            "requests_per_day": caps.requests_per_day or False,
            "window": shape.window_seconds,
            "burst": shape.burst or False,
            "token_burst": shape.token_burst,
            "token_pace": 1 - shape.token_margin,
            "headroom": shape.headroom,
            "day_offset": shape.day_offset_seconds,
        }
    )


def _call(ask: Ask, amounts: Demand) -> tuple[Value, ...]:
    return (
        ask.ticket,
        amounts.requests,
        amounts.input_tokens,
        amounts.output_tokens,
        int(ask.priority),
        "" if ask.place is None else ask.place,
        ask.patience,
    )


def _said(limits: RateLimits, feedback: RateLimitFeedback) -> str:
    """What the vendor said and what of it is used, as JSON; nothing if it told of no limit."""
    allowances = (feedback.requests, feedback.input_tokens, feedback.output_tokens)
    if not any(allowance.limit for allowance in allowances):
        return ""
    said = []
    for index, allowance in enumerate(allowances):
        cap = (capped_tokens if index else capped_requests)(allowance.limit or None, limits.shape)
        fields = {
            "limit": allowance.limit or None,
            "cap": cap,
            "remaining": allowance.remaining,
            "reset": allowance.reset_seconds,
        }
        said.append({name: value for name, value in fields.items() if value is not None})
    return json.dumps(said)
