"""Fills the tables by the drivers' fastest ways, past ``Books``, which a million calls would take an hour of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime

import psycopg

from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.tables import METADATA
from tests.benchmarks.analytics.history import BEGAN, VARIANTS, Line, Rows, history

_RESULTS = """
INSERT INTO agent_task_results
SELECT g.trace, asker, provider, model, min(parent), min(g.repository), min(g.number), min(t.head), min(t.started_at),
       count(*), sum(CASE WHEN error IS NULL THEN 0 ELSE 1 END), sum(CASE role WHEN 'fallback' THEN 1 ELSE 0 END),
       sum(CASE WHEN wait_ms > 0 THEN 1 ELSE 0 END), sum(CASE WHEN cost_pico IS NULL THEN 1 ELSE 0 END),
       coalesce(sum(input_tokens), 0), coalesce(sum(cached_input_tokens), 0), 0, coalesce(sum(output_tokens), 0),
       coalesce(sum(reasoning_tokens), 0), coalesce(sum(cost_pico), 0),
       coalesce(sum(CASE role WHEN 'fallback' THEN cost_pico END), 0), coalesce(sum(saved_pico), 0),
       sum(latency_ms), sum(wait_ms),
       min(latency_ms) % 4, min(latency_ms) % 4 / 2, min(latency_ms) % 4 / 3, 0
FROM llm_generations g JOIN llm_traces t ON t.id = g.trace
GROUP BY g.trace, asker, provider, model
ORDER BY min(t.started_at)
"""


def fill(url: str, calls: int) -> None:
    """Make the tables and fill them with a history of about so many calls."""
    open_books(url, FAULTS).close()
    if url.startswith("sqlite"):
        _fill_sqlite(url.removeprefix("sqlite:///"), calls)
    else:
        _fill_postgres(url, calls)


def _fill_sqlite(path: str, calls: int) -> None:
    # Without statistics, as the file is in use: nobody runs ANALYZE on it.
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")
        connection.execute("BEGIN")
        indices = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE INDEX%'").fetchall()
        for name, _ in indices:
            connection.execute(f"DROP INDEX {name}")
        for table, lines in _tables(history(calls)):
            marks = ", ".join("?" * len(METADATA.tables[table].columns))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", map(_for_sqlite, lines))
        connection.execute(_RESULTS)
        for _, sql in indices:
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _for_sqlite(line: Line) -> Line:
    return tuple(f"{each:%Y-%m-%d %H:%M:%S.%f}" if isinstance(each, datetime) else each for each in line)


def _fill_postgres(url: str, calls: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for table, lines in _tables(history(calls)):
            with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                for line in lines:
                    copy.write_row(line)
        connection.execute(_RESULTS.encode())
        connection.execute(b"VACUUM ANALYZE")


def _tables(batches: Iterable[Rows]) -> Iterable[tuple[str, list[Line]]]:
    yield "prompt_variants", [(*variant, BEGAN, None) for variant in VARIANTS]
    for rows in batches:
        yield "llm_traces", rows.traces
        yield "llm_generations", rows.generations
        yield "llm_events", rows.events
        yield "prompt_executions", rows.executions
