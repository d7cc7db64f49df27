"""The tables' versions: made once however many come at once, in step with the code, refused where they are newer."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.errors import StoreDown
from app.store.store import open_store
from app.store.tables import METADATA, gone
from app.store.versions import FAULTS, SCHEMA
from llm_runtime.database.database import Database
from tests.app.store.conftest import Time, begin
from tests.app.store.filling import fill, rows


def test_the_migrations_make_what_the_tables_say(url: str) -> None:
    with open_store(url), closing(Database(url, FAULTS)) as database, database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "version_table": SCHEMA.version_table,
                "include_name": lambda name, kind, _: SCHEMA.is_ours(name, kind),
            },
        )

        assert compare_metadata(context, METADATA) == []


def test_a_difference_between_tables_and_migrations_would_be_seen(url: str) -> None:
    with open_store(url), closing(Database(url, FAULTS)) as database:
        with database.writing() as connection:
            connection.execute(text("ALTER TABLE quartet_pauses ADD COLUMN mood TEXT"))
        with database.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) != []


def test_all_versions_are_known_without_alembic(url: str) -> None:
    with closing(Database(url, FAULTS)) as database, database.reading() as connection:
        scripts = ScriptDirectory.from_config(SCHEMA.alembic_config(connection)).walk_revisions()

        assert tuple(script.revision for script in scripts)[::-1] == SCHEMA.versions


def test_a_filled_store_goes_down_to_nothing_and_up_again(url: str, time: Time) -> None:
    with open_store(url, now=time) as store:
        fill(store, time, "octo/app", 3)
    with closing(Database(url, FAULTS)) as database:
        with database.writing() as connection:
            SCHEMA.migrate(connection, "base")
        with database.reading() as connection:
            ours = {name for name in inspect(connection).get_table_names() if name.startswith("quartet_")}
            assert ours == {SCHEMA.version_table}

    with open_store(url, now=time) as store:
        fill(store, time, "octo/app", 3)
    assert set(rows(url).values()) == {1}


@pytest.mark.parametrize("earlier", SCHEMA.versions)
def test_every_version_can_be_gone_down_to_and_up_from_with_rows_in_it(url: str, time: Time, earlier: str) -> None:
    with open_store(url, now=time) as store:
        fill(store, time, "octo/app", 3)
    with closing(Database(url, FAULTS)) as database:
        with database.writing() as connection:
            SCHEMA.migrate(connection, earlier)
        assert SCHEMA.version(database) == earlier
        with database.reading() as connection:
            known_then = set(inspect(connection).get_table_names()) & (METADATA.tables.keys() - {gone.name})

        SCHEMA.upgrade(database)

        assert SCHEMA.version(database) == SCHEMA.versions[-1]
    assert {name: count for name, count in rows(url).items() if count} == dict.fromkeys(known_then, 1)


def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    with closing(Database(url, FAULTS)) as database:
        with database.writing() as connection:
            # In the way of the last table but one.
            connection.execute(text("CREATE TABLE quartet_replies (n INTEGER)"))

        with pytest.raises(StoreDown):
            SCHEMA.upgrade(database)

        with database.reading() as connection:
            assert inspect(connection).get_table_names() == ["quartet_replies"]


def test_tables_of_others_are_left_alone(url: str) -> None:
    with closing(Database(url, FAULTS)) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE reviews (n INTEGER)"))
            connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
            connection.execute(text("INSERT INTO alembic_version VALUES ('theirs')"))

        open_store(url).close()

        with database.reading() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "theirs"


def test_tables_of_a_newer_program_are_refused_in_one_line(url: str) -> None:
    with open_store(url) as store:
        assert store.version == SCHEMA.versions[-1]
    with closing(Database(url, FAULTS)) as database, database.writing() as connection:
        connection.execute(text(f"UPDATE {SCHEMA.version_table} SET version_num = '9999'"))

    with pytest.raises(StoreDown, match=r"of version 9999, this program knows .* install the newer program") as caught:
        open_store(url)

    assert "\n" not in str(caught.value)


def test_alembic_is_not_loaded_where_there_is_nothing_to_migrate(url: str) -> None:
    open_store(url).close()
    program = (
        "import sys; from app.store.store import open_store; "
        f"open_store({url!r}).close(); assert 'sqlalchemy' in sys.modules; assert 'alembic' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", program], check=True, timeout=50)


def test_the_command_line_loads_no_database() -> None:
    program = "import sys; import app.cli.main, app.cli.db; assert 'sqlalchemy' not in sys.modules"

    subprocess.run([sys.executable, "-c", program], check=True, timeout=50)


def test_calls_go_to_the_books_of_analytics_and_back_without_being_counted_twice(url: str, time: Time) -> None:
    with open_store(url, now=time) as store:
        review = begin(store)
    with closing(Database(url, FAULTS)) as database:
        with database.writing() as connection:
            SCHEMA.migrate(connection, "0002")
            connection.execute(text(_CALL), _row("1" * 32, review, cost_usd="0.0000000001", error=None))
            connection.execute(text(_CALL), _row("2" * 32, review, cost_usd="0.25", error=None))
            connection.execute(text(_CALL), _row("3" * 32, review, cost_usd=None, error="TimedOut"))
            connection.execute(text(_CALL), _row("4" * 32, None, cost_usd="1", error=None))

        for _ in range(2):
            with database.writing() as connection:
                SCHEMA.migrate(connection, "0003")
            with database.writing() as connection:
                SCHEMA.migrate(connection, "0002")
                assert connection.execute(text("SELECT count(*) FROM quartet_calls")).scalar() == 4
        SCHEMA.upgrade(database)
        with database.reading() as connection:
            assert set(connection.execute(text("SELECT latency_ms FROM llm_generations")).scalars()) == {1_500}

    with open_store(url, now=time) as store:
        (line,) = store.costs("octo/app", 7)
        assert (line.reviewer, line.calls, line.cost_usd) == ("bugs", 4, None)
        assert store.spent("octo/app", 7, review) == Decimal("0.2500000001")


_CALL = """
    INSERT INTO quartet_calls (id, repository, number, review, reviewer, provider, model, input_tokens, cost_usd,
        seconds, error, at)
    VALUES (:id, 'octo/app', 7, :review, 'bugs', 'openai', 'gpt-6.1-sol', 100, :cost_usd, 1.5, :error,
        '2026-11-21 08:00:00+00:00')
"""


def _row(name: str, review: str | None, *, cost_usd: str | None, error: str | None) -> dict[str, str | None]:
    return {"id": name, "review": review, "cost_usd": cost_usd, "error": error}
