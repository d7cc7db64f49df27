"""A stretch of time that a question is about, as people write it and as queries take it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DEFAULT_SINCE = "30d"

_AGO = re.compile(r"([0-9]{1,4})([hdw])\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DAY = timedelta(days=1)


class NotAPeriod(ValueError):
    """What was written names no stretch of time; the message is one line with the cure."""


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment, which is in it, to another, which is not; both in UTC.

    Raises:
        NotAPeriod: It ends before it begins, or has no length.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        """See that there is something between the two."""
        if self.until <= self.since:
            msg = f"nothing lies between {_shown(self.since)} and {_shown(self.until)} UTC; name an earlier --since"
            raise NotAPeriod(msg)

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.until - self.since

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this begins."""
        return Period(self.since - self.length, self.since)

    def __str__(self) -> str:
        """For people: days alone where it begins or ends with one, and the last is in it."""
        whole_days = self.until == _midnight(self.until)
        return f"{_shown(self.since)} to {_shown(self.until - _DAY if whole_days else self.until)} UTC"


def read_period(since: str, until: str, now: datetime) -> Period:
    """The period that is meant.

    Args:
        since: ``12h``, ``30d`` or ``4w`` ago (days and weeks begin at midnight UTC, so that the first day is a whole
            one), a date, or a date with a time; without a time zone it is UTC.
        until: A date, which is in it to its end, or a date with a time; or the empty string, which is now.
        now: The present, with its time zone.

    Raises:
        NotAPeriod: One of them means nothing, nothing lies between them, or the calendar has no period before it.

    >>> now = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
    >>> print(read_period("2026-11-01", "2026-11-20", now))
    2026-11-01 to 2026-11-20 UTC
    >>> print(read_period("7d", "", now))
    2026-11-14 to 2026-11-21 14:30 UTC
    """
    now = now.astimezone(UTC)
    end = _moment(until, "--until", "2026-11-30") if until else now
    try:
        if _DATE.match(until):
            end += _DAY
    except OverflowError:
        msg = f"--until {until} is the end of the calendar; name an earlier day"
        raise NotAPeriod(msg) from None
    period = Period(_beginning(since, now), end)
    try:
        # What is told is told beside it.
        _ = period.before
    except OverflowError:
        msg = f"--since {since[:40]!r} is too long ago; write it as 30d, 12h or 2026-11-01"
        raise NotAPeriod(msg) from None
    return period


def _beginning(text: str, now: datetime) -> datetime:
    if not (ago := _AGO.match(text)):
        return _moment(text, "--since", "30d, 12h or 2026-11-01")
    number = int(ago[1])
    if ago[2] == "h":
        return now - timedelta(hours=number)
    return _midnight(now) - timedelta(days=number * (7 if ago[2] == "w" else 1))


def _moment(text: str, option: str, example: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        msg = f"{option} {text[:40]!r} is no time; write it as {example}"
        raise NotAPeriod(msg) from None


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}" if moment == _midnight(moment) else f"{moment:%Y-%m-%d %H:%M}"
