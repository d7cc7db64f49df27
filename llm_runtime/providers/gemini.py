"""Requests become ``generateContent`` of Gemini's API, answers become completions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llm_runtime.errors import (
    AuthenticationFailed,
    BadRequest,
    ConnectionFailed,
    ContextTooLong,
    LLMError,
    QuotaExhausted,
    RateLimited,
    TimedOut,
)
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request, StopReason, Usage
from llm_runtime.providers.answers import understood, usable
from llm_runtime.providers.failures import Address, by_status, failure, is_too_long, retry_after
from llm_runtime.providers.features import Features, Names, features
from llm_runtime.providers.loading import load
from llm_runtime.providers.requests import sendable
from llm_runtime.providers.schemas import described, without

if TYPE_CHECKING:
    from google import genai

BASE_URL = "https://generativelanguage.googleapis.com"
_API_VERSION = "v1beta"

_REFUSED_KEYWORDS = frozenset(
    {
        *("$schema", "default", "examples", "minLength", "maxLength", "pattern", "uniqueItems", "contains"),
        *("minContains", "maxContains", "minProperties", "maxProperties", "patternProperties", "propertyNames"),
        *("unevaluatedItems", "unevaluatedProperties", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    }
)
_KEY_REASONS = frozenset(
    {
        *("API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED"),
        *("SERVICE_DISABLED", "CONSUMER_INVALID", "CONSUMER_SUSPENDED", "ACCESS_TOKEN_EXPIRED"),
    }
)
_BILLING_REASONS = frozenset({"BILLING_DISABLED"})
_STOP_REASONS: Mapping[str, StopReason] = {
    "STOP": StopReason.END,
    "MAX_TOKENS": StopReason.LENGTH,
    "CONTINUATION": StopReason.LENGTH,
    **dict.fromkeys(
        (
            *("SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"),
            *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER", "ESCALATION"),
        ),
        StopReason.REFUSED,
    ),
    **dict.fromkeys(
        ("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"),
        StopReason.TOOL,
    ),
}


_NAMES = Names(
    schema=re.compile(r"response_?(json_?)?schema|response_?mime_?type", re.IGNORECASE),
    effort=re.compile(r"thinking", re.IGNORECASE),
)


def to_wire(request: Request, spec: ModelSpec, sent: Features | None = None) -> dict[str, Any]:
    """Arguments of ``models.generate_content``. Caching of a common prefix is implicit here."""
    sent = sent or features(spec)
    question = request.question
    if request.schema is not None and not sent.schema:
        question = f"{question}\n\n{described(request.schema)}"
    contents = [_turn("user", *request.context, question)]
    for exchange in request.exchanges:
        contents.append(_turn("model", exchange.answer or "(no answer)"))
        contents.append(_turn("user", exchange.reply))
    config: dict[str, Any] = {"max_output_tokens": min(request.max_output_tokens, spec.max_output_tokens)}
    if request.system:
        config["system_instruction"] = request.system
    if request.schema is not None and sent.schema:
        config["response_mime_type"] = "application/json"
        config["response_json_schema"] = without(request.schema, _REFUSED_KEYWORDS)
    if request.effort is not None and sent.effort:
        config["thinking_config"] = {"thinking_level": request.effort.value.upper()}
    return {"model": spec.name, "contents": contents, "config": config}


def from_wire(answer: Mapping[str, Any], spec: ModelSpec) -> Completion:
    """What the body of a 200 says, usable or not.

    The prompt's tokens include the cached ones; the candidates' tokens leave out the thoughts, which are added.
    A blocked prompt has no candidate but a reason. Parts marked as thoughts are not the answer.
    """
    if not answer.keys() & {"candidates", "promptFeedback", "usageMetadata"}:
        raise KeyError("candidates")
    usage = answer.get("usageMetadata") or {}
    candidate = (answer.get("candidates") or [{}])[0]
    parts = (candidate.get("content") or {}).get("parts") or []
    stop = _STOP_REASONS.get(candidate.get("finishReason") or "", StopReason.END)
    if (answer.get("promptFeedback") or {}).get("blockReason"):
        stop = StopReason.REFUSED
    thoughts = usage.get("thoughtsTokenCount") or 0
    return Completion(
        text="".join(part.get("text") or "" for part in parts if not part.get("thought")),
        stop_reason=stop,
        usage=Usage(
            input_tokens=(usage.get("promptTokenCount") or 0) + (usage.get("toolUsePromptTokenCount") or 0),
            cached_input_tokens=usage.get("cachedContentTokenCount") or 0,
            output_tokens=(usage.get("candidatesTokenCount") or 0) + thoughts,
            reasoning_tokens=thoughts,
        ),
        provider=spec.provider,
        model=answer.get("modelVersion") or spec.name,
    )


class GeminiLLM:
    """A model of Google's Gemini API; safe to share between threads."""

    def __init__(self, spec: ModelSpec, *, api_key: str, base_url: str | None = None, timeout: float = 120.0) -> None:
        """Import the SDK and open nothing yet.

        Args:
            spec: The model.
            api_key: Never empty: the SDK would look for one elsewhere.
            base_url: Address without version; None for Google's own.
            timeout: Seconds without a byte before giving up; the SDK has none of its own.
        """
        genai_sdk = load("google.genai")
        self._errors = load("google.genai.errors")
        self._http = load("httpx2")
        self._spec = spec
        self._address = Address(
            provider=spec.provider,
            model=spec.name,
            key_variable="GEMINI_API_KEY",
            base_url_variable="GOOGLE_GEMINI_BASE_URL",
            secret=api_key.strip(),
        )
        address = (base_url or BASE_URL).rstrip("/").removesuffix(f"/{_API_VERSION}")
        self._sent = features(spec)
        # The SDK speaks v1 unless told, and takes milliseconds.
        options = {"base_url": address, "api_version": _API_VERSION, "timeout": round(timeout * 1000)}
        self._client: genai.Client = genai_sdk.Client(api_key=api_key.strip(), vertexai=False, http_options=options)

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._spec

    def close(self) -> None:
        """Close the connections; no request may follow."""
        self._client.close()

    def complete(self, request: Request) -> Completion:
        """Ask once; once more with less where the server refuses one of our optional parameters.

        What it refused is remembered, so the second question costs no detour.

        Raises:
            LLMError: As the port says.
        """
        request = sendable(request, self._address)
        sent = self._sent
        while True:
            try:
                answer = self._send(to_wire(request, self._spec, sent))
            except self._errors.APIError as error:
                translated = _translate_status(error, request, self._spec, self._address)
                refused = isinstance(translated, BadRequest)
                plainer = sent.without(json.dumps(error.details), _NAMES, request) if refused else None
                if plainer is None:
                    raise translated from error
                sent = plainer
            else:
                self._sent = sent
                return usable(understood(answer, self._read, self._address), request)

    def _send(self, wire: dict[str, Any]) -> str:
        config = {**wire["config"], "should_return_http_response": True}
        try:
            answer = self._client.models.generate_content(**{**wire, "config": config})
        except self._http.TimeoutException as error:
            raise failure(TimedOut, self._address) from error
        except self._http.HTTPError as error:
            raise failure(ConnectionFailed, self._address) from error
        raw = answer.sdk_http_response
        return (raw.body if raw else None) or ""

    def _read(self, answer: Mapping[str, Any]) -> Completion:
        return from_wire(answer, self._spec)


def _turn(role: str, *texts: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text} for text in texts]}


def _translate_status(error: Any, request: Request, spec: ModelSpec, address: Address) -> LLMError:
    details = tuple(_details(error.details))
    reasons = {detail.get("reason") for detail in details}
    quotas = [
        str(violation.get("quotaId") or "")
        for detail in details
        for violation in detail.get("violations") or []
        if isinstance(violation, Mapping)
    ]
    kind = by_status(error.code)
    said = error.message if isinstance(error.message, str) else ""
    if reasons & _BILLING_REASONS:
        kind = QuotaExhausted
    elif reasons & _KEY_REASONS or error.status == "FAILED_PRECONDITION":
        kind = AuthenticationFailed
    elif kind is RateLimited and any("PerDay" in quota for quota in quotas):
        kind = QuotaExhausted
    elif kind is BadRequest and is_too_long(said, request, spec):
        kind = ContextTooLong
    headers = getattr(error.response, "headers", None) or {}
    wait = retry_after(headers)
    return failure(kind, address, status=error.code, retry_after=_delay(details) if wait is None else wait, said=said)


def _details(body: object) -> Iterator[Mapping[str, Any]]:
    error = body.get("error") if isinstance(body, Mapping) else None
    found = error.get("details") if isinstance(error, Mapping) else None
    for detail in found if isinstance(found, list) else []:
        if isinstance(detail, Mapping):
            yield detail


def _delay(details: tuple[Mapping[str, Any], ...]) -> float | None:
    """Seconds of google.rpc.RetryInfo, which writes a duration as ``"23.5s"``."""
    for detail in details:
        text = str(detail.get("retryDelay") or "")
        try:
            return float(text.removesuffix("s"))
        except ValueError:
            continue
    return None
