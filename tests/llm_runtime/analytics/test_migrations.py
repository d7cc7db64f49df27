"""The tables' versions: in step with the code, up and down with rows in every table, the ledger's left alone."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text

from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.records import TaskResult
from llm_runtime.analytics.tables import METADATA, export_metadata, rate_limit_counters, scheduled_requests
from llm_runtime.analytics.versions import SCHEMA
from llm_runtime.database.database import Database
from llm_runtime.scheduling.ledger import Ask, Granted, Wait
from llm_runtime.scheduling.ledgers.opening import open_ledger
from llm_runtime.scheduling.limits import Demand, LimitKey, RateLimits, Shape
from tests.llm_runtime.analytics.conftest import FAULTS, Down
from tests.llm_runtime.analytics.langfuse.records import TRACE_ID, execution, generation, happening, trace

_NOW = datetime(2026, 11, 21, tzinfo=UTC)
_OURS = [name for name in METADATA.tables if name not in SCHEMA.others]


def fill(url: str) -> None:
    """A row in every table that is ours."""
    with open_books(url, FAULTS) as books:
        result = TaskResult(trace=TRACE_ID, reviewer="security", findings=1)
        books.write([trace(), generation(asker="bugs"), happening(), execution(), result])
        with books.database.writing() as connection:
            run = {"source": "langfuse", "status": "completed", "started_at": _NOW, "from_time": _NOW, "to_time": _NOW}
            counts = dict.fromkeys(("inserted", "updated", "unchanged"), 0)
            connection.execute(export_metadata.insert(), {"id": "run", **run, **counts})


def counts(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(METADATA.tables[name])).scalar() or 0)
            for name in _OURS
        }


def test_there_are_nine_tables() -> None:
    assert sorted(METADATA.tables) == [
        "agent_task_results",
        "export_metadata",
        "llm_events",
        "llm_generations",
        "llm_traces",
        "prompt_executions",
        "prompt_variants",
        "rate_limit_counters",
        "scheduled_requests",
    ]


def test_the_migrations_make_what_the_tables_say(url: str) -> None:
    with open_books(url, FAULTS) as books, books.database.reading() as connection:
        options = {
            "compare_type": True,
            "version_table": SCHEMA.version_table,
            "include_name": lambda name, kind, _: SCHEMA.is_ours(name, kind),
            "include_object": lambda _, name, kind, *__: SCHEMA.is_ours(name, kind),
        }
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, METADATA) == []


def test_what_the_ledger_makes_is_what_queries_read_of_it(url: str) -> None:
    with open_books(url, FAULTS) as books, books.database.reading() as connection:
        for table in (rate_limit_counters, scheduled_requests):
            made = {column["name"] for column in inspect(connection).get_columns(table.name)}
            assert {column.name for column in table.c} <= made
            assert connection.execute(select(table)).all() == []


def test_all_versions_are_known_without_alembic(url: str) -> None:
    with closing(Database(url, FAULTS)) as database, database.reading() as connection:
        scripts = ScriptDirectory.from_config(SCHEMA.alembic_config(connection)).walk_revisions()

        assert tuple(script.revision for script in scripts)[::-1] == SCHEMA.versions


@pytest.mark.parametrize("earlier", ["base", *SCHEMA.versions])
def test_filled_tables_go_down_and_up_again(url: str, earlier: str) -> None:
    fill(url)
    with closing(Database(url, FAULTS)) as database:
        before = counts(database)
        assert min(before.values()) >= 1

        with database.writing() as connection:
            SCHEMA.migrate(connection, earlier)
        SCHEMA.upgrade(database)

        assert counts(database) == (dict.fromkeys(_OURS, 0) if earlier == "base" else before)
        assert SCHEMA.version(database) == SCHEMA.versions[-1]


def test_limits_are_kept_whatever_becomes_of_the_tables_of_analytics(url: str) -> None:
    open_books(url, FAULTS).close()
    key = LimitKey(provider="openai", credential="c0ffee", model="gpt-6.1-sol")
    limits = RateLimits(requests_per_minute=60, shape=Shape(burst=1))
    one, two = (Ask(key=key, limits=limits, demand=Demand(), ticket=name, patience=0.0) for name in ("one", "two"))
    with closing(open_ledger(url)) as ledger, closing(Database(url, FAULTS)) as database:
        assert isinstance(ledger.reserve(one), Granted)

        with database.writing() as connection:
            SCHEMA.migrate(connection, "base")
        SCHEMA.upgrade(database)

        assert isinstance(ledger.reserve(two), Wait)
        with database.reading() as connection:
            assert connection.execute(select(scheduled_requests.c.state)).scalars().all() == ["granted"]


def test_tables_of_a_newer_program_are_refused(url: str) -> None:
    open_books(url, FAULTS).close()
    with closing(Database(url, FAULTS)) as database, database.writing() as connection:
        connection.execute(text(f"UPDATE {SCHEMA.version_table} SET version_num = '9999'"))

    with pytest.raises(Down, match=r"of version 9999, this program knows .* install the newer program"):
        open_books(url, FAULTS)
