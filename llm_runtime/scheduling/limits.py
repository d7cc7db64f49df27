"""How much a model may be asked: a vendor's limits as data, and what is kept of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from llm_runtime.messages import Usage

MINUTE = 60.0
DAY = 86_400
_HEADROOM = 2
_HEADROOM_FROM = 5
_LEAST_BURST = 4
_SHARE_OF_BURST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitKey:
    """Whose limit it is: everything that has the same key shares one account.

    Attributes:
        provider: Who serves the model.
        credential: A fingerprint of the key and the address it is for, never the key itself.
        model: The model, or the name of the pool that it shares its limits with.
    """

    provider: str
    credential: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}@{self.credential}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a call takes of its limits.

    Attributes:
        requests: 1 for a call.
        input_tokens: Tokens that count as input.
        output_tokens: Tokens that count as output.
    """

    requests: int = 1
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a vendor counts, and how closely its limits are approached. All of it can be set.

    Attributes:
        window_seconds: Length of the window that the per-minute limits are for.
        burst: Calls that may go at once on an idle key before calls are spaced; 1 is strict spacing, None the default
            of max(4, (RPM − 2) / 6). A vendor that refills continuously admits no more than its bucket holds.
        token_burst: Share of a token limit that may go at once on an idle key before tokens are spaced, too.
        headroom: Requests of the limit that are never used, from a limit of 5 up; below, one is left where possible.
        token_margin: Share of the token limits that is never used.
        larger_counts: Whether there is one limit of tokens, for which a call counts beforehand as the larger of its
            input and the output that it is allowed (OpenAI:
            https://developers.openai.com/api/docs/guides/rate-limits).
        cached_input_counts: Whether input that a cache served counts (Anthropic: it does not,
            https://platform.claude.com/docs/en/api/rate-limits).
        quota_is_daily: Whether a quota that is used up is there again on the vendor's next day.
        day_offset_seconds: What is added to UTC to find the day that requests per day are counted for.
    """

    window_seconds: float = MINUTE
    burst: int | None = None
    token_burst: float = 1 / 6
    headroom: int = _HEADROOM
    token_margin: float = 0.02
    larger_counts: bool = False
    cached_input_counts: bool = True
    quota_is_daily: bool = False
    day_offset_seconds: int = 0

    def __post_init__(self) -> None:
        if (
            self.window_seconds <= 0
            or self.headroom < 0
            or not 0 <= self.token_margin < 1
            or not 0 < self.token_burst <= 1
        ):
            raise ValueError(f"not a shape of a limit: {self}")
        if self.burst is not None and self.burst < 1:
            raise ValueError(f"a burst of {self.burst} calls would admit none; 1 spaces all calls")

    def seconds_to_midnight(self, unix: float) -> float:
        """Seconds until the vendor's next day begins, from a moment in seconds since 1970."""
        return DAY - (unix + self.day_offset_seconds) % DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """What a vendor admits; None is unlimited.

    Attributes:
        requests_per_minute: Calls in a window.
        input_tokens_per_minute: Input tokens in a window.
        output_tokens_per_minute: Output tokens in a window.
        requests_per_day: Calls in a day of the vendor.
        pool: Name under which several models share these limits; empty where each has its own.
        shape: How the vendor counts.
        source: Where the figures were read, and when; empty for a guess.

    Raises:
        ValueError: A limit is negative, or zero, which would admit nothing.

    Example:
        >>> RateLimits(requests_per_minute=60).caps.requests
        58
    """

    requests_per_minute: int | None = None
    input_tokens_per_minute: int | None = None
    output_tokens_per_minute: int | None = None
    requests_per_day: int | None = None
    pool: str = ""
    shape: Shape = field(default=Shape())
    source: str = ""

    def __post_init__(self) -> None:
        for name in (
            *("requests_per_minute", "input_tokens_per_minute", "output_tokens_per_minute", "requests_per_day"),
        ):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}; it must be at least 1, or left out where there is no limit")

    @property
    def caps(self) -> Caps:
        """What is really used of these limits."""
        return Caps(
            requests=capped_requests(self.requests_per_minute, self.shape),
            input_tokens=capped_tokens(self.input_tokens_per_minute, self.shape),
            output_tokens=capped_tokens(self.output_tokens_per_minute, self.shape),
            requests_per_day=self.requests_per_day,
        )

    @property
    def unlimited(self) -> bool:
        """Whether nothing is limited."""
        return self.caps == Caps()

    def demand(self, *, input_tokens: int, output_tokens: int) -> Demand:
        """What a call of that size takes, before it is sent."""
        if self.shape.larger_counts:
            return Demand(input_tokens=max(input_tokens, output_tokens))
        return Demand(input_tokens=input_tokens, output_tokens=output_tokens)

    def used(self, usage: Usage, *, output_limit: int) -> Demand:
        """What a call really took.

        Args:
            usage: What the provider counted.
            output_limit: Tokens of output that the call was allowed; a vendor that counts them beforehand gives none
                back.
        """
        counted = usage.input_tokens
        if not self.shape.cached_input_counts:
            counted -= usage.cached_input_tokens
        if self.shape.larger_counts:
            return Demand(input_tokens=max(counted, usage.output_tokens, output_limit))
        return Demand(input_tokens=max(counted, 0), output_tokens=usage.output_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that is sent in any window; None is unlimited."""

    requests: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    requests_per_day: int | None = None


def capped_requests(limit: int | None, shape: Shape) -> int | None:
    """Requests that are used of a limit: two less from five up, one less below, at least one."""
    if limit is None:
        return None
    return max(1, limit - (shape.headroom if limit >= _HEADROOM_FROM else min(1, shape.headroom)))


def capped_tokens(limit: int | None, shape: Shape) -> int | None:
    """Tokens that are used of a limit."""
    return None if limit is None else max(1, int(limit * (1 - shape.token_margin)))


def burst_of(requests: int, shape: Shape) -> int:
    """Calls that may go at once on an idle key, never more than the cap."""
    wanted = max(_LEAST_BURST, requests // _SHARE_OF_BURST) if shape.burst is None else shape.burst
    return min(wanted, requests)
