"""Requests become chat completions, answers become completions: OpenAI and every server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from llm_runtime.errors import AuthenticationFailed, TimedOut
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request, StopReason, Usage
from llm_runtime.providers.answers import completed, understood
from llm_runtime.providers.asking import Rejected, Reply, ask, seconds_for
from llm_runtime.providers.failures import Address, disconnected, failure
from llm_runtime.providers.limit_headers import feedback
from llm_runtime.providers.loading import load
from llm_runtime.providers.openai_dialect import BASE_URL, Dialect, dialect
from llm_runtime.providers.openai_errors import LIMITS, translated_status
from llm_runtime.providers.requests import require_sendable_key, sendable
from llm_runtime.providers.schemas import described, without
from llm_runtime.providers.verifying import description, names_in, verify

if TYPE_CHECKING:
    import httpx2
    import openai

_NO_KEY_NEEDED = "none"
_READ_MODELS = "api.model.read"
_MODEL_UNKNOWN = "model_not_found"

_REFUSED_KEYWORDS = frozenset(
    {
        *("$schema", "$id", "default", "examples", "minLength", "maxLength", "uniqueItems", "contains"),
        *("minContains", "maxContains", "minProperties", "maxProperties", "patternProperties", "propertyNames"),
        *("unevaluatedItems", "unevaluatedProperties"),
    }
)
_STOP_REASONS: Mapping[str, StopReason] = {
    "length": StopReason.LENGTH,
    "content_filter": StopReason.REFUSED,
    "tool_calls": StopReason.TOOL,
    "function_call": StopReason.TOOL,
}


def to_wire(request: Request, spec: ModelSpec, spoken: Dialect | None = None) -> dict[str, Any]:
    """Arguments of ``chat.completions.create``.

    The prompt is one text: chat templates of local models often take nothing else. OpenAI's models before 5.6 cache
    every beginning that they have seen, however it is cut. Later ones cache up to the end of a message only, so what
    they can read again of this is the system text; the rest is written anew by every question
    (``docs/decisions/tasks-share-a-prefix.md``).
    """
    spoken = spoken or dialect(spec, BASE_URL)
    system, prompt = request.system, [*request.context, request.question]
    if request.schema is not None and spoken.schema_in_prompt:
        prompt[-1] = f"{prompt[-1]}\n\n{described(request.schema)}"
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": "\n\n".join(prompt)})
    for exchange in request.exchanges:
        messages.append({"role": "assistant", "content": exchange.answer or "(no answer)"})
        messages.append({"role": "user", "content": exchange.reply})
    wire: dict[str, Any] = {
        "model": spec.name,
        "messages": messages,
        spoken.output_limit: min(request.max_output_tokens, spec.max_output_tokens),
    }
    if request.effort is not None and spoken.effort:
        wire["reasoning_effort"] = request.effort.value
    if request.schema is not None and spoken.schema:
        schema = without(request.schema, _REFUSED_KEYWORDS)
        wire["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": request.schema_name, "strict": True, "schema": schema},
        }
    return wire


def from_wire(answer: Mapping[str, Any], spec: ModelSpec) -> Completion:
    """What the body of a 200 says, usable or not.

    Prompt tokens already include the cached and the cache-written ones, completion tokens the reasoning.
    """
    choice = (answer["choices"] or [{}])[0]
    message = choice.get("message") or {}
    usage = answer.get("usage") or {}
    read, produced = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
    stop = _STOP_REASONS.get(choice.get("finish_reason") or "", StopReason.END)
    return Completion(
        text=_text(message.get("content")) or message.get("refusal") or "",
        stop_reason=StopReason.REFUSED if message.get("refusal") else stop,
        usage=Usage(
            input_tokens=usage.get("prompt_tokens") or 0,
            cached_input_tokens=read.get("cached_tokens") or 0,
            cache_write_tokens=read.get("cache_write_tokens") or 0,
            output_tokens=usage.get("completion_tokens") or 0,
            reasoning_tokens=produced.get("reasoning_tokens") or 0,
        ),
        provider=spec.provider,
        model=answer.get("model") or spec.name,
    )


class OpenAILLM:
    """A model behind OpenAI's chat completions protocol; safe to share between threads."""

    def __init__(self, spec: ModelSpec, *, api_key: str, base_url: str | None = None, timeout: float = 120.0) -> None:
        """Import the SDK and open nothing yet.

        Args:
            spec: The model.
            api_key: May be empty for a local server that wants none.
            base_url: Address up to and including ``/v1``; None for OpenAI's own.
            timeout: Seconds that an answer may take in all.
        """
        self._sdk = load("openai")
        self._spec = spec
        self._timeout = timeout
        self._address = Address(
            provider=spec.provider,
            model=spec.name,
            key_variable="OPENAI_API_KEY",
            base_url_variable="OPENAI_BASE_URL",
            secret=api_key.strip(),
        )
        self._dialect = dialect(spec, base_url or BASE_URL)
        connections = load("llm_runtime.providers.connections")
        http: httpx2.Client = connections.keep_deadlines(self._sdk.DefaultHttpxClient(verify=connections.trust()))
        self._client: openai.OpenAI = self._sdk.OpenAI(
            api_key=api_key.strip() or _NO_KEY_NEEDED, base_url=base_url or BASE_URL, max_retries=0, http_client=http
        )

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._spec

    def close(self) -> None:
        """Close the connections; no request may follow."""
        self._client.close()

    def complete(self, request: Request) -> Completion:
        """Ask, within the request's time, in the dialect that the server took last.

        Raises:
            LLMError: As the port says.
        """
        request = sendable(request, self._address)

        def send(spoken: Dialect, seconds: float) -> Reply:
            return self._send(request, spoken, seconds)

        def plainer(spoken: Dialect, rejected: Rejected) -> tuple[Dialect, ...]:
            return spoken.plainer(rejected.parameter, rejected.said, request)

        seconds = seconds_for(request, self._timeout)
        self._dialect, reply = ask(self._dialect, send, plainer, seconds=seconds, address=self._address)
        return completed(reply, self._read, request, self._address, feedback(reply.headers, LIMITS))

    def verify(self) -> None:
        """Ask for the description of the model, or for the list of models where a server has no more than that.

        Raises:
            LLMError: As ``ProviderLLM`` says.
        """
        require_sendable_key(self._address)
        verify(self._describe, self._list, timeout=self._timeout, address=self._address)

    def _send(self, request: Request, spoken: Dialect, seconds: float) -> Reply:
        wire = to_wire(request, self._spec, spoken)
        completions = self._client.chat.completions.with_raw_response
        return self._reply(lambda: completions.create(**wire, timeout=seconds), request)

    def _describe(self, seconds: float) -> None:
        models = self._client.models.with_raw_response
        try:
            reply = self._reply(lambda: models.retrieve(self._spec.name, timeout=seconds), None)
        except Rejected as rejected:
            # A restricted key may ask models without being allowed to look at them. The refusal names that
            # permission and shows that the key is known; its status is 401 or 403, its code empty.
            if isinstance(rejected.error, AuthenticationFailed) and _READ_MODELS in rejected.said:
                return
            raise
        description(reply, self._address)

    def _list(self, seconds: float) -> Collection[str]:
        reply = self._reply(lambda: self._client.models.with_raw_response.list(timeout=seconds), None)
        return understood(reply.body, names_in, self._address)

    def _reply(self, call: Callable[[], Any], request: Request | None) -> Reply:
        try:
            answer = call()
        except self._sdk.APIStatusError as error:
            translated = translated_status(error, request, self._spec, self._address)
            unknown = error.code == _MODEL_UNKNOWN
            said = error.response.text
            raise Rejected(translated, said=said, parameter=error.param, model_unknown=unknown) from error
        except self._sdk.APITimeoutError as error:
            raise failure(TimedOut, self._address) from error
        except self._sdk.APIConnectionError as error:
            raise disconnected(self._address, error.__cause__) from error
        return Reply(answer.text, answer.headers)

    def _read(self, answer: Mapping[str, Any]) -> Completion:
        return from_wire(answer, self._spec)


def _text(content: object) -> str:
    """The answer's text, which some servers send in parts as prompts are."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if part.get("type") == "text")
    return content if isinstance(content, str) else ""
