"""Requests become ``generateContent`` of Gemini's API, answers become completions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from llm_runtime.errors import ModelNotFound, ServerFailed, TimedOut
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request, StopReason, Usage
from llm_runtime.providers.answers import completed
from llm_runtime.providers.asking import Rejected, Reply, ask, seconds_for
from llm_runtime.providers.failures import Address, disconnected, failure
from llm_runtime.providers.features import Features, Names, features
from llm_runtime.providers.gemini_errors import translated_status
from llm_runtime.providers.loading import load
from llm_runtime.providers.requests import require_sendable_key, sendable
from llm_runtime.providers.schemas import described, without
from llm_runtime.providers.verifying import verify

if TYPE_CHECKING:
    import httpx2
    from google import genai

BASE_URL = "https://generativelanguage.googleapis.com"
_API_VERSION = "v1beta"
# The most that a page may hold (https://ai.google.dev/api/models#method:-models.list).
_MODELS_AT_MOST = 1_000
_ASKING = "generateContent"

Answer = TypeVar("Answer")

_REFUSED_KEYWORDS = frozenset(
    {
        *("$schema", "default", "examples", "minLength", "maxLength", "pattern", "uniqueItems", "contains"),
        *("minContains", "maxContains", "minProperties", "maxProperties", "patternProperties", "propertyNames"),
        *("unevaluatedItems", "unevaluatedProperties", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    }
)
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


# What the SDK raises while it takes apart what is not JSON, or not of this API's form.
_MISREAD = (ValueError, AttributeError, KeyError, TypeError)
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
        self._connections: httpx2.Client = connections.keep_deadlines(
            self._http.Client(follow_redirects=True, verify=connections.trust())
        )
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

    def verify(self) -> None:
        """Ask for the description of the model, which costs nothing.

        Raises:
            LLMError: As ``ProviderLLM`` says.
        """
        require_sendable_key(self._address)
        verify(self._describe, self._list, timeout=self._timeout, address=self._address)

    def _send(self, request: Request, sent: Features, seconds: float) -> Reply:
        wire = to_wire(request, self._spec, sent)
        config = {**wire["config"], "should_return_http_response": True, "http_options": _ending_in(seconds)}
        answer = self._told(lambda: self._client.models.generate_content(**{**wire, "config": config}), request)
        raw = answer.sdk_http_response
        return Reply((raw.body if raw else None) or "", (raw.headers if raw else None) or {})

    def _describe(self, seconds: float) -> None:
        config: Any = {"http_options": _ending_in(seconds)}
        try:
            model = self._told(lambda: self._client.models.get(model=self._spec.name, config=config), None)
        except _MISREAD as error:
            raise self._misread("") from error
        if not model.name:
            raise self._misread(str(model))
        if model.supported_actions and _ASKING not in model.supported_actions:
            raise failure(ModelNotFound, self._address, said=f"it does not know {_ASKING}")

    def _list(self, seconds: float) -> Collection[str]:
        config: Any = {"http_options": _ending_in(seconds), "page_size": _MODELS_AT_MOST}
        try:
            found = self._told(lambda: list(self._client.models.list(config=config)), None)
        except _MISREAD as error:
            raise self._misread("").error from error
        return tuple(model.name.removeprefix("models/") for model in found if model.name)

    def _misread(self, said: str) -> Rejected:
        return Rejected(failure(ServerFailed, self._address, cause="the answer was not of this API's form"), said=said)

    def _told(self, call: Callable[[], Answer], request: Request | None) -> Answer:
        try:
            return call()
        except self._errors.APIError as error:
            translated = translated_status(error, request, self._spec, self._address)
            raise Rejected(translated, said=str(error.details)) from error
        except self._http.TimeoutException as error:
            raise failure(TimedOut, self._address) from error
        except self._http.HTTPError as error:
            raise disconnected(self._address, error) from error

    def _read(self, answer: Mapping[str, Any]) -> Completion:
        return from_wire(answer, self._spec)


def _ending_in(seconds: float) -> dict[str, Any]:
    # The SDK takes milliseconds, and 0 for no end.
    return {"timeout": max(1, round(seconds * 1000))}


def _turn(role: str, *texts: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text} for text in texts]}
