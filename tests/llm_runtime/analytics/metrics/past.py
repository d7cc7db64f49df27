"""A few days of reviews whose sums anybody can work out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.period import Period
from llm_runtime.analytics.records import (
    EventKind,
    Execution,
    Generation,
    Happening,
    Record,
    Source,
    TaskResult,
    Trace,
)
from llm_runtime.cost.rates import Costs
from llm_runtime.messages import PromptVariant, Usage

TUESDAY = datetime(2026, 11, 10, tzinfo=UTC)
TWO_DAYS = Period(TUESDAY, TUESDAY + timedelta(days=2))
OLD, NEW = PromptVariant(name="security", version="0ld"), PromptVariant(name="security", version="new")
OPUS: dict[str, Any] = {"provider": "anthropic", "model": "opus"}
GPT: dict[str, Any] = {"provider": "openai", "model": "gpt"}


def trace(name: str, repository: str, number: int | None, began: datetime) -> Trace:
    return Trace(
        id=trace_id(name), name="review", source=Source.APP, repository=repository, number=number, started_at=began
    )


def call(of: Trace, number: int, **values: Any) -> Generation:
    told: dict[str, Any] = {
        "asker": "security",
        "question": f"q{number}",
        "role": "primary",
        "usage": Usage(input_tokens=1_000, output_tokens=100),
        "cost_usd": Decimal("0.1"),
        "started_at": of.started_at,
        "latency_ms": 1_000,
        **OPUS,
        **values,
    }
    return Generation(trace=of.id, id=f"{number:016x}", **told)


def saving(cost: str, saved: str) -> dict[str, Any]:
    kinds = {"cached_input": Decimal(0), "cache_write": Decimal(0), "output": Decimal(0)}
    return {
        "cost_usd": Decimal(cost),
        "costs": Costs(input=Decimal(cost), saved=Decimal(saved), **kinds),
        "usage": Usage(input_tokens=2_000, cached_input_tokens=1_500, cache_write_tokens=10, output_tokens=50),
    }


FIRST = trace("first", "octo/app", 7, TUESDAY + timedelta(hours=10))
SECOND = trace("second", "octo/app", 8, TUESDAY + timedelta(hours=33))
LOCAL = trace("local", "web", None, TUESDAY + timedelta(days=2) - timedelta(microseconds=1))
TOO_EARLY = trace("early", "octo/app", 7, TUESDAY - timedelta(microseconds=1))
TOO_LATE = trace("late", "octo/app", 7, TUESDAY + timedelta(days=2))

REFUSED: dict[str, Any] = {"error": "RateLimited", "usage": None, "cost_usd": Decimal(0)}

PAST: tuple[Record, ...] = (
    FIRST,
    SECOND,
    LOCAL,
    TOO_EARLY,
    TOO_LATE,
    call(FIRST, 1, variant=OLD),
    call(FIRST, 2, variant=OLD, **REFUSED),
    call(FIRST, 3, asker="bugs", role="fallback", wait_ms=500, cost_usd=Decimal("0.05"), **GPT),
    call(SECOND, 4, variant=NEW, **saving("0.3", "0.02")),
    call(LOCAL, 5, cost_usd=None, **GPT),
    call(TOO_EARLY, 6, variant=OLD, cost_usd=Decimal(4)),
    call(TOO_LATE, 7, variant=NEW, cost_usd=Decimal(5)),
    TaskResult(trace=FIRST.id, reviewer="security", findings=3, accepted=2, dismissed=1, **OPUS),
    TaskResult(trace=FIRST.id, reviewer="bugs", findings=1, gaps=2, **GPT),
    TaskResult(trace=SECOND.id, reviewer="security", findings=40, accepted=20, dismissed=9, **OPUS),
    TaskResult(trace=SECOND.id, reviewer="bugs", findings=2, accepted=1),
    TaskResult(trace=TOO_EARLY.id, reviewer="security", findings=9, accepted=9, **OPUS),
    Happening(trace=FIRST.id, id="e1", kind=EventKind.WAIT, at=FIRST.started_at, seconds=0.5),
    Happening(trace=FIRST.id, id="e2", kind=EventKind.WAIT, at=FIRST.started_at, seconds=1.5),
    Happening(trace=SECOND.id, id="e3", kind=EventKind.WAIT, at=SECOND.started_at, seconds=2.0),
    Happening(trace=LOCAL.id, id="e4", kind=EventKind.FALLBACK, at=LOCAL.started_at),
    Happening(trace=TOO_LATE.id, id="e5", kind=EventKind.BREAKER, at=TOO_LATE.started_at),
    *(
        Execution(
            trace=FIRST.id,
            question=f"q{each}",
            asker="security",
            variant=OLD,
            outcome=outcome,
            ended_at=FIRST.started_at,
        )
        for each, outcome in enumerate(("answered", "repaired", "malformed", "failed"))
    ),
)
