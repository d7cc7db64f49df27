"""What GitHub knows of an App and of where it is installed, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

USED: Mapping[str, str] = {
    "metadata": "read",
    "contents": "write",
    "pull_requests": "write",
    "issues": "write",
    "checks": "write",
}
"""The most that a token is good for. The App asks for ``contents: read``; only an owner who raises that to ``write``
has threads resolved, because GitHub lets nobody else do it."""

_LEVELS = ("read", "write", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppIdentity:
    """The App as GitHub knows it.

    Attributes:
        slug: Its name in addresses; ``slug[bot]`` is its account.
        permissions: What it asks of those who install it, by name.
        events: Webhooks that it gets.
    """

    slug: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]

    @property
    def login(self) -> str:
        """Its account."""
        return f"{self.slug}[bot]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An account on which the App is installed.

    Attributes:
        id: GitHub's number.
        account: Login of whose it is.
        permissions: What was granted, by name.
        suspended: Whether nothing can be read or written for now.
    """

    id: int
    account: str
    permissions: Mapping[str, str]
    suspended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationToken:
    """What an installation is read and written with.

    Attributes:
        value: The token.
        expires_at: Seconds since the epoch, by GitHub's clock.
    """

    value: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedDelivery:
    """A webhook that was not taken.

    Attributes:
        id: GitHub's number of this attempt.
        guid: What all attempts have in common, ``X-GitHub-Delivery``.
        event: Its name.
        delivered_at: Seconds since the epoch.
    """

    id: int
    guid: str
    event: str
    delivered_at: float


def narrowed(granted: Mapping[str, str]) -> dict[str, str]:
    """What is used of what was granted; an owner who has not accepted a new permission yet does not lose the others.

    >>> narrowed({"contents": "read", "issues": "admin", "secrets": "write"})
    {'contents': 'read', 'issues': 'write'}
    """
    return {
        name: min(level, granted[name], key=_LEVELS.index)
        for name, level in USED.items()
        if granted.get(name) in _LEVELS
    }
