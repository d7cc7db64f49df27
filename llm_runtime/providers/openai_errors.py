"""OpenAI's error statuses, codes and headers come in, one of our errors goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from llm_runtime.errors import BadRequest, ContextTooLong, LLMError, QuotaExhausted, Refused
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request
from llm_runtime.providers.failures import Address, by_status, failure, is_too_long
from llm_runtime.providers.limit_headers import LimitHeaders, duration, feedback, retry_after

if TYPE_CHECKING:
    import openai

_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length", "exceed_context_size_error"})
_FILTERED = frozenset({"content_filter", "content_policy_violation", "invalid_prompt"})
LIMITS = LimitHeaders(requests=("x-ratelimit-{}-requests",), input_tokens=("x-ratelimit-{}-tokens",), until=duration)


def translated_status(
    error: openai.APIStatusError, request: Request | None, spec: ModelSpec, address: Address
) -> LLMError:
    """The error that an ``APIStatusError`` of the SDK means.

    Args:
        error: As the SDK raised it.
        request: What was asked; None where it was only whether the model is there.
        spec: The model.
        address: Whom we asked.
    """
    codes = {error.code, error.type}
    kind = by_status(error.status_code)
    if codes & _QUOTA:
        kind = QuotaExhausted
    elif codes & _TOO_LONG:
        kind = ContextTooLong
    elif codes & _FILTERED:
        kind = Refused
    elif kind is BadRequest and not error.param and is_too_long(_said(error), request, spec):
        kind = ContextTooLong
    headers = error.response.headers
    return failure(
        kind,
        address,
        status=error.status_code,
        retry_after=retry_after(headers),
        said=_said(error),
        feedback=feedback(headers, LIMITS),
    )


def _said(error: openai.APIStatusError) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, Mapping) else None
    return message if isinstance(message, str) else ""
