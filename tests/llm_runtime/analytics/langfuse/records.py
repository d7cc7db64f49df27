"""Records with the fields filled in that a test does not care about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.records import (
    EventKind,
    Execution,
    Generation,
    Happening,
    Source,
    TaskResult,
    Text,
    Trace,
    TraceEnded,
)
from llm_runtime.cost.rates import Costs
from llm_runtime.messages import PromptVariant, Usage

BEGAN = datetime(2026, 11, 21, 8, 0, 0, 123_456, tzinfo=UTC)
TRACE_ID = trace_id("acme/shop", 7, "c0ffee", "job-1")
VARIANT = PromptVariant(name="security", version="0123456789ab")
USAGE = Usage(
    input_tokens=1_000, cached_input_tokens=600, cache_write_tokens=100, output_tokens=200, reasoning_tokens=150
)
COSTS = Costs(
    input=Decimal("0.003"),
    cached_input=Decimal("0.0003"),
    cache_write=Decimal("0.001"),
    output=Decimal("0.008"),
    saved=Decimal("0.0027"),
)


def trace(**fields: Any) -> Trace:
    given: dict[str, Any] = {
        "id": TRACE_ID,
        "name": "review",
        "source": Source.APP,
        "repository": "acme/shop",
        "number": 7,
        "head": "c0ffee",
        "job": "job-1",
        "installation": 4711,
        "started_at": BEGAN,
        "opened_at": BEGAN - timedelta(hours=2),
    }
    return Trace(**given | fields)


def ended(**fields: Any) -> TraceEnded:
    given: dict[str, Any] = {"trace": TRACE_ID, "status": "done", "ended_at": BEGAN + timedelta(seconds=90)}
    return TraceEnded(**given | fields)


def generation(**fields: Any) -> Generation:
    given: dict[str, Any] = {
        "trace": TRACE_ID,
        "id": "00000000000000a1",
        "asker": "security",
        "question": "q1",
        "provider": "openai",
        "model": "gpt-6.1-sol",
        "served": "gpt-6.1-sol-2026-11-01",
        "tier": "tier-1",
        "role": "primary",
        "usage": USAGE,
        "cost_usd": COSTS.total,
        "costs": COSTS,
        "started_at": BEGAN + timedelta(seconds=10),
        "latency_ms": 2_500,
        "first_token_ms": 400,
        "wait_ms": 1_200,
        "prompt": Text(digest="d" * 64, characters=4_000),
        "answer": Text(digest="e" * 64, characters=300),
        "variant": VARIANT,
    }
    return Generation(**given | fields)


def happening(**fields: Any) -> Happening:
    given: dict[str, Any] = {
        "trace": TRACE_ID,
        "id": "00000000000000b1",
        "asker": "security",
        "kind": EventKind.FALLBACK,
        "provider": "openai",
        "model": "gpt-6.1-sol",
        "at": BEGAN + timedelta(seconds=20),
        "error": "Overloaded",
        "data": {"chosen": "anthropic/claude-opus-5-5"},
    }
    return Happening(**given | fields)


def execution(**fields: Any) -> Execution:
    given: dict[str, Any] = {
        "trace": TRACE_ID,
        "question": "q1",
        "asker": "security",
        "variant": VARIANT,
        "outcome": "answered",
        "ended_at": BEGAN + timedelta(seconds=30),
        "findings": 3,
    }
    return Execution(**given | fields)


def result(**fields: Any) -> TaskResult:
    given: dict[str, Any] = {
        "trace": TRACE_ID,
        "reviewer": "security",
        "provider": "openai",
        "model": "gpt-6.1-sol",
        "findings": 3,
        "accepted": 2,
        "dismissed": 1,
        "gaps": 0,
    }
    return TaskResult(**given | fields)
