"""Whether a request comes from a person or a program on this very machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Request

_FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")


def is_local(request: Request) -> bool:
    """Whether it was sent on this machine, to an address of loopback, and by no proxy that says so.

    A proxy on this machine is local itself, whoever it speaks for, so the address alone says little: its headers are
    looked at, and the name that was asked for, which a page of another site that resolves to loopback would tell.
    """
    if any(name in request.headers for name in _FORWARDED):
        return False
    return is_loopback(request.remote_addr or "") and is_loopback(_host(request))


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("::1"), is_loopback("10.0.0.1")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _host(request: Request) -> str:
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return ""
