"""Limits as users write them come in, changes of the published ones go out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from llm_runtime.scheduling.limits import RateLimits

_FIELDS: Mapping[str, str] = {
    "rpm": "requests_per_minute",
    "tpm": "input_tokens_per_minute",
    "itpm": "input_tokens_per_minute",
    "otpm": "output_tokens_per_minute",
    "rpd": "requests_per_day",
}
_WORDS = (*_FIELDS, "burst")
_UNLIMITED = frozenset({"none", "unlimited"})
_EXAMPLE = "openai/gpt-6.1-sol: rpm=500 tpm=30000"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOverride:
    """What of a model's limits is otherwise; what is not named stays as it is.

    Attributes:
        limits: New values by the name of the field of ``RateLimits``; None is unlimited.
        burst: Calls that may go at once, or None to leave that as it is; 1 is strict spacing.

    Raises:
        ValueError: There is no such field.
    """

    limits: Mapping[str, int | None] = field(default_factory=dict)
    burst: int | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.limits) - set(_FIELDS.values()))
        if unknown:
            raise ValueError(f"no limit is called {unknown[0]!r}; there are {', '.join(sorted(set(_FIELDS.values())))}")

    def applied(self, limits: RateLimits) -> RateLimits:
        """The limits with these changes."""
        shape = limits.shape if self.burst is None else replace(limits.shape, burst=self.burst)
        changes: dict[str, Any] = dict(self.limits)
        return replace(limits, shape=shape, **changes)


def parse_overrides(lines: Iterable[str]) -> Mapping[str, LimitOverride]:
    """Overrides by the name that they are for, ``provider/model`` or ``provider``.

    Args:
        lines: Each such as ``openai/gpt-6.1-sol: rpm=500 tpm=30000 otpm=8000 rpd=1000 burst=4``. ``tpm`` is input
            tokens per minute, or all tokens where the vendor counts them together; ``none`` is no limit.

    Raises:
        ValueError: A line is not of that form; the message names the cure.
    """
    found: dict[str, LimitOverride] = {}
    for line in lines:
        name, override = parse_override(line)
        if name in found:
            raise ValueError(f"the limits of {name} are given twice; write them in one line")
        found[name] = override
    return found


def parse_override(line: str) -> tuple[str, LimitOverride]:
    """The name that one line is for, and what it changes.

    Raises:
        ValueError: It is not of the form; the message names the cure.
    """
    # The last colon counts: names of models on servers of one's own have colons, too.
    name, colon, settings = line.rpartition(":")
    name = name.strip()
    if not colon or not name or not settings.strip():
        raise ValueError(f"{line.strip()!r} gives no limits; write them as in {_EXAMPLE!r}")
    limits: dict[str, int | None] = {}
    burst: int | None = None
    for setting in settings.split():
        word, equals, text = setting.partition("=")
        word = word.lower()
        if word not in _WORDS:
            raise ValueError(f"{name}: {_unknown(word)}")
        if not equals or not text:
            raise ValueError(f"{name}: {word} has no value; write {word}=100")
        if word == "burst":
            burst = _count(name, word, text)
        elif _FIELDS[word] in limits:
            raise ValueError(f"{name}: {word} is given twice; leave one out")
        else:
            limits[_FIELDS[word]] = None if text.lower() in _UNLIMITED else _count(name, word, text)
    return name, LimitOverride(limits=limits, burst=burst)


def _count(name: str, word: str, text: str) -> int:
    digits = text.replace("_", "").replace(",", "")
    if not digits.removeprefix("-").isdecimal() or not digits.isascii():
        raise ValueError(f"{name}: {word}={text} is no number; write digits, as in {word}=30000")
    value = int(digits)
    if value < 1:
        without = "burst=1 spaces all calls" if word == "burst" else f"write {word}=none for no limit"
        raise ValueError(f"{name}: {word}={text} would admit nothing; it must be at least 1, {without}")
    return value


def _unknown(word: str) -> str:
    near = difflib.get_close_matches(word, _WORDS, n=1, cutoff=0.5)
    guess = f"did you mean {near[0]}?" if near else f"there are {', '.join(_WORDS)}"
    return f"there is no limit {word!r}; {guess}"
