"""Records as rows: which table, which key, which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table

from llm_runtime.analytics.identity import span_id, variant_id
from llm_runtime.analytics.records import Execution, Generation, Happening, TaskResult, Text, Trace
from llm_runtime.analytics.tables import (
    agent_task_results,
    llm_events,
    llm_generations,
    llm_traces,
    prompt_executions,
    prompt_variants,
)
from llm_runtime.database.columns import sound
from llm_runtime.messages import PromptVariant


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be in a table.

    Attributes:
        table: The table.
        values: Of its columns; those that are not named keep what they have.
        at_first: Values that count where the row is new.
    """

    table: Table
    values: Mapping[str, Any]
    at_first: Mapping[str, Any]

    @property
    def key(self) -> tuple[Any, ...]:
        """Its primary key."""
        return tuple(self.values[column.name] for column in self.table.primary_key)


MOST_CHARACTERS = 140
"""Of a name in a row: what comes from outside may be of any length, and PostgreSQL's indexes take 2,704 bytes in all. A
repository's name has at most 140 on GitHub."""

_MOST_TOKENS = 10**12
"""Of a call; what a server counts may be anything, and the sum of many calls has to fit into a column."""

_MOST_DOLLARS = 10_000
"""Of a call; beyond it a server or a price is wrong, and the cost unknown. Models charge up to some hundred."""

_NOTHING: Mapping[str, Any] = {}
_NO_TEXT = Text(digest="", characters=0)


def trace_row(trace: Trace, *, imported_at: datetime | None = None) -> Row:
    """The row of a trace; when it began, and how it goes, stays as it was where it is known."""
    values = {
        "id": trace.id,
        "name": trace.name,
        "source": trace.source.value,
        "repository": _clipped(trace.repository),
        "number": trace.number,
        "head": trace.head,
        "job": trace.job,
        "installation": trace.installation,
        "imported_at": imported_at,
    }
    if trace.opened_at is not None:
        values["opened_at"] = trace.opened_at
    return Row(llm_traces, values, {"status": "running", "started_at": trace.started_at})


def variant_row(variant: PromptVariant, now: datetime) -> Row:
    """The row of a prompt's wording."""
    values = {"id": variant_key(variant), "name": _clipped(variant.name), "version": _clipped(variant.version)}
    return Row(prompt_variants, values, {"first_seen_at": now})


def variant_key(variant: PromptVariant) -> str:
    """What rows name a wording by."""
    return variant_id(variant.name, variant.version)


def generation_row(generation: Generation, trace: Mapping[str, Any], *, imported_at: datetime | None = None) -> Row:
    """The row of an exchange.

    Args:
        generation: The exchange.
        trace: The row of its trace.
        imported_at: When Langfuse told it, where it did.
    """
    usage, costs = generation.usage, generation.costs
    prompt, answer = generation.prompt or _NO_TEXT, generation.answer or _NO_TEXT
    values = {
        "trace": generation.trace,
        "id": generation.id,
        "parent": span_id(generation.trace, generation.asker),
        "question": generation.question,
        "round": generation.round,
        "asker": _clipped(generation.asker),
        "repository": trace["repository"],
        "number": trace["number"],
        "provider": _clipped(generation.provider),
        "model": _clipped(generation.model),
        "served": _clipped(generation.served),
        "tier": _clipped(generation.tier),
        "role": _clipped(generation.role),
        "variant": generation.variant and variant_key(generation.variant),
        "input_tokens": usage and _tokens(usage.input_tokens),
        "cached_input_tokens": usage and _tokens(usage.cached_input_tokens),
        "cache_write_tokens": usage and _tokens(usage.cache_write_tokens),
        "output_tokens": usage and _tokens(usage.output_tokens),
        "reasoning_tokens": usage and _tokens(usage.reasoning_tokens),
        "cost_pico": _dollars(generation.cost_usd),
        "input_cost_pico": costs and _dollars(costs.input),
        "cached_input_cost_pico": costs and _dollars(costs.cached_input),
        "cache_write_cost_pico": costs and _dollars(costs.cache_write),
        "output_cost_pico": costs and _dollars(costs.output),
        "saved_pico": costs and _dollars(costs.saved),
        "started_at": generation.started_at,
        "latency_ms": generation.latency_ms,
        "first_token_ms": generation.first_token_ms,
        "wait_ms": generation.wait_ms,
        "status": "answered" if generation.error is None else "failed",
        "error": generation.error and _clipped(generation.error),
        "prompt_digest": prompt.digest or None,
        "prompt_characters": prompt.characters if prompt.digest else None,
        "answer_digest": answer.digest or None,
        "answer_characters": answer.characters if answer.digest else None,
        "prompt": prompt.content,
        "answer": answer.content,
        "imported_at": imported_at,
    }
    return Row(llm_generations, values, _NOTHING)


def event_row(event: Happening, *, imported_at: datetime | None = None) -> Row:
    """The row of something that happened."""
    values = {
        "trace": event.trace,
        "id": event.id,
        "parent": span_id(event.trace, event.asker) if event.asker else None,
        "asker": _clipped(event.asker),
        "kind": event.kind.value,
        "provider": _clipped(event.provider),
        "model": _clipped(event.model),
        "at": event.at,
        "seconds": event.seconds,
        "error": event.error and _clipped(event.error),
        "data": dict(event.data),
        "imported_at": imported_at,
    }
    return Row(llm_events, values, _NOTHING)


def execution_row(execution: Execution, trace: Mapping[str, Any]) -> Row:
    """The row of a question that has ended."""
    values = {
        "trace": execution.trace,
        "question": execution.question,
        "variant": execution.variant and variant_key(execution.variant),
        "asker": _clipped(execution.asker),
        "repository": trace["repository"],
        "outcome": execution.outcome,
        "findings": execution.findings,
        "ended_at": execution.ended_at,
    }
    return Row(prompt_executions, values, _NOTHING)


STAND_INS = ("fallback", "larger window")
"""Roles of models that are asked in place of another one."""

_COUNTS = ("calls", "failed_calls", "fallback_calls", "waited_calls", "unpriced_calls")
_TOKENS = ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
_TIMES = ("latency_ms", "wait_ms")
_DOLLARS = ("cost_pico", "fallback_cost_pico", "saved_pico")

SUMS: Mapping[str, Any] = {
    **dict.fromkeys((*_COUNTS, *_TOKENS, *_TIMES), 0),
    **dict.fromkeys(_DOLLARS, Decimal(0)),
}
"""What a row of results holds of its generations, where there are none."""


def result_row(result: TaskResult, trace: Mapping[str, Any]) -> Row:
    """The row of what a reviewer brought; its sums stay as they are."""
    values = {
        **result_key(result.trace, result.reviewer, result.provider, result.model, trace),
        "findings": result.findings,
        "accepted": result.accepted,
        "dismissed": result.dismissed,
        "gaps": result.gaps,
    }
    return Row(agent_task_results, values, SUMS)


def result_key(trace: str, reviewer: str, provider: str, model: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """What names a row of results, and what it knows of its trace."""
    return {
        "trace": trace,
        "reviewer": _clipped(reviewer),
        "provider": _clipped(provider),
        "model": _clipped(model),
        "span": span_id(trace, reviewer),
        "repository": row["repository"],
        "number": row["number"],
        "head": row["head"],
        "started_at": row["started_at"],
    }


def _clipped(name: str) -> str:
    """A name as its row will have it: a key that came back otherwise would never be found again."""
    return sound(name)[:MOST_CHARACTERS]


def _tokens(count: int | None) -> int | None:
    return None if count is None else min(max(0, count), _MOST_TOKENS)


def _dollars(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and amount.is_finite() and abs(amount) <= _MOST_DOLLARS else None
