"""The tables of a rate ledger: a row of counters for each key, and a row for each call."""

from __future__ import annotations

from llm_runtime.storage.engines import Transaction
from llm_runtime.storage.versions import create_once

VERSION = 2

_COUNTERS = """CREATE TABLE IF NOT EXISTS rate_limit_counters (
    id {identity},
    provider TEXT NOT NULL,
    credential TEXT NOT NULL,
    model TEXT NOT NULL,
    slot_requests DOUBLE PRECISION NOT NULL,
    slot_input_tokens DOUBLE PRECISION NOT NULL,
    slot_output_tokens DOUBLE PRECISION NOT NULL,
    burst_scale DOUBLE PRECISION NOT NULL,
    halved_at DOUBLE PRECISION NOT NULL,
    learned_requests BIGINT,
    learned_until DOUBLE PRECISION NOT NULL,
    told_requests BIGINT,
    told_input_tokens BIGINT,
    told_output_tokens BIGINT,
    blocked_until DOUBLE PRECISION NOT NULL,
    day BIGINT NOT NULL,
    day_count BIGINT NOT NULL,
    broken_until DOUBLE PRECISION NOT NULL,
    broken_by TEXT NOT NULL,
    next_place BIGINT NOT NULL,
    window_seconds DOUBLE PRECISION NOT NULL,
    seen DOUBLE PRECISION NOT NULL,
    noted DOUBLE PRECISION NOT NULL,
    era BIGINT NOT NULL,
    forgotten_until DOUBLE PRECISION NOT NULL,
    used_requests DOUBLE PRECISION NOT NULL,
    used_input_tokens DOUBLE PRECISION NOT NULL,
    used_output_tokens DOUBLE PRECISION NOT NULL,
    UNIQUE (provider, credential, model)
)"""
_REQUESTS = """CREATE TABLE IF NOT EXISTS scheduled_requests (
    id {identity},
    key_id BIGINT NOT NULL,
    ticket TEXT NOT NULL,
    state TEXT NOT NULL,
    noted DOUBLE PRECISION NOT NULL,
    era BIGINT NOT NULL,
    at DOUBLE PRECISION,
    requests DOUBLE PRECISION NOT NULL,
    input_tokens DOUBLE PRECISION NOT NULL,
    output_tokens DOUBLE PRECISION NOT NULL,
    rejected INTEGER NOT NULL,
    due DOUBLE PRECISION,
    priority INTEGER,
    place BIGINT,
    asked_requests DOUBLE PRECISION,
    asked_input_tokens DOUBLE PRECISION,
    asked_output_tokens DOUBLE PRECISION,
    moved_requests DOUBLE PRECISION NOT NULL DEFAULT 0,
    moved_input_tokens DOUBLE PRECISION NOT NULL DEFAULT 0,
    moved_output_tokens DOUBLE PRECISION NOT NULL DEFAULT 0,
    UNIQUE (key_id, ticket)
)"""
_BY_TIME = """CREATE INDEX IF NOT EXISTS scheduled_requests_by_time
    ON scheduled_requests (key_id, era, at, id) WHERE at IS NOT NULL"""
_QUEUE = """CREATE INDEX IF NOT EXISTS scheduled_requests_in_line
    ON scheduled_requests (key_id, priority, place, ticket) WHERE due IS NOT NULL"""

# Since 2 a row tells how far its call has moved the slots; one of before gives none of that back.
_MIGRATIONS = {
    2: [
        f"ALTER TABLE scheduled_requests ADD COLUMN {name} DOUBLE PRECISION NOT NULL DEFAULT 0"
        for name in ("moved_requests", "moved_input_tokens", "moved_output_tokens")
    ]
}


def create_tables(session: Transaction) -> None:
    """Create the tables where they are missing; to be called in a transaction.

    ``rate_limit_counters`` holds the account of a key. Times are seconds on the ledger's clock but for ``noted``, which
    is seconds since 1970; the ``used_`` columns are the sums of all entries later than ``forgotten_until``; ``era``
    grows whenever the ledger's clock was found to have gone back.

    ``scheduled_requests`` holds a row for each call (states: waiting, granted, answered, rejected, released, left,
    lost), one for what its answer produced (``output``) and one for what others used of the key (``others``). It
    counts in the window as long as ``at`` is set, and stands in the queue as long as ``due`` is. The ``asked_`` columns
    are what the call was estimated to take, the ``moved_`` columns the seconds by which it has moved the slots. Rows of
    the last day are kept:

        SELECT state, COUNT(*), SUM(input_tokens) FROM scheduled_requests WHERE noted > … GROUP BY state
    """
    tables = [statement.format(identity=session.dialect.identity) for statement in (_COUNTERS, _REQUESTS)]
    create_once(session, "rate limits", VERSION, [*tables, _BY_TIME, _QUEUE], _MIGRATIONS)
