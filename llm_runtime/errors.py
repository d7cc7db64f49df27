"""Everything that can go wrong between a question and its answer.

LLMError
├── ModelUnavailable          this model cannot answer now; another one, or a later moment, may
│   ├── RateLimited           too many requests or tokens in the provider's window
│   ├── Overloaded            the provider has no capacity (503, 529)
│   ├── ServerFailed          the provider broke down (other 5xx)
│   ├── QuotaExhausted        credit, spend cap or daily quota used up
│   ├── TimedOut              no answer within the time
│   ├── ConnectionFailed      no connection, or cut in the middle
│   ├── AuthenticationFailed  the key is wrong or may not use this model (401, 403)
│   ├── ModelNotFound         the provider does not know the model (404)
│   ├── WouldWaitTooLong      its limits leave no room within the caller's patience; nothing was sent
│   └── CircuitOpen           earlier calls showed that asking is useless until a certain moment; nothing was sent
├── RequestRejected           this request cannot be answered as it is
│   ├── BadRequest            the provider refuses its form
│   ├── ContextTooLong        more tokens than the model's window takes
│   └── RequestTooLarge       more tokens than the model's rate limit ever admits at once; nothing was sent
├── AnswerUnusable            the model answered (and was paid), but not what was asked for
│   ├── Refused               a safety filter or the model itself declined
│   ├── MalformedOutput       not the JSON that the request's schema asks for, or nothing at all
│   └── TruncatedOutput       cut off by the output limit
├── UnknownModel              a name that no provider and no entry of the catalogue has; nothing was sent
├── Misbuilt                  a chain of models that could not work as it was described; nothing was connected
├── BudgetExceeded            the money set aside does not suffice; nothing was sent
├── LedgerUnavailable         the shared account of limits or money cannot be reached
├── NotRecorded               a replay has no answer to this question; nothing was sent
├── Cancelled                 the caller does not want the answer any more; what had not been sent was not sent
└── AllModelsExhausted        primary and fallbacks failed; carries every call

Which class it is follows from the SDK's exception, the status and the provider's error code, never from words.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llm_runtime.feedback import RateLimitFeedback
    from llm_runtime.messages import Call, Completion


class LLMError(Exception):
    """Root of this package's errors.

    Attributes:
        provider: Who was asked; empty where no single provider is meant.
        model: Which model was asked.
        status: HTTP status of the answer, or None where there was none.
        calls: Every metered exchange behind this error, filled by the layers that meter.
        feedback: What the answer's headers said of the account's rate limits, or None.
    """

    def __init__(self, message: str, *, provider: str = "", model: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.provider = provider
        self.model = model
        self.status = status
        self.calls: tuple[Call, ...] = ()
        self.feedback: RateLimitFeedback | None = None


class ModelUnavailable(LLMError):
    """This model cannot answer now.

    Attributes:
        retry_after: Seconds the provider asks to wait, or None where it said nothing.
    """

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        model: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, provider=provider, model=model, status=status)
        self.retry_after = retry_after


class RateLimited(ModelUnavailable):
    """Too many requests or tokens in the provider's window."""


class Overloaded(ModelUnavailable):
    """The provider has no capacity for this model."""


class ServerFailed(ModelUnavailable):
    """The provider broke down while answering."""


class QuotaExhausted(ModelUnavailable):
    """Credit, spend cap or daily quota is used up; waiting seconds does not help."""


class TimedOut(ModelUnavailable):
    """No complete answer within the time allowed."""


class ConnectionFailed(ModelUnavailable):
    """No connection to the provider, or it was cut in the middle of an answer.

    Attributes:
        sent: Whether the provider may have got the request; not where no connection came about.
    """

    sent = True


class AuthenticationFailed(ModelUnavailable):
    """The key is missing, wrong, or may not use this model."""


class ModelNotFound(ModelUnavailable):
    """The provider does not know this model, or this key cannot see it."""


class WouldWaitTooLong(ModelUnavailable):
    """The model's limits leave no room within the caller's patience; nothing was sent and nobody slept.

    Attributes:
        eta: Seconds until there would be room; the same as ``retry_after``.
    """

    def __init__(self, message: str, *, eta: float, provider: str = "", model: str = "") -> None:
        super().__init__(message, provider=provider, model=model, retry_after=eta)
        self.eta = eta


class CircuitOpen(ModelUnavailable):
    """Earlier calls showed that this model cannot answer before a certain moment; nothing was sent.

    ``retry_after`` is None where only a restart of the process (with another key) helps.
    """


class RequestRejected(LLMError):
    """This request cannot be answered as it is."""


class BadRequest(RequestRejected):
    """The provider refuses the form of the request."""


class ContextTooLong(RequestRejected):
    """The request has more tokens than the model's window takes."""


class RequestTooLarge(RequestRejected):
    """More tokens than the model's rate limit ever admits at once; nothing was sent."""


class AnswerUnusable(LLMError):
    """The model answered, and was paid, but not with what was asked for.

    Attributes:
        completion: What did come back, with its usage; None where not even that is known.
    """

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        model: str = "",
        status: int | None = None,
        completion: Completion | None = None,
    ) -> None:
        super().__init__(message, provider=provider, model=model, status=status)
        self.completion = completion


class Refused(AnswerUnusable):
    """A safety filter or the model itself declined to answer."""


class MalformedOutput(AnswerUnusable):
    """Not the JSON that was asked for, or nothing at all."""


class TruncatedOutput(AnswerUnusable):
    """Cut off by the output limit."""


class UnknownModel(LLMError):
    """A name that no provider and no entry of the catalogue has."""


class Misbuilt(LLMError):
    """A chain of models that could not work as it was described.

    Attributes:
        faults: All that is wrong, one line each with its cure.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class BudgetExceeded(LLMError):
    """The money set aside does not suffice for this request; nothing was sent."""


class LedgerUnavailable(LLMError):
    """The shared account of limits or money cannot be reached."""


class NotRecorded(LLMError):
    """A replay has no answer to this question."""


class Cancelled(LLMError):
    """The caller does not want the answer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How one model fared, before the next one was asked.

    Attributes:
        model: ``provider/name``.
        error: What it ended with.
        seconds: From asking it to its last error, waits and retries included.
        cost_usd: What it cost; None where that is unknown.
    """

    model: str
    error: LLMError
    seconds: float
    cost_usd: Decimal | None


class AllModelsExhausted(LLMError):
    """Primary and fallbacks failed.

    Attributes:
        attempts: How each model that was tried fared, in that order.
    """

    def __init__(self, message: str, *, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(message)
        self.attempts = attempts

    @property
    def causes(self) -> tuple[LLMError, ...]:
        """The error of each model that was tried, in that order."""
        return tuple(attempt.error for attempt in self.attempts)
