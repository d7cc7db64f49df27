"""Requests become ``generateContent`` of Gemini's API, answers become completions."""

from __future__ import annotations

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
from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request, StopReason, Usage
from llm_runtime.providers.answers import completed
from llm_runtime.providers.asking import Rejected, Reply, ask, seconds_for
from llm_runtime.providers.failures import Address, by_status, failure, is_too_long
from llm_runtime.providers.features import Features, Names, features
from llm_runtime.providers.limit_headers import count_of, duration, retry_after
from llm_runtime.providers.loading import load
from llm_runtime.providers.requests import sendable
from llm_runtime.providers.schemas import described, without

if TYPE_CHECKING:
    import httpx2
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
            timeout: Seconds that an answer may take in all; the SDK has no timeout of its own.
        """
        genai_sdk = load("google.genai")
        self._errors = load("google.genai.errors")
        self._http = load("httpx2")
        self._spec = spec
        self._timeout = timeout
        self._address = Address(
            provider=spec.provider,
            model=spec.name,
            key_variable="GEMINI_API_KEY",
            base_url_variable="GOOGLE_GEMINI_BASE_URL",
            secret=api_key.strip(),
        )
        address = (base_url or BASE_URL).rstrip("/").removesuffix(f"/{_API_VERSION}")
        self._sent = features(spec)
        connections = load("llm_runtime.providers.connections")
        self._connections: httpx2.Client = connections.keep_deadlines(self._http.Client(follow_redirects=True))
        # The SDK speaks v1 unless told.
        options = {"base_url": address, "api_version": _API_VERSION, "httpx_client": self._connections}
        self._client: genai.Client = genai_sdk.Client(api_key=api_key.strip(), vertexai=False, http_options=options)

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._spec

    def close(self) -> None:
        """Close the connections; no request may follow."""
        self._client.close()
        self._connections.close()

    def complete(self, request: Request) -> Completion:
        """Ask, within the request's time; what the server refuses is left out and remembered.

        Raises:
            LLMError: As the port says.
        """
        request = sendable(request, self._address)

        def send(sent: Features, seconds: float) -> Reply:
            return self._send(request, sent, seconds)

        def plainer(sent: Features, rejected: Rejected) -> tuple[Features, ...]:
            return sent.plainer(rejected.said, _NAMES, request)

        seconds = seconds_for(request, self._timeout)
        self._sent, reply = ask(self._sent, send, plainer, seconds=seconds, address=self._address)
        return completed(reply, self._read, request, self._address, feedback=None)

    def _send(self, request: Request, sent: Features, seconds: float) -> Reply:
        wire = to_wire(request, self._spec, sent)
        # The SDK takes milliseconds, and 0 for no end.
        options = {"timeout": max(1, round(seconds * 1000))}
        config = {**wire["config"], "should_return_http_response": True, "http_options": options}
        try:
            answer = self._client.models.generate_content(**{**wire, "config": config})
        except self._errors.APIError as error:
            translated = _translate_status(error, request, self._spec, self._address)
            raise Rejected(translated, said=str(error.details)) from error
        except self._http.TimeoutException as error:
            raise failure(TimedOut, self._address) from error
        except self._http.HTTPError as error:
            raise failure(ConnectionFailed, self._address) from error
        raw = answer.sdk_http_response
        return Reply((raw.body if raw else None) or "", (raw.headers if raw else None) or {})

    def _read(self, answer: Mapping[str, Any]) -> Completion:
        return from_wire(answer, self._spec)


def _turn(role: str, *texts: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text} for text in texts]}


def _translate_status(error: Any, request: Request, spec: ModelSpec, address: Address) -> LLMError:
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
