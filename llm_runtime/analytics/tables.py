"""The nine tables. Everything hangs on a trace: deleted with it.

Money is in whole millionths of a millionth of a dollar (columns ``…_pico``), times of the clock are UTC, durations are
whole milliseconds, ids have at most 64 characters, texts that came from outside are there only where somebody has
switched that on. ``imported_at`` is set in rows that only Langfuse has told us; what was noted here, at the moment of
the call, is never changed by what Langfuse says. A change here needs a migration
(``llm_runtime/analytics/migrations/versions``); a test compares the two.

``rate_limit_counters`` and ``scheduled_requests`` are the rate ledger's, which makes and keeps them
(``llm_runtime.scheduling.ledgers.sql_schema``), where limits are accounted for in the same database. What is said of
them here is what queries may read.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

from llm_runtime.analytics.columns import PicoDollars
from llm_runtime.database.columns import Data, Moment, Words

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = String(64)


def _trace(*, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(
        "trace", _ID, ForeignKey("llm_traces.id", ondelete="CASCADE"), primary_key=primary_key, nullable=nullable
    )


llm_traces = Table(
    "llm_traces",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", Words, nullable=False),
    Column("source", Text, nullable=False),
    Column("repository", Words, nullable=False),
    Column("number", BigInteger),
    Column("head", Words, nullable=False),
    Column("job", Words, nullable=False),
    Column("installation", BigInteger, index=True),
    Column("status", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("posted_at", Moment),
    Column("opened_at", Moment),
    Column("imported_at", Moment),
    Index(None, "started_at", "repository"),
    Index(None, "repository", "number"),
)

prompt_variants = Table(
    "prompt_variants",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("content", Words),
    Index(None, "name", "version"),
)

llm_generations = Table(
    "llm_generations",
    METADATA,
    _trace(primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("parent", _ID),
    Column("question", _ID, nullable=False),
    Column("round", Integer, nullable=False),
    Column("asker", Words, nullable=False),
    Column("repository", Words, nullable=False),
    Column("number", BigInteger),
    Column("provider", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("served", Words, nullable=False),
    Column("tier", Words, nullable=False),
    Column("role", Words, nullable=False),
    Column("variant", _ID, ForeignKey("prompt_variants.id"), index=True),
    Column("input_tokens", BigInteger),
    Column("cached_input_tokens", BigInteger),
    Column("cache_write_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("cost_pico", PicoDollars),
    Column("input_cost_pico", PicoDollars),
    Column("cached_input_cost_pico", PicoDollars),
    Column("cache_write_cost_pico", PicoDollars),
    Column("output_cost_pico", PicoDollars),
    Column("saved_pico", PicoDollars),
    Column("started_at", Moment, nullable=False),
    Column("latency_ms", Integer, nullable=False),
    Column("first_token_ms", Integer),
    Column("wait_ms", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("error", Words),
    Column("prompt_digest", _ID),
    Column("prompt_characters", BigInteger),
    Column("answer_digest", _ID),
    Column("answer_characters", BigInteger),
    Column("prompt", Words),
    Column("answer", Words),
    Column("imported_at", Moment),
    # All that questions to calls are about: they read this index, and none of the rows, which are five times as long.
    Index(
        "ix_llm_generations_questions",
        "started_at",
        "provider",
        "model",
        "asker",
        "repository",
        "number",
        "variant",
        "error",
        "role",
        "latency_ms",
        "wait_ms",
        "input_tokens",
        "cached_input_tokens",
        "cache_write_tokens",
        "output_tokens",
        "cost_pico",
        "saved_pico",
    ),
    Index(None, "repository", "number"),
)

llm_events = Table(
    "llm_events",
    METADATA,
    _trace(primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("parent", _ID),
    Column("asker", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("provider", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("seconds", Float),
    Column("error", Words),
    Column("data", Data, nullable=False),
    Column("imported_at", Moment),
    Index(None, "at", "kind", "trace", "seconds"),
)

agent_task_results = Table(
    "agent_task_results",
    METADATA,
    _trace(primary_key=True),
    Column("reviewer", Words, primary_key=True),
    Column("provider", Words, primary_key=True),
    Column("model", Words, primary_key=True),
    Column("span", _ID, nullable=False),
    Column("repository", Words, nullable=False),
    Column("number", BigInteger),
    Column("head", Words, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("failed_calls", Integer, nullable=False),
    Column("fallback_calls", Integer, nullable=False),
    Column("waited_calls", Integer, nullable=False),
    Column("unpriced_calls", Integer, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("cached_input_tokens", BigInteger, nullable=False),
    Column("cache_write_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("reasoning_tokens", BigInteger, nullable=False),
    Column("cost_pico", PicoDollars, nullable=False),
    Column("fallback_cost_pico", PicoDollars, nullable=False),
    Column("saved_pico", PicoDollars, nullable=False),
    Column("latency_ms", BigInteger, nullable=False),
    Column("wait_ms", BigInteger, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("dismissed", Integer, nullable=False),
    Column("gaps", Integer, nullable=False),
    Index(None, "started_at", "repository"),
    Index(None, "repository", "number"),
)
"""A row for each reviewer and model of a trace. Calls, tokens and money are the sums of its generations, kept in step
with them in the same transactions, so that reports need not read millions of rows."""

prompt_executions = Table(
    "prompt_executions",
    METADATA,
    _trace(primary_key=True),
    Column("question", _ID, primary_key=True),
    Column("variant", _ID, ForeignKey("prompt_variants.id"), index=True),
    Column("asker", Words, nullable=False),
    Column("repository", Words, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("ended_at", Moment, nullable=False),
    Index(None, "ended_at", "variant", "outcome", "repository"),
)

export_metadata = Table(
    "export_metadata",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("source", Words, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("from_time", Moment, nullable=False),
    Column("to_time", Moment, nullable=False),
    Column("watermark", Moment),
    Column("inserted", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("error", Words),
    Index(None, "source", "started_at"),
)

rate_limit_counters = Table(
    "rate_limit_counters",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("credential", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("blocked_until", Float, nullable=False),
    Column("broken_until", Float, nullable=False),
    Column("broken_by", Text, nullable=False),
    Column("noted", Float, nullable=False),
)

scheduled_requests = Table(
    "scheduled_requests",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("key_id", BigInteger, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("noted", Float, nullable=False),
    Column("requests", Float, nullable=False),
    Column("input_tokens", Float, nullable=False),
    Column("output_tokens", Float, nullable=False),
    Column("rejected", Integer, nullable=False),
)
