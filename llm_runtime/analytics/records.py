"""What is told to those who keep books: values, the same for SQL and for Langfuse, with the same ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from llm_runtime.cost.rates import Costs
from llm_runtime.messages import PromptVariant, Usage


class Source(StrEnum):
    """Where a trace was made."""

    APP = "app"
    CLI = "cli"
    ACTION = "action"
    ELSEWHERE = "elsewhere"
    """Known from Langfuse alone."""


class EventKind(StrEnum):
    """What happened beside the calls."""

    WAIT = "wait"
    FALLBACK = "fallback"
    BREAKER = "breaker"
    BUDGET = "budget"
    MALFORMED = "malformed"
    CACHE = "cache"
    PRICE_UNKNOWN = "price unknown"
    LIMITS_UNKNOWN = "limits unknown"
    LEDGER_LOST = "ledger lost"
    LEDGER_FOUND = "ledger found"
    DROPPED = "dropped"
    """Records that a full queue, or somebody who did not answer, has cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A review, or another piece of work that asks models for one purpose.

    Attributes:
        id: 32 hex digits (``identity.trace_id``).
        name: What kind of work: ``review``, ``command``.
        source: Where it is done.
        repository: ``owner/name`` in lower case, or the folder's name where there is no such thing.
        number: The pull request, or None.
        head: The commit that is reviewed, or the empty string.
        job: What tells it from other reviews of that head.
        installation: Number of the App's installation, or None.
        started_at: When it began, in UTC.
        opened_at: When the pull request was opened, in UTC; None where nobody knows.
    """

    id: str
    name: str
    source: Source
    repository: str
    number: int | None = None
    head: str = ""
    job: str = ""
    installation: int | None = None
    started_at: datetime
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEnded:
    """How a trace ended; of a review that goes on later, each time.

    Attributes:
        trace: Its id.
        status: ``done``, ``parked``, ``failed``, ``superseded``, ``cancelled``.
        ended_at: When, in UTC.
        posted_at: When the review was on GitHub, in UTC; None where nothing was posted.
    """

    trace: str
    status: str
    ended_at: datetime
    posted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that went to a model or came from one.

    Attributes:
        digest: 64 hex digits of its SHA-256.
        characters: How long it is.
        content: The text itself; None unless somebody has switched that on.
    """

    digest: str
    characters: int
    content: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One exchange with a model, answered or failed; retries and fallbacks are exchanges of their own.

    Attributes:
        trace: Id of its trace.
        id: 16 hex digits; unique within the trace.
        asker: The reviewer, or what else asked: ``verification``, ``ask``.
        question: Id of the question, the same for all exchanges that were needed for its answer.
        round: 0, or n where the model was told n times what is wrong with its answer.
        provider: Who was asked.
        model: The model that was asked.
        served: The model that answered, as the provider names it; the empty string where none did.
        tier: The tier whose limits were kept, or the empty string.
        role: ``primary``, ``fallback``, ``larger window``, or the empty string.
        usage: Tokens; None where nobody counted them.
        cost_usd: Dollars; None where nobody knows, never zero for unknown.
        costs: The same by kind; None where only the sum is known.
        started_at: When it was sent, in UTC.
        latency_ms: From sending to the last byte.
        first_token_ms: From sending to the first one; None where the answer came in one piece.
        wait_ms: How long it waited before it was sent, for limits and after failures.
        error: Name of the error's class; None where it was answered.
        prompt: What went to the model; None where nobody noted it.
        answer: What came back; None where nothing did.
        variant: The wording of the prompt, or None.
    """

    trace: str
    id: str
    asker: str
    question: str
    round: int = 0
    provider: str
    model: str
    served: str = ""
    tier: str = ""
    role: str = ""
    usage: Usage | None = None
    cost_usd: Decimal | None = None
    costs: Costs | None = None
    started_at: datetime
    latency_ms: int
    first_token_ms: int | None = None
    wait_ms: int = 0
    error: str | None = None
    prompt: Text | None = None
    answer: Text | None = None
    variant: PromptVariant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened beside the calls.

    Attributes:
        trace: Id of its trace.
        id: 16 hex digits; unique within the trace.
        asker: For whom, or the empty string.
        kind: What.
        provider: Of which model, or the empty string.
        model: Which one, or the empty string.
        at: When, in UTC.
        seconds: For how long, where it took or takes time.
        error: Name of the class of the error that led to it, or None.
        data: More about it: numbers and words of ours, never a text from outside.
    """

    trace: str
    id: str
    asker: str = ""
    kind: EventKind
    provider: str = ""
    model: str = ""
    at: datetime
    seconds: float | None = None
    error: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How a question ended that was put in a certain wording.

    Attributes:
        trace: Id of its trace.
        question: Its id.
        asker: Who asked.
        variant: The wording, or None.
        outcome: ``answered``, ``repaired`` (after it had been told what is wrong), ``malformed`` or ``failed``.
        ended_at: When, in UTC.
        findings: How many remarks the answer makes, before they are merged and weighed.
    """

    trace: str
    question: str
    asker: str
    variant: PromptVariant | None
    outcome: str
    ended_at: datetime
    findings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What a reviewer brought with a model on one head; what became of it may be told again, later.

    Attributes:
        trace: Id of the review's trace.
        reviewer: Who looked.
        provider: Of the model that found it first, or the empty string where tools alone did.
        model: That model, or the empty string.
        findings: Remarks that this review was the first to tell.
        accepted: Those of them that people accepted, liked or fixed.
        dismissed: Those of them that people dismissed.
        gaps: Questions that got no answer.
    """

    trace: str
    reviewer: str
    provider: str = ""
    model: str = ""
    findings: int = 0
    accepted: int = 0
    dismissed: int = 0
    gaps: int = 0


Record = Trace | TraceEnded | Generation | Happening | Execution | TaskResult
