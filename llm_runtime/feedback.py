"""What a provider says of its rate limits beside an answer: the values that its headers become."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One limit as the provider sees it at the moment of an answer.

    Attributes:
        limit: What is admitted in a window; None where it was not said.
        remaining: What is left of it; None where it was not said.
        reset_seconds: Until all of it is there again; None where it was not said.
    """

    limit: int | None = None
    remaining: int | None = None
    reset_seconds: float | None = None


UNSAID = Allowance()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitFeedback:
    """All limits that an answer spoke of.

    Attributes:
        requests: Requests per minute.
        input_tokens: Input tokens per minute; where a provider counts input and output together, all tokens.
        output_tokens: Output tokens per minute.
    """

    requests: Allowance = UNSAID
    input_tokens: Allowance = UNSAID
    output_tokens: Allowance = UNSAID
