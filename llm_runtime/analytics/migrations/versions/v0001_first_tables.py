"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from llm_runtime.analytics.ledger_tables import make_ledger_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INDICES = (
    ("llm_traces", "installation"),
    ("llm_traces", "started_at", "repository"),
    ("llm_traces", "repository", "number"),
    ("prompt_variants", "name", "version"),
    ("llm_generations", "variant"),
    ("llm_generations", "repository", "number"),
    ("llm_events", "at", "kind", "trace", "seconds"),
    ("agent_task_results", "started_at", "repository"),
    ("agent_task_results", "repository", "number"),
    ("prompt_executions", "variant"),
    ("prompt_executions", "ended_at", "variant", "outcome", "repository"),
    ("export_metadata", "source", "started_at"),
)
_QUESTIONS = (
    *("started_at", "provider", "model", "asker", "repository", "number", "variant", "error", "role"),
    *("latency_ms", "wait_ms", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens"),
    *("cost_pico", "saved_pico"),
)
_TOKENS = ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "llm_traces",
        _id("id"),
        *map(_text, ("name", "source", "repository")),
        _number("number", null=True),
        *map(_text, ("head", "job")),
        _number("installation", null=True),
        _text("status"),
        _moment("started_at"),
        *(_moment(name, null=True) for name in ("ended_at", "posted_at", "opened_at", "imported_at")),
        _key("llm_traces", "id"),
    )
    op.create_table(
        "prompt_variants",
        _id("id"),
        *map(_text, ("name", "version")),
        _moment("first_seen_at"),
        _text("content", null=True),
        _key("prompt_variants", "id"),
    )
    op.create_table(
        "llm_generations",
        _id("trace"),
        _id("id"),
        _id("parent", null=True),
        _id("question"),
        _small("round"),
        *map(_text, ("asker", "repository")),
        _number("number", null=True),
        *map(_text, ("provider", "model", "served", "tier", "role")),
        _id("variant", null=True),
        *(_number(name, null=True) for name in _TOKENS),
        *(
            _number(f"{kind}_pico", null=True)
            for kind in ("cost", "input_cost", "cached_input_cost", "cache_write_cost", "output_cost", "saved")
        ),
        _moment("started_at"),
        _small("latency_ms"),
        _small("first_token_ms", null=True),
        _small("wait_ms"),
        _text("status"),
        _text("error", null=True),
        _id("prompt_digest", null=True),
        _number("prompt_characters", null=True),
        _id("answer_digest", null=True),
        _number("answer_characters", null=True),
        *(_text(name, null=True) for name in ("prompt", "answer")),
        _moment("imported_at", null=True),
        _key("llm_generations", "trace", "id"),
        _of_a_trace("llm_generations"),
        _of_a_variant("llm_generations"),
    )
    op.create_table(
        "llm_events",
        _id("trace"),
        _id("id"),
        _id("parent", null=True),
        *map(_text, ("asker", "kind", "provider", "model")),
        _moment("at"),
        sa.Column("seconds", sa.Float()),
        _text("error", null=True),
        _text("data"),
        _moment("imported_at", null=True),
        _key("llm_events", "trace", "id"),
        _of_a_trace("llm_events"),
    )
    op.create_table(
        "agent_task_results",
        _id("trace"),
        *map(_text, ("reviewer", "provider", "model")),
        _id("span"),
        _text("repository"),
        _number("number", null=True),
        _text("head"),
        _moment("started_at"),
        *map(_small, ("calls", "failed_calls", "fallback_calls", "waited_calls", "unpriced_calls")),
        *map(_number, _TOKENS),
        *map(_number, ("cost_pico", "fallback_cost_pico", "saved_pico", "latency_ms", "wait_ms")),
        *map(_small, ("findings", "accepted", "dismissed", "gaps")),
        _key("agent_task_results", "trace", "reviewer", "provider", "model"),
        _of_a_trace("agent_task_results"),
    )
    op.create_table(
        "prompt_executions",
        _id("trace"),
        _id("question"),
        _id("variant", null=True),
        *map(_text, ("asker", "repository", "outcome")),
        _small("findings"),
        _moment("ended_at"),
        _key("prompt_executions", "trace", "question"),
        _of_a_trace("prompt_executions"),
        _of_a_variant("prompt_executions"),
    )
    op.create_table(
        "export_metadata",
        _id("id"),
        *map(_text, ("source", "status")),
        _moment("started_at"),
        _moment("ended_at", null=True),
        *map(_moment, ("from_time", "to_time")),
        _moment("watermark", null=True),
        *map(_small, ("inserted", "updated", "unchanged")),
        _text("error", null=True),
        _key("export_metadata", "id"),
    )
    for table, *columns in _INDICES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    op.create_index("ix_llm_generations_questions", "llm_generations", _QUESTIONS)
    make_ledger_tables(op.get_bind())


def downgrade() -> None:
    """Drop them, and everything in them; those of the rate ledger stay, for limits are kept by them."""
    for table in (
        "export_metadata",
        "prompt_executions",
        "agent_task_results",
        "llm_events",
        "llm_generations",
        "prompt_variants",
        "llm_traces",
    ):
        op.drop_table(table)


def _id(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(64), nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _small(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _of_a_trace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["trace"], ["llm_traces.id"], name=f"fk_{table}_trace", ondelete="CASCADE")


def _of_a_variant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["variant"], ["prompt_variants.id"], name=f"fk_{table}_variant")
