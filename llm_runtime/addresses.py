"""An address comes in, what of it may be shown goes out: the rest may be a password, or a key that was pasted."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HIDDEN = "…"
"""Stands where something is left out."""

_SCHEME = re.compile(r"([a-zA-Z+]{1,20})://")
"""Letters alone: schemes with digits are rare, keys without them are rarer."""


def scheme_of(address: str) -> str:
    """What is before ``://``; empty where nothing is there, or something that may not be a scheme at all.

    Example:
        >>> scheme_of("redis://:secret@cache:6379/0")
        'redis'
        >>> scheme_of("sk-ant-api03-4711:")
        ''
    """
    found = _SCHEME.match(address)
    return found.group(1) if found else ""


def server_of(address: str) -> str:
    """Scheme, host and port; gateways take keys in the path and in the query, too.

    Example:
        >>> server_of("https://user:secret@gateway.local:8443/v1?key=secret")
        'https://gateway.local:8443/…'
        >>> server_of("user:secret@gateway.local")
        '…'
    """
    try:
        parts = urlsplit(address)
        known = bool(scheme_of(address) and parts.hostname) and parts.port != 0
    except ValueError:
        return HIDDEN
    behind = address.partition("://")[2].removeprefix(parts.netloc)
    # A password with a slash, which should have been written as %2F, ends the host too early.
    if not known or "@" in behind:
        return HIDDEN
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{'' if behind in ('', '/') else f'/{HIDDEN}'}"


def leads_somewhere(address: str) -> bool:
    """Whether a provider may be behind it: it begins with ``http://`` or ``https://`` and names a host."""
    try:
        parts = urlsplit(address)
        complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return complete and address.isprintable() and " " not in address
