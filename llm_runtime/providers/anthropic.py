"""Requests become messages of Anthropic's API, answers become completions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from llm_runtime.errors import ModelNotFound, ServerFailed, TimedOut
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request, StopReason, Usage
from llm_runtime.providers.answers import completed, understood
from llm_runtime.providers.anthropic_errors import BY_TYPE, LIMITS, translated_status
from llm_runtime.providers.asking import Rejected, Reply, ask, seconds_for
from llm_runtime.providers.failures import Address, disconnected, failure
from llm_runtime.providers.features import Features, Names, features
from llm_runtime.providers.limit_headers import feedback
from llm_runtime.providers.loading import load
from llm_runtime.providers.requests import require_sendable_key, sendable
from llm_runtime.providers.schemas import described, without
from llm_runtime.providers.verifying import description, names_in, verify

if TYPE_CHECKING:
    import anthropic
    import httpx2

BASE_URL = "https://api.anthropic.com"
# The most that a page may hold (https://platform.claude.com/docs/en/api/models/list).
_MODELS_AT_MOST = 1_000

_REFUSED_KEYWORDS = frozenset(
    {
        *("$schema", "$id", "default", "examples", "minLength", "maxLength", "pattern", "minimum", "maximum"),
        *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "contains"),
        *("minContains", "maxContains", "minProperties", "maxProperties", "patternProperties", "propertyNames"),
        *("unevaluatedItems", "unevaluatedProperties"),
    }
)
_STOP_REASONS: Mapping[str, StopReason] = {
    "end_turn": StopReason.END,
    "stop_sequence": StopReason.END,
    "max_tokens": StopReason.LENGTH,
    "model_context_window_exceeded": StopReason.LENGTH,
    "refusal": StopReason.REFUSED,
    "tool_use": StopReason.TOOL,
    "pause_turn": StopReason.TOOL,
}
_NAMES = Names(
    schema=re.compile(r"output_config(?!\.effort)|output_format|json_schema"),
    effort=re.compile(r"output_config(?!\.format)|\beffort\b"),
)


def to_wire(request: Request, spec: ModelSpec, sent: Features | None = None) -> dict[str, Any]:
    """Arguments of ``messages.create``.

    Where other requests share the context, its last block asks for a cache entry, because this vendor caches nothing
    unasked; what stands before it (the answer's form, the system blocks, the earlier context) is part of the same
    prefix. Elsewhere nothing is marked: an entry that nobody reads costs a quarter more than the text it holds.
    There is no temperature: this API has none any more. Empty texts are left out: they are refused.
    """
    sent = sent or features(spec)
    question = request.question
    if request.schema is not None and not sent.schema:
        question = f"{question}\n\n{described(request.schema)}"
    context = [_block(text) for text in request.context if text.strip()]
    if context and request.shared:
        context[-1]["cache_control"] = {"type": "ephemeral"}
    messages: list[dict[str, Any]] = [{"role": "user", "content": [*context, _block(question)]}]
    for exchange in request.exchanges:
        messages.append({"role": "assistant", "content": [_block(exchange.answer.rstrip() or "(no answer)")]})
        messages.append({"role": "user", "content": [_block(exchange.reply)]})
    wire: dict[str, Any] = {
        "model": spec.name,
        "max_tokens": min(request.max_output_tokens, spec.max_output_tokens),
        "messages": messages,
    }
    if request.system.strip():
        wire["system"] = [_block(request.system)]
    output: dict[str, Any] = {}
    if request.schema is not None and sent.schema:
        output["format"] = {"type": "json_schema", "schema": without(request.schema, _REFUSED_KEYWORDS)}
    if request.effort is not None and sent.effort:
        output["effort"] = request.effort.value
    if output:
        wire["output_config"] = output
    return wire


def from_wire(answer: Mapping[str, Any], spec: ModelSpec) -> Completion:
    """What the body of a 200 says, usable or not.

    Input tokens leave out what a cache served or took; both are added, as the API's reference says. A stop reason
    that we do not know is taken for an end, so that what the text is worth decides.
    """
    usage = answer.get("usage") or {}
    cached = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    blocks = [block for block in answer["content"] or [] if block.get("type") == "text"]
    return Completion(
        text="".join(block.get("text") or "" for block in blocks),
        stop_reason=_STOP_REASONS.get(answer.get("stop_reason") or "", StopReason.END),
        usage=Usage(
            input_tokens=(usage.get("input_tokens") or 0) + cached + written,
            cached_input_tokens=cached,
            cache_write_tokens=written,
            output_tokens=usage.get("output_tokens") or 0,
            reasoning_tokens=(usage.get("output_tokens_details") or {}).get("thinking_tokens") or 0,
        ),
        provider=spec.provider,
        model=answer.get("model") or spec.name,
    )


class AnthropicLLM:
    """A model of Anthropic's; safe to share between threads."""

    def __init__(self, spec: ModelSpec, *, api_key: str, base_url: str | None = None, timeout: float = 120.0) -> None:
        """Import the SDK and open nothing yet.

        Args:
            spec: The model.
            api_key: Never empty: the SDK would look for one elsewhere.
            base_url: Address without ``/v1`` (which is taken off); None for Anthropic's own.
            timeout: Seconds that an answer may take in all.
        """
        self._sdk = load("anthropic")
        self._spec = spec
        self._timeout = timeout
        self._address = Address(
            provider=spec.provider,
            model=spec.name,
            key_variable="ANTHROPIC_API_KEY",
            base_url_variable="ANTHROPIC_BASE_URL",
            secret=api_key.strip(),
        )
        address = (base_url or BASE_URL).rstrip("/").removesuffix("/v1")
        self._sent = features(spec)
        connections = load("llm_runtime.providers.connections")
        http: httpx2.Client = connections.keep_deadlines(self._sdk.DefaultHttpxClient(verify=connections.trust()))
        self._client: anthropic.Anthropic = self._sdk.Anthropic(
            api_key=api_key.strip(), base_url=address, max_retries=0, http_client=http
        )

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._spec

    def close(self) -> None:
        """Close the connections; no request may follow."""
        self._client.close()

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
        return completed(reply, self._read, request, self._address, feedback(reply.headers, LIMITS))

    def verify(self) -> None:
        """Ask for the description of the model, which costs nothing.

        Raises:
            LLMError: As ``ProviderLLM`` says.
        """
        require_sendable_key(self._address)
        verify(self._describe, self._list, timeout=self._timeout, address=self._address)

    def _send(self, request: Request, sent: Features, seconds: float) -> Reply:
        wire = to_wire(request, self._spec, sent)
        # The timeout goes with the call: without it the SDK refuses long answers that are not streamed.
        return self._reply(lambda: self._client.messages.with_raw_response.create(**wire, timeout=seconds), request)

    def _describe(self, seconds: float) -> None:
        models = self._client.models.with_raw_response
        reply = self._reply(lambda: models.retrieve(self._spec.name, timeout=seconds), None)
        described = description(reply, self._address)
        # The catalogue keeps models that answer no more; a gateway's entry has no such field.
        if described.get("lifecycle") == "retired":
            raise failure(ModelNotFound, self._address, said="it is retired")

    def _list(self, seconds: float) -> Collection[str]:
        models = self._client.models.with_raw_response
        reply = self._reply(lambda: models.list(limit=_MODELS_AT_MOST, timeout=seconds), None)
        return understood(reply.body, names_in, self._address)

    def _reply(self, call: Callable[[], Any], request: Request | None) -> Reply:
        try:
            answer = call().http_response
        except self._sdk.APIStatusError as error:
            translated = translated_status(error, request, self._spec, self._address)
            raise Rejected(translated, said=error.response.text) from error
        except self._sdk.APITimeoutError as error:
            raise failure(TimedOut, self._address) from error
        except self._sdk.APIConnectionError as error:
            raise disconnected(self._address, error.__cause__) from error
        return Reply(answer.text, answer.headers)

    def _read(self, answer: Mapping[str, Any]) -> Completion:
        if answer.get("type") == "error":
            # A gateway that has already sent its status reports an overload behind it in this form.
            kind = BY_TYPE.get(answer["error"]["type"], ServerFailed)
            raise failure(kind, self._address, status=200, said=str(answer["error"].get("message") or ""))
        return from_wire(answer, self._spec)


def _block(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
