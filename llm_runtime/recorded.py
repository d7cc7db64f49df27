"""Answers and failures of models as JSON takes them, and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from llm_runtime import errors
from llm_runtime.errors import (
    AllModelsExhausted,
    AnswerUnusable,
    Attempt,
    LLMError,
    ModelUnavailable,
    WouldWaitTooLong,
)
from llm_runtime.messages import Call, Completion, StopReason, Usage


def answer_data(completion: Completion) -> dict[str, Any]:
    """What ``played`` makes the answer of."""
    return {"answer": _completion_data(completion)}


def failure_data(error: LLMError) -> dict[str, Any]:
    """What ``played`` raises the failure from."""
    return {"error": _error_data(error)}


def played(taken: Mapping[str, Any]) -> Completion:
    """The answer that was kept.

    Raises:
        LLMError: It was none.
    """
    if "error" in taken:
        raise _error(taken["error"])
    return _completion(taken["answer"])


def may_pass(taken: Mapping[str, Any]) -> bool:
    """Whether it was a failure of that moment (a limit, an outage) rather than of the question."""
    if "error" not in taken:
        return False
    kind = getattr(errors, taken["error"]["kind"])
    return issubclass(kind, (ModelUnavailable, AllModelsExhausted))


def _completion_data(completion: Completion) -> dict[str, Any]:
    return {
        "text": completion.text,
        "stop_reason": completion.stop_reason.value,
        "usage": asdict(completion.usage),
        "provider": completion.provider,
        "model": completion.model,
        "calls": [call_data(call) for call in completion.calls],
    }


def _completion(data: Mapping[str, Any]) -> Completion:
    return Completion(
        text=data["text"],
        stop_reason=StopReason(data["stop_reason"]),
        usage=Usage(**data["usage"]),
        provider=data["provider"],
        model=data["model"],
        calls=tuple(call_of(call) for call in data["calls"]),
    )


def call_data(call: Call) -> dict[str, Any]:
    """What ``call_of`` makes the call of."""
    return asdict(call) | {
        "cost_usd": None if call.cost_usd is None else str(call.cost_usd),
        "started_at": None if call.started_at is None else call.started_at.isoformat(),
    }


def call_of(data: Mapping[str, Any]) -> Call:
    """The call that this was made of."""
    return Call(
        **{
            **data,
            "usage": None if data["usage"] is None else Usage(**data["usage"]),
            "cost_usd": None if data["cost_usd"] is None else Decimal(data["cost_usd"]),
            "started_at": None if data["started_at"] is None else datetime.fromisoformat(data["started_at"]),
        }
    )


def _error_data(error: LLMError) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": type(error).__name__,
        "message": str(error),
        "provider": error.provider,
        "model": error.model,
        "status": error.status,
        "calls": [call_data(call) for call in error.calls],
    }
    if isinstance(error, ModelUnavailable):
        data["retry_after"] = error.retry_after
    if isinstance(error, AnswerUnusable) and error.completion is not None:
        data["completion"] = _completion_data(error.completion)
    if isinstance(error, AllModelsExhausted):
        data["attempts"] = [
            {
                "model": attempt.model,
                "error": _error_data(attempt.error),
                "seconds": attempt.seconds,
                "cost_usd": None if attempt.cost_usd is None else str(attempt.cost_usd),
            }
            for attempt in error.attempts
        ]
    return data


def _error(data: Mapping[str, Any]) -> LLMError:
    kind, message = getattr(errors, data["kind"]), data["message"]
    whose = {"provider": data["provider"], "model": data["model"]}
    error: LLMError
    if kind is AllModelsExhausted:
        error = AllModelsExhausted(message, attempts=tuple(_attempt(each) for each in data["attempts"]))
    elif kind is WouldWaitTooLong:
        error = WouldWaitTooLong(message, eta=data["retry_after"] or 0.0, **whose)
    elif issubclass(kind, ModelUnavailable):
        error = kind(message, **whose, status=data["status"], retry_after=data["retry_after"])
    elif issubclass(kind, AnswerUnusable):
        completion = _completion(data["completion"]) if "completion" in data else None
        error = kind(message, **whose, status=data["status"], completion=completion)
    else:
        error = kind(message, **whose, status=data["status"])
    error.calls = tuple(call_of(call) for call in data["calls"])
    return error


def _attempt(data: Mapping[str, Any]) -> Attempt:
    cost = data["cost_usd"]
    return Attempt(
        model=data["model"],
        error=_error(data["error"]),
        seconds=data["seconds"],
        cost_usd=None if cost is None else Decimal(cost),
    )
