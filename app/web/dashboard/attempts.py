"""How often a wrong token may be tried: counted in Redis, for all processes, by where it comes from."""

from __future__ import annotations

import hashlib
import ipaddress
from typing import TYPE_CHECKING

from app.redis_client import asking

if TYPE_CHECKING:
    import redis
    from flask import Request

MOST_FROM_ONE = 10
"""In ``WINDOW_SECONDS``, from one address."""

MOST_FROM_ALL = 300
"""In ``WINDOW_SECONDS``, from everywhere: a stranger with many addresses is slowed, too."""

WINDOW_SECONDS = 600
_IPV6_PREFIX = 64
_EVERYBODY = "everybody"
_NEAR = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""This machine and private networks (RFC 1918, RFC 4193): proxies stand there, and packets of strangers do not."""


_COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""


class Attempts:
    """Wrong tokens of the last minutes.

    Args:
        client: Of the Redis that all processes share.
        url: Where that is, for errors.
        prefix: What names in Redis begin with.
    """

    def __init__(self, client: redis.Redis, url: str, *, prefix: str = "quartet") -> None:
        self._redis, self._url, self._prefix = client, url, f"{prefix}:dashboard:attempts"
        self._count = client.register_script(_COUNT)

    def wait(self, origin: str) -> int:
        """Seconds until a token from there is looked at again; 0 where it is now.

        Raises:
            QueueDown: Redis does not answer.
        """
        waits = [0]
        with asking(self._url):
            for name, most in ((origin, MOST_FROM_ONE), (_EVERYBODY, MOST_FROM_ALL)):
                key = self._name(name)
                if int(self._redis.get(key) or 0) >= most:
                    waits.append(max(1, int(self._redis.ttl(key))))
        return max(waits)

    def note(self, origin: str) -> None:
        """Count a wrong token.

        Raises:
            QueueDown: Redis does not answer.
        """
        with asking(self._url):
            for name in (origin, _EVERYBODY):
                self._count(keys=[self._name(name)], args=[WINDOW_SECONDS])

    def _name(self, origin: str) -> str:
        # An address is personal data; Redis need not know it.
        return f"{self._prefix}:{hashlib.sha256(origin.encode()).hexdigest()[:32]}"


def origin(request: Request) -> str:
    """Where a request comes from: an address, or the network of one for IPv6, where each has billions.

    A proxy on this machine or in its network tells whom it speaks for, in the last entry of ``X-Forwarded-For``; from
    anybody else that header is a stranger's own word.
    """
    peer = _address(request.remote_addr or "")
    if peer is not None and _is_near(peer):
        peer = _address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()) or peer
    if peer is None:
        return "unknown"
    if isinstance(peer, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((peer, _IPV6_PREFIX), strict=False))
    return str(peer)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_near(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in _NEAR if network.version == address.version)
