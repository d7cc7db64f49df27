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
│   └── ModelNotFound         the provider does not know the model (404)
├── RequestRejected           this request cannot be answered as it is
│   ├── BadRequest            the provider refuses its form
│   └── ContextTooLong        more tokens than the model's window takes
├── AnswerUnusable            the model answered (and was paid), but not what was asked for
│   ├── Refused               a safety filter or the model itself declined
│   ├── MalformedOutput       not the JSON that the request's schema asks for, or nothing at all
│   └── TruncatedOutput       cut off by the output limit
├── UnknownModel              a name that no provider and no entry of the catalogue has; nothing was sent
├── BudgetExceeded            the money set aside does not suffice; nothing was sent
└── AllModelsExhausted        primary and fallbacks failed; carries every call

Which class it is follows from the SDK's exception, the status and the provider's error code, never from words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llm_runtime.messages import Call, Completion


class LLMError(Exception):
    """Root of this package's errors.

    Attributes:
        provider: Who was asked; empty where no single provider is meant.
        model: Which model was asked.
        status: HTTP status of the answer, or None where there was none.
        calls: Every metered exchange behind this error, filled by the layers that meter.
    """

    def __init__(self, message: str, *, provider: str = "", model: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.provider = provider
        self.model = model
        self.status = status
        self.calls: tuple[Call, ...] = ()


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
    """No connection to the provider, or it was cut in the middle of an answer."""


class AuthenticationFailed(ModelUnavailable):
    """The key is missing, wrong, or may not use this model."""


class ModelNotFound(ModelUnavailable):
    """The provider does not know this model, or this key cannot see it."""


class RequestRejected(LLMError):
    """This request cannot be answered as it is."""


class BadRequest(RequestRejected):
    """The provider refuses the form of the request."""


class ContextTooLong(RequestRejected):
    """The request has more tokens than the model's window takes."""


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


class BudgetExceeded(LLMError):
    """The money set aside does not suffice for this request; nothing was sent."""


class AllModelsExhausted(LLMError):
    """Primary and fallbacks failed.

    Attributes:
        causes: The error of each model that was tried, in that order.
    """

    def __init__(self, message: str, *, causes: tuple[LLMError, ...]) -> None:
        super().__init__(message)
        self.causes = causes
