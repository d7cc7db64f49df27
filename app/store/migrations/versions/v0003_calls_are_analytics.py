"""Calls of models move into the books of analytics, which know more of each, and are told by everybody who asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TOKENS = ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
_AT_ONCE = 500
_ID_HEX = 16
_TRACE_HEX = 32
_PICO = 12
_MOMENT = sa.DateTime(timezone=True)

_calls = sa.table(
    "quartet_calls",
    *map(sa.column, ("id", "repository", "number", "review", "reviewer", "provider", "model", *_TOKENS)),
    *map(sa.column, ("cost_usd", "seconds", "error")),
    sa.column("at", _MOMENT),
)
_reviews = sa.table(
    "quartet_reviews", *map(sa.column, ("id", "head", "installation")), sa.column("started_at", _MOMENT)
)
_repositories = sa.table("quartet_repositories", sa.column("name"))
_traces = sa.table(
    "llm_traces",
    *map(sa.column, ("id", "name", "source", "repository", "number", "head", "job", "installation", "status")),
    sa.column("started_at", _MOMENT),
)
_generations = sa.table(
    "llm_generations",
    *map(sa.column, ("trace", "id", "question", "round", "asker", "repository", "number", "provider", "model")),
    *map(sa.column, ("served", "tier", "role", *_TOKENS, "cost_pico")),
    sa.column("started_at", _MOMENT),
    *map(sa.column, ("latency_ms", "wait_ms", "status", "error")),
)
_SUMS = """
INSERT INTO agent_task_results (
    trace, reviewer, provider, model, span, repository, number, head, started_at, calls, failed_calls, fallback_calls,
    waited_calls, unpriced_calls, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
    reasoning_tokens, cost_pico, fallback_cost_pico, saved_pico, latency_ms, wait_ms,
    findings, accepted, dismissed, gaps
)
SELECT g.trace, g.asker, g.provider, g.model, '', t.repository, t.number, t.head, t.started_at,
    COUNT(*), COUNT(g.error), 0, 0, SUM(CASE WHEN g.cost_pico IS NULL THEN 1 ELSE 0 END),
    COALESCE(SUM(g.input_tokens), 0), COALESCE(SUM(g.cached_input_tokens), 0),
    COALESCE(SUM(g.cache_write_tokens), 0), COALESCE(SUM(g.output_tokens), 0),
    COALESCE(SUM(g.reasoning_tokens), 0), COALESCE(SUM(g.cost_pico), 0), 0, 0, SUM(g.latency_ms), 0, 0, 0, 0, 0
FROM llm_generations g JOIN llm_traces t ON t.id = g.trace
WHERE NOT EXISTS (SELECT 1 FROM agent_task_results r WHERE r.trace = g.trace)
GROUP BY g.trace, g.asker, g.provider, g.model, t.repository, t.number, t.head, t.started_at
"""


def upgrade() -> None:
    """Take what was paid along, and drop the table."""
    connection = op.get_bind()
    joined = sa.select(_calls, _reviews.c.head, _reviews.c.installation, _reviews.c.started_at).select_from(
        _calls.outerjoin(_reviews, _reviews.c.id == _calls.c.review)
    )
    for batch in _batches(connection, joined, _calls.c.id):
        _add(connection, batch)
    if connection.dialect.has_table(connection, _traces.name):
        connection.execute(sa.text(_SUMS))
    op.drop_table("quartet_calls")


def downgrade() -> None:
    """Make the table again, with what the books know of the App's calls."""
    op.create_table(
        "quartet_calls",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("review", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("reviewer", "provider", "model")),
        *(sa.Column(name, sa.Integer()) for name in _TOKENS),
        sa.Column("cost_usd", sa.Text()),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quartet_calls"),
        sa.ForeignKeyConstraint(
            ["repository"],
            ["quartet_repositories.name"],
            name="fk_quartet_calls_repository",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
    )
    op.create_index("ix_quartet_calls_repository_number", "quartet_calls", ["repository", "number"])
    connection = op.get_bind()
    if not connection.dialect.has_table(connection, _traces.name):
        return
    ours = (
        sa.select(_generations, _traces.c.job)
        .select_from(_generations.join(_traces, _traces.c.id == _generations.c.trace))
        .join(_repositories, _repositories.c.name == _traces.c.repository)
        .where(_traces.c.source == "app", _traces.c.number.is_not(None))
    )
    for batch in _batches(connection, ours, _generations.c.trace, _generations.c.id):
        connection.execute(_calls.insert(), [_as_call(row) for row in batch])


def _add(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    traces = {trace["id"]: trace for trace in map(_trace, rows)}
    there = connection.execute(sa.select(_traces.c.id).where(_traces.c.id.in_(list(traces)))).scalars().all()
    if new := [trace for name, trace in traces.items() if name not in set(there)]:
        connection.execute(_traces.insert(), new)
    known = sa.select(_generations.c.trace, _generations.c.id).where(_generations.c.trace.in_(list(traces)))
    keys = {tuple(row) for row in connection.execute(known)}
    added = [row for row in map(_generation, rows) if (row["trace"], row["id"]) not in keys]
    if added:
        connection.execute(_generations.insert(), added)


def _trace(row: Mapping[str, Any]) -> dict[str, Any]:
    head, job = row["head"] or "", row["review"] or ""
    return {
        "id": _place(row)[0],
        "name": "review" if row["review"] else "command",
        "source": "app",
        "repository": row["repository"],
        "number": row["number"],
        "head": head,
        "job": job,
        "installation": row["installation"],
        "status": "done",
        "started_at": row["started_at"] or row["at"],
    }


def _generation(row: Mapping[str, Any]) -> dict[str, Any]:
    trace, name = _place(row)
    cost = row["cost_usd"]
    return {
        "trace": trace,
        "id": name,
        "question": "",
        "round": 0,
        "asker": row["reviewer"],
        "repository": row["repository"],
        "number": row["number"],
        "provider": row["provider"],
        "model": row["model"],
        "served": "",
        "tier": "",
        "role": "",
        **{token: row[token] for token in _TOKENS},
        "cost_pico": None if cost is None else int(Decimal(cost).scaleb(_PICO).to_integral_value()),
        "started_at": row["at"],
        "latency_ms": int(row["seconds"] * 1_000),
        "wait_ms": 0,
        "status": "answered" if row["error"] is None else "failed",
        "error": row["error"],
    }


def _as_call(row: Mapping[str, Any]) -> dict[str, Any]:
    cost = row["cost_pico"]
    return {
        "id": row["trace"] + row["id"],
        "repository": row["repository"],
        "number": row["number"],
        "review": row["job"] or None,
        "reviewer": row["asker"],
        "provider": row["provider"],
        "model": row["model"],
        **{token: row[token] for token in _TOKENS},
        "cost_usd": None if cost is None else str(Decimal(cost).scaleb(-_PICO)),
        "seconds": row["latency_ms"] / 1_000,
        "error": row["error"],
        "at": row["started_at"],
    }


def _place(row: Mapping[str, Any]) -> tuple[str, str]:
    """Trace and id of a call; one that was taken back by ``downgrade`` has its old ones."""
    if len(row["id"]) == _TRACE_HEX + _ID_HEX:
        return row["id"][:_TRACE_HEX], row["id"][_TRACE_HEX:]
    named = "\n".join(map(str, (row["repository"], row["number"], row["head"] or "", row["review"] or "")))
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:_TRACE_HEX], row["id"][:_ID_HEX]


def _batches(
    connection: sa.Connection, query: sa.Select[Any], *order: sa.ColumnElement[Any]
) -> Iterator[list[Mapping[str, Any]]]:
    """All rows, some hundred at a time."""
    start = 0
    while rows := connection.execute(query.order_by(*order).limit(_AT_ONCE).offset(start)).all():
        yield [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for it
        start += len(rows)
