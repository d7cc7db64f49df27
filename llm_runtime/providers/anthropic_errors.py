"""Anthropic's error statuses, types and headers come in, one of our errors goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llm_runtime.errors import (
    AuthenticationFailed,
    BadRequest,
    ContextTooLong,
    LLMError,
    ModelNotFound,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request
from llm_runtime.providers.failures import Address, by_status, failure, is_too_long
from llm_runtime.providers.limit_headers import LimitHeaders, feedback, retry_after, seconds_until

if TYPE_CHECKING:
    import anthropic

_SPEND_LIMITS = frozenset({"enforced_spend_limit_reached", "contract_spend_limit_reached"})
BY_TYPE: Mapping[str, type[LLMError]] = {
    "authentication_error": AuthenticationFailed,
    "permission_error": AuthenticationFailed,
    "billing_error": QuotaExhausted,
    "not_found_error": ModelNotFound,
    "request_too_large": ContextTooLong,
    "rate_limit_error": RateLimited,
    "timeout_error": TimedOut,
    "overloaded_error": Overloaded,
    "api_error": ServerFailed,
}
# The tokens without a kind are those of the tightest limit there is, a workspace's for example, or the sum of both
# (https://platform.claude.com/docs/en/api/rate-limits#response-headers).
LIMITS = LimitHeaders(
    requests=("anthropic-ratelimit-requests-{}",),
    input_tokens=("anthropic-ratelimit-input-tokens-{}", "anthropic-ratelimit-tokens-{}"),
    output_tokens=("anthropic-ratelimit-output-tokens-{}",),
    until=seconds_until,
)


def translated_status(
    error: anthropic.APIStatusError, request: Request | None, spec: ModelSpec, address: Address
) -> LLMError:
    """The error that an ``APIStatusError`` of the SDK means.

    Args:
        error: As the SDK raised it.
        request: What was asked; None where it was only whether the model is there.
        spec: The model.
        address: Whom we asked.
    """
    kind = by_status(error.status_code)
    said = error.api_message or ""
    if error.error_code in _SPEND_LIMITS:
        kind = QuotaExhausted
    elif kind in (BadRequest, ServerFailed):
        kind = BY_TYPE.get(error.type or "", kind)
    if kind is BadRequest and error.error_code is None and is_too_long(said, request, spec):
        kind = ContextTooLong
    headers = error.response.headers
    return failure(
        kind,
        address,
        status=error.status_code,
        retry_after=retry_after(headers),
        said=said,
        feedback=feedback(headers, LIMITS),
    )
