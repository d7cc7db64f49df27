"""What a visitor wants to see: an address's query in, a checked value out, and back again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from app.errors import Misconfigured
from llm_runtime.analytics.period import DEFAULT_SINCE, NotAPeriod, Period, read_period

LONGEST = timedelta(days=732)
"""Two years: nobody needs more on a page, and a query has an end."""

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,98}/[A-Za-z0-9._-]{1,100}")
_LONGEST_TIME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for.

    Attributes:
        since: As people write it (``llm_runtime.analytics.period``).
        until: The same; empty for now.
        repository: ``owner/name`` in lower case, or empty for all that the visitor may see.
    """

    since: str = DEFAULT_SINCE
    until: str = ""
    repository: str = ""

    @property
    def query(self) -> str:
        """What an address ends with, ``?`` included; empty for the usual."""
        usual = Wish()
        parts = {
            name: value
            for name in ("since", "until", "repository")
            if (value := getattr(self, name)) != getattr(usual, name)
        }
        return f"?{urlencode(parts)}" if parts else ""

    def period(self, now: datetime) -> Period:
        """Which stretch of time that is.

        Raises:
            Misconfigured: It is none, or too long.
        """
        try:
            period = read_period(self.since, self.until, now)
        except NotAPeriod as error:
            raise Misconfigured(str(error)) from error
        if period.length > LONGEST:
            raise Misconfigured("a period has two years at the most; begin later")
        return period

    def narrowed(self, allowed: frozenset[str] | None) -> frozenset[str] | None:
        """The repositories that are looked at: never one that is not allowed.

        Args:
            allowed: What the visitor may see, or None for everything.

        Returns:
            Names, none of them where that repository is not for this visitor; or None for everything.
        """
        if not self.repository:
            return allowed
        wanted = frozenset({self.repository})
        return wanted if allowed is None else wanted & allowed


def read_wish(query: Mapping[str, str]) -> Wish:
    """What a query asks for; names that mean nothing here are passed over.

    Raises:
        Misconfigured: A value could not have come from our pages.
    """
    since, until = (query.get(name, "").strip() for name in ("since", "until"))
    repository = query.get("repository", "").strip()
    if max(len(since), len(until)) > _LONGEST_TIME:
        raise Misconfigured("a time is written as 30d, 12h or 2026-11-01")
    if repository and not _REPOSITORY.fullmatch(repository):
        raise Misconfigured("a repository is named as owner/name")
    return Wish(since=since or DEFAULT_SINCE, until=until, repository=repository.lower())


def wish_of(query: str) -> Wish:
    """The wish that ``Wish.query`` was made from, checked all the same; the usual one where it is none.

    >>> wish_of(Wish(since="7d", repository="octo/app").query)
    Wish(since='7d', until='', repository='octo/app')
    """
    try:
        return read_wish(dict(parse_qsl(query.removeprefix("?"))))
    except Misconfigured:
        return Wish()
