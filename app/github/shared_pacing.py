"""When the next write may go to GitHub, agreed upon in Redis by all processes that write under one installation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import redis

from app.github.pacing import FREE_WRITES, SECONDS_BETWEEN_WRITES, MemoryPacer
from app.redis_client import connect

_ANSWER_SECONDS = 1.0

# A bucket that writes drain and time fills, as the moment at which it is full. Redis' clock counts, so that machines
# need not agree; who asks first gets the earlier place, so that one busy review does not keep the others waiting.
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
if full < now then full = now end
local pause = full - (burst - 1) * interval - now
redis.call('SET', KEYS[1], string.format('%.6f', full + interval), 'PX', math.ceil((full + interval - now) * 1000))
if pause < 0 then pause = 0 end
return string.format('%.6f', pause)
"""
_HOLD = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
local held = now + tonumber(ARGV[3]) + (tonumber(ARGV[2]) - 1) * tonumber(ARGV[1])
if held > full then
  redis.call('SET', KEYS[1], string.format('%.6f', held), 'PX', math.ceil((held - now) * 1000))
end
"""


class RedisPacer:
    """Paces all processes that write under one installation; where Redis does not answer, this client alone.

    Args:
        redis_url: ``redis://…``, ``rediss://…`` or ``unix://…``.
        installation: GitHub's number of it.
        now: Seconds since the epoch.
        prefix: What names in Redis begin with.
        seconds_between_writes: On average.

    Raises:
        Misconfigured: The address cannot be read.
    """

    def __init__(
        self,
        redis_url: str,
        installation: int,
        *,
        now: Callable[[], float],
        prefix: str = "quartet",
        seconds_between_writes: float = SECONDS_BETWEEN_WRITES,
    ) -> None:
        self._redis = connect(redis_url, text=True, answer_seconds=_ANSWER_SECONDS)
        self._key = f"{prefix}:writes:{installation}"
        self._arguments = (seconds_between_writes, FREE_WRITES)
        self._reserve = self._redis.register_script(_RESERVE)
        self._hold = self._redis.register_script(_HOLD)
        self._alone = MemoryPacer(now)

    def pause(self) -> float:
        """Take the next place; seconds to wait until it comes."""
        try:
            return float(self._reserve(keys=[self._key], args=self._arguments))
        except redis.RedisError:
            return self._alone.pause()

    def hold(self, seconds: float) -> None:
        """Let nobody write for so long, in no process."""
        self._alone.hold(seconds)
        with suppress(redis.RedisError):
            self._hold(keys=[self._key], args=(*self._arguments, seconds))

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()
