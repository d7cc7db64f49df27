"""What the runtime does besides answering, as values: metrics, traces and logs are made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from llm_runtime.cost.rates import Costs
from llm_runtime.messages import Call, Completion, Request


class WaitReason(StrEnum):
    """What a call waited for."""

    RATE_LIMIT = "rate limit"
    BACKOFF = "backoff"
    FINAL_ATTEMPT = "final attempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """A metered exchange with a provider ended, answered or failed; retries and fallbacks are calls of their own.

    Two of the same call are equal, whatever else is known of it.

    Attributes:
        call: The exchange.
        id: 16 hex digits by chance, for those who keep books; the empty string where nobody gave it one.
        request: What was asked; None where nobody says.
        completion: What came back, an unusable answer too; None where nothing did.
        costs: What it cost by kind of token; None where that is not known.
        tier: The tier whose limits were kept, or the empty string.
        role: ``primary``, ``fallback``, ``larger window``, or the empty string.
    """

    call: Call
    id: str = field(default="", compare=False)
    request: Request | None = field(default=None, compare=False, repr=False)
    completion: Completion | None = field(default=None, compare=False, repr=False)
    costs: Costs | None = field(default=None, compare=False)
    tier: str = field(default="", compare=False)
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """A call waited before it was sent.

    Attributes:
        provider: Whom it is for.
        model: The model it is for.
        seconds: How long it waited.
        reason: What for.
    """

    provider: str
    model: str
    seconds: float
    reason: WaitReason


@dataclass(frozen=True, slots=True, kw_only=True)
class FellBack:
    """A model failed and another one is asked.

    Attributes:
        failed: The model that failed, ``provider/name``.
        chosen: The model that is asked next.
        error: Name of the error's class.
    """

    failed: str
    chosen: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerOpened:
    """A model is not asked any more for a while.

    Attributes:
        provider: Who serves it.
        model: The model.
        error: Name of the error's class that opened it.
        seconds: For how long; None until the process restarts.
    """

    provider: str
    model: str
    error: str
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetNearlySpent:
    """A cap has been used to four fifths; told once for each account.

    Attributes:
        account: Which cap, for example ``repository:acme/shop:2026-11-21``.
        spent: Dollars of settled calls.
        cap: Dollars.
    """

    account: str
    spent: Decimal
    cap: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceUnknown:
    """A call was answered and nobody knows what it cost."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsUnknown:
    """No limits are known for a model, so cautious ones are kept."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLost:
    """The shared ledger cannot be reached; told once until it answers again.

    Attributes:
        detail: What happened, in one line without secrets.
    """

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFound:
    """The shared ledger answers again."""


Event = (
    CallEnded
    | Waited
    | FellBack
    | BreakerOpened
    | BudgetNearlySpent
    | PriceUnknown
    | LimitsUnknown
    | LedgerLost
    | LedgerFound
)


class Observer(Protocol):
    """Anything that wants to know what happens: metrics, traces, logs."""

    def record(self, event: Event) -> None:
        """Note an event. It is called in the thread of the call, so it must be quick, and it must not raise."""
        ...


class Observers:
    """Several observers as one; safe to share between threads where they are."""

    def __init__(self, observers: Iterable[Observer] = ()) -> None:
        self._observers = tuple(observers)

    def record(self, event: Event) -> None:
        """Tell all of them."""
        for observer in self._observers:
            observer.record(event)
