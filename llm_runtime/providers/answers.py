"""What a provider's body holds comes in, a usable completion or a typed error goes out: one rule for all providers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

from llm_runtime.errors import (
    AnswerUnusable,
    LLMError,
    MalformedOutput,
    Refused,
    ServerFailed,
    TruncatedOutput,
)
from llm_runtime.feedback import RateLimitFeedback
from llm_runtime.messages import Completion, JsonSchema, Request, StopReason
from llm_runtime.providers.asking import Reply
from llm_runtime.providers.failures import Address, failure

Read = TypeVar("Read")

_TRIES = 200
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


def completed(
    reply: Reply,
    read: Callable[[Mapping[str, Any]], Completion],
    request: Request,
    address: Address,
    feedback: RateLimitFeedback | None,
) -> Completion:
    """The usable completion that a 200 holds, with what it said of the rate limits.

    Args:
        reply: The 200.
        read: A provider's ``from_wire``.
        request: What was asked.
        address: Whom we asked.
        feedback: What its headers said of the rate limits; an error carries it, too.

    Raises:
        LLMError: As ``understood`` and ``usable`` say.
    """
    try:
        return replace(usable(understood(reply.body, read, address), request), feedback=feedback)
    except LLMError as error:
        error.feedback = feedback
        raise


def understood(body: str, read: Callable[[Mapping[str, Any]], Read], address: Address) -> Read:
    """What a 200's body holds.

    Args:
        body: As it came.
        read: A provider's ``from_wire``, or what takes a list of models or its entry apart.
        address: Whom we asked.

    Raises:
        ServerFailed: It is not JSON, or not of this API's shape. Whoever answered was not the model (a proxy, a login
            page, another API), so nothing is known of what the model said.
    """
    try:
        answer = json.loads(body)
        return read(answer)
    except (ValueError, RecursionError) as error:
        raise failure(ServerFailed, address, cause="the answer was not JSON") from error
    except (AttributeError, KeyError, TypeError) as error:
        raise failure(ServerFailed, address, cause="the answer was not of this API's form") from error


def usable(completion: Completion, request: Request) -> Completion:
    """The completion, with the text of its JSON alone when the request has a schema.

    Raises:
        Refused: It says no instead.
        TruncatedOutput: It was cut by the output limit.
        MalformedOutput: It is empty, calls a tool that nobody offered, or is not JSON where JSON was asked for.
    """
    if completion.stop_reason is StopReason.REFUSED:
        raise _rejected(Refused, completion, "the model declined to answer; another provider's model may not")
    if completion.stop_reason is StopReason.LENGTH:
        produced = completion.usage.output_tokens
        why = f"cut off after {produced} tokens; ask about less at once or allow more output"
        raise _rejected(TruncatedOutput, completion, why)
    if completion.stop_reason is StopReason.TOOL:
        raise _rejected(MalformedOutput, completion, "the model called a tool instead of answering; try again")
    if not completion.text.strip():
        raise _rejected(MalformedOutput, completion, "the answer is empty; try again")
    if request.schema is None:
        return completion
    text = json_text(completion.text, request.schema)
    if text is None:
        raise _rejected(MalformedOutput, completion, "the answer is not JSON of the form that was asked for; try again")
    return replace(completion, text=text)


def json_text(text: str, schema: JsonSchema | None) -> str | None:
    """The JSON document in an answer, or None.

    A model without schema mode wraps it into fences, prose or its own thoughts. The whole text is tried first, then
    what stands in code fences, then every place where an object or list may begin; the longest wins. It must be of
    the schema's top-level type.
    """
    kinds = {"object": dict, "array": list}
    kind = kinds.get(str((schema or {}).get("type")), object)
    for candidate in _candidates(text):
        value = _parsed(candidate)
        if value is not None and isinstance(value, kind):
            return candidate
    return None


def _candidates(text: str) -> Iterator[str]:
    yield text.strip()
    spoken = _THOUGHTS.sub("", text)
    yield spoken.strip()
    fences = re.findall(r"^[ \t]*```[^\n`]*\n(.*?)^[ \t]*```[ \t]*$", spoken, re.DOTALL | re.MULTILINE)
    yield from sorted((fence.strip() for fence in fences), key=len, reverse=True)
    yield from sorted(_documents(spoken), key=len, reverse=True)


def _documents(text: str) -> Iterator[str]:
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    position = 0
    for _ in range(_TRIES):
        match = re.compile(r"[{\[]").search(text, position)
        if match is None:
            return
        try:
            _, end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            position = match.start() + 1
        else:
            yield text[match.start() : end]
            position = end


def _parsed(text: str) -> object | None:
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _rejected(kind: type[AnswerUnusable], completion: Completion, why: str) -> AnswerUnusable:
    return kind(
        f"{completion.provider}/{completion.model}: {why}",
        provider=completion.provider,
        model=completion.model,
        status=200,
        completion=completion,
    )
