"""Headers of an answer come in, what they say of waits and rate limits goes out; nonsense in them is nothing said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from llm_runtime.feedback import UNSAID, Allowance, RateLimitFeedback

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_MINUTE, _DAY = 60.0, 86_400.0
_SLACK = 1.05
_BEYOND_ANY_LIMIT = 1e15

Until = Callable[[str, datetime | None], float | None]
"""Reads a reset: the header's text and the server's own time, if it told it, become seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitHeaders:
    """How a vendor names its headers; ``{}`` stands for limit, remaining and reset.

    Attributes:
        requests: For requests per minute.
        input_tokens: For input tokens, or all tokens where they share a limit; of several the tightest counts.
        output_tokens: For output tokens.
        until: How it writes a reset.
    """

    requests: tuple[str, ...]
    input_tokens: tuple[str, ...]
    output_tokens: tuple[str, ...] = ()
    until: Until


def feedback(headers: Mapping[str, str], names: LimitHeaders) -> RateLimitFeedback | None:
    """What the headers of an answer say of the limits; None where they say nothing."""
    values = {name.lower(): value for name, value in headers.items()}
    now = _date(values.get("date", ""))
    told = RateLimitFeedback(
        requests=_tightest(values, names.requests, names.until, now),
        input_tokens=_tightest(values, names.input_tokens, names.until, now),
        output_tokens=_tightest(values, names.output_tokens, names.until, now),
    )
    return None if told == RateLimitFeedback() else told


def seconds_until(text: str, now: datetime | None) -> float | None:
    """Seconds until a moment in RFC 3339, counted from the server's own time, because its clock made both."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or now is None:
        return None
    return max(0.0, (moment - now).total_seconds())


def duration(text: str, _now: datetime | None = None) -> float | None:
    """Seconds of a duration such as ``6m0s``, ``1h2m``, ``120ms``, or a bare number of seconds."""
    parts = _DURATION.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text.strip():
        return sum(float(number) * _UNITS[unit] for number, unit in parts)
    return number_of(text)


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds to wait as the headers ask for it: ``retry-after-ms``, else ``retry-after`` in seconds or as a date.

    Args:
        headers: With names in any case, as the SDKs' responses hold them.
        now: The moment a date counts from; by default the ``date`` header of the same answer, because the server's
            clock made both.
    """
    values = {name.lower(): value for name, value in headers.items()}
    milliseconds = number_of(values.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    text = values.get("retry-after", "")
    seconds = number_of(text)
    if seconds is not None:
        return seconds
    until, since = _date(text), now or _date(values.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - since).total_seconds()) if until else None


def number_of(text: str) -> float | None:
    """A number that is not negative and has an end, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def count_of(text: str) -> int | None:
    """A number of requests or tokens, or None."""
    value = number_of(text)
    return None if value is None or value > _BEYOND_ANY_LIMIT else int(value)


def _tightest(values: Mapping[str, str], templates: tuple[str, ...], until: Until, now: datetime | None) -> Allowance:
    read = (_allowance(values, template, until, now) for template in templates)
    told = [allowance for allowance in read if allowance != UNSAID]
    return min(told, key=_room, default=UNSAID)


def _room(allowance: Allowance) -> float:
    room = allowance.limit if allowance.remaining is None else allowance.remaining
    return float("inf") if room is None else room


def _allowance(values: Mapping[str, str], template: str, until: Until, now: datetime | None) -> Allowance:
    limit, remaining = (count_of(values.get(template.format(part), "")) for part in ("limit", "remaining"))
    reset = until(values.get(template.format("reset"), ""), now)
    if limit == 0:
        limit, remaining = None, None
    if limit is not None and remaining is not None:
        remaining = min(remaining, limit)
        if reset is not None and _is_daily(limit, limit - remaining, reset):
            return UNSAID
    return Allowance(limit=limit, remaining=remaining, reset_seconds=reset)


def _is_daily(limit: int, used: int, reset: float) -> bool:
    """Whether these are a day's requests and not a minute's.

    OpenAI (where a tier has a daily limit) and Groq put the day's requests into the same headers. Both refill
    continuously, so the reset tells which it is: what was used comes back at a limit's worth in a day, or in a minute.
    What was used last may have come back in part, so up to one less.
    """
    if reset * limit / _MINUTE <= used * _SLACK:
        return False
    return used - 1 <= reset * limit / _DAY <= used * _SLACK


def _date(text: str) -> datetime | None:
    try:
        value = parsedate_to_datetime(text)
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
