"""Gemini's error details come in (google.rpc types in a JSON body), one of our errors goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from llm_runtime.errors import (
    AuthenticationFailed,
    BadRequest,
    ContextTooLong,
    LLMError,
    QuotaExhausted,
    RateLimited,
)
from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request
from llm_runtime.providers.failures import Address, by_status, failure, is_too_long
from llm_runtime.providers.limit_headers import count_of, duration, retry_after

_KEY_REASONS = frozenset(
    {
        *("API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED"),
        *("SERVICE_DISABLED", "CONSUMER_INVALID", "CONSUMER_SUSPENDED", "ACCESS_TOKEN_EXPIRED"),
    }
)
_BILLING_REASONS = frozenset({"BILLING_DISABLED"})


def translated_status(error: Any, request: Request | None, spec: ModelSpec, address: Address) -> LLMError:
    """The error that an ``APIError`` of the SDK means.

    Args:
        error: As the SDK raised it; its details are the body of the answer.
        request: What was asked; None where it was only whether the model is there.
        spec: The model.
        address: Whom we asked.
    """
    details = tuple(_details(error.details))
    reasons = {detail.get("reason") for detail in details}
    quotas = tuple(_quotas(details))
    kind = by_status(error.code)
    said = error.message if isinstance(error.message, str) else ""
    if reasons & _BILLING_REASONS:
        kind = QuotaExhausted
    elif reasons & _KEY_REASONS or error.status == "FAILED_PRECONDITION":
        kind = AuthenticationFailed
    elif kind is RateLimited and any("PerDay" in quota for quota, _ in quotas):
        kind = QuotaExhausted
    elif kind is BadRequest and is_too_long(said, request, spec):
        kind = ContextTooLong
    wait = retry_after(getattr(error.response, "headers", None) or {})
    return failure(
        kind,
        address,
        status=error.code,
        retry_after=_delay(details) if wait is None else wait,
        said=said,
        feedback=_feedback(quotas),
    )


def _details(body: object) -> Iterator[Mapping[str, Any]]:
    error = body.get("error") if isinstance(body, Mapping) else None
    found = error.get("details") if isinstance(error, Mapping) else None
    for detail in found if isinstance(found, list) else []:
        if isinstance(detail, Mapping):
            yield detail


def _quotas(details: tuple[Mapping[str, Any], ...]) -> Iterator[tuple[str, str]]:
    """Name and value of each quota that google.rpc.QuotaFailure says was exceeded."""
    for detail in details:
        violations = detail.get("violations")
        for violation in violations if isinstance(violations, list) else []:
            if isinstance(violation, Mapping):
                yield str(violation.get("quotaId") or ""), str(violation.get("quotaValue") or "")


def _feedback(quotas: tuple[tuple[str, str], ...]) -> RateLimitFeedback | None:
    """The limits per minute that were exceeded. It is all that this vendor ever says of them: it has no headers."""
    told = {
        "input_tokens" if "Token" in quota else "requests": Allowance(limit=limit)
        for quota, value in quotas
        if "PerMinute" in quota and (limit := count_of(value))
    }
    return RateLimitFeedback(**told) if told else None


def _delay(details: tuple[Mapping[str, Any], ...]) -> float | None:
    """Seconds of google.rpc.RetryInfo, which writes a duration as ``"23.5s"``."""
    for detail in details:
        seconds = duration(str(detail.get("retryDelay") or ""))
        if seconds is not None:
            return seconds
    return None
