"""What is asked of a model and what comes back: values without behaviour of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from llm_runtime.feedback import RateLimitFeedback

JsonSchema = Mapping[str, Any]


class Effort(StrEnum):
    """How long a model may reason before it answers; ignored by models that do not reason."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class StopReason(StrEnum):
    """Why a model stopped, in words shared by the vendors."""

    END = "end"
    LENGTH = "length"
    REFUSED = "refused"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer of the model and what was replied to it, when a question needed a second round."""

    answer: str
    reply: str


@dataclass(frozen=True, slots=True)
class PromptVariant:
    """The wording that a question is put in.

    Attributes:
        name: What it is for: ``security``, ``verification``.
        version: Twelve hex digits of its text: another wording has another one.
    """

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose question it is, for those who keep books; nothing of it is sent.

    Attributes:
        asker: The reviewer, or what else asks: ``verification``, ``ask``.
        question: What names the question; the same for all attempts, models and rounds that its answer takes.
        variant: The wording, where it has a name.
    """

    asker: str
    question: str = ""
    variant: PromptVariant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model, ordered so that a provider's prompt cache serves the common prefix.

    Attributes:
        system: Instructions shared by every request of a run; first on the wire.
        context: Shared material, the same for several questions; second on the wire, cacheable up to its end.
        question: What this request alone asks; last on the wire.
        schema: JSON schema the answer must keep, or None for free text.
        schema_name: Name of the schema on the wire (letters, digits, ``_``; at most 64).
        max_output_tokens: Upper bound of the answer, reasoning included.
        effort: How long the model may reason; None leaves it to the model.
        exchanges: Earlier rounds of the same question, oldest first.
        timeout_seconds: Seconds that the answer may take in all, waits included; None leaves it to whoever is asked.
        shared: Whether requests that follow within minutes begin with the same schema, system text and context, and
            are answered by the same model. A vendor that caches only what is marked, and charges more for it, is
            asked to only then.
        origin: Whose question it is, or None; nothing of it is sent.
    """

    system: str
    context: tuple[str, ...] = ()
    question: str
    schema: JsonSchema | None = None
    schema_name: str = "answer"
    max_output_tokens: int = 8_192
    effort: Effort | None = None
    exchanges: tuple[Exchange, ...] = ()
    timeout_seconds: float | None = None
    shared: bool = False
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call as the provider counted them.

    Attributes:
        input_tokens: All tokens read, those served from and written to a cache included.
        cached_input_tokens: Part of ``input_tokens`` that a cache served.
        cache_write_tokens: Part of ``input_tokens`` that was written to a cache.
        output_tokens: All tokens produced, reasoning included.
        reasoning_tokens: Part of ``output_tokens`` spent on reasoning.
    """

    input_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Tokens of both."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_input_tokens=self.cached_input_tokens + other.cached_input_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One metered exchange with a provider, whether it was answered or failed.

    Attributes:
        provider: Who served it.
        model: The model that was asked.
        usage: Tokens as counted by the provider; None where it said nothing, as with most failures.
        cost_usd: What it cost; None where the price or the usage is unknown, never zero for unknown.
        started_at: When it was sent (UTC); None where nobody noted it.
        seconds: From sending to the last byte; waiting for room in a limit is not in it.
        error: Name of the error class, or None when it was answered.
        detail: The error in one line, or the empty string.
    """

    provider: str
    model: str
    usage: Usage | None = None
    cost_usd: Decimal | None = None
    started_at: datetime | None = None
    seconds: float = 0.0
    error: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model answered.

    Attributes:
        text: The answer; JSON text when the request had a schema.
        stop_reason: Why it stopped.
        usage: Tokens of the exchange that produced this answer.
        provider: Who served it.
        model: The model as the provider names it, which may be a dated version of the one asked.
        calls: Every exchange that this answer needed, failed ones first, the answering one last.
        feedback: What the answer's headers said of the account's rate limits, or None.
    """

    text: str
    stop_reason: StopReason
    usage: Usage
    provider: str
    model: str
    calls: tuple[Call, ...] = field(default=())
    feedback: RateLimitFeedback | None = None
