"""Version 0002 fills its new columns from what an older store holds."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

import pytest
from sqlalchemy import text

from app.store.store import Store, open_store
from app.store.versions import FAULTS, SCHEMA
from llm_runtime.database.database import Database
from reviewers.findings import Finding
from tests.app.store.conftest import START, Time, begin
from tests.builders import finding

FOUND = finding(models=("openai/a", "gemini/c"))
UNTOLD = finding(rule="traversal", models=())


@pytest.fixture
def upgraded(url: str, time: Time) -> tuple[str, str]:
    """URL of a store that was of version 0001, and the name of the review that told ``FOUND``."""
    with open_store(url, now=time) as store:
        begin(store)
        time.advance(hours=1)
        telling = begin(store, head="a2")
        time.advance(minutes=1)
        store.remember_findings(telling, [FOUND, UNTOLD])
        store.mark_told("octo/app", 7, {FOUND.fingerprint: 5})
        time.advance(hours=1)
        store.remember_findings(begin(store, head="a3"), [FOUND])
        # More than are written in one batch.
        store.remember_findings(begin(store, number=8), [finding(anchor=f"code {number}") for number in range(501)])
    with closing(Database(url, FAULTS)) as database:
        with database.writing() as connection:
            SCHEMA.migrate(connection, "0001")
            connection.execute(text("INSERT INTO quartet_repositories (name) VALUES ('octo/never-seen')"))
        SCHEMA.upgrade(database)
    return url, telling


def read(store: Store, of: Finding) -> tuple[str, str | None]:
    found = store.finding("octo/app", of.fingerprint, number=7)
    assert found is not None
    return found.model, found.told_in


def test_who_found_it_and_which_review_told_it_first_is_found_out(upgraded: tuple[str, str]) -> None:
    url, telling = upgraded
    with open_store(url) as store:
        assert read(store, FOUND) == ("openai/a", telling)
        assert read(store, UNTOLD) == ("", None)


def test_every_row_is_filled_however_many_there_are(upgraded: tuple[str, str]) -> None:
    with closing(Database(upgraded[0], FAULTS)) as database, database.reading() as connection:
        columns = text("SELECT reviewer, rule, folder, count(*) FROM quartet_findings GROUP BY 1, 2, 3 ORDER BY rule")

        assert [tuple(row) for row in connection.execute(columns)] == [
            ("security", "injection", "shop", 502),
            ("security", "traversal", "shop", 1),
        ]


def test_a_repository_is_known_since_its_first_review_and_one_without_any_since_nobody_knows_when(
    upgraded: tuple[str, str],
) -> None:
    with closing(Database(upgraded[0], FAULTS)) as database, database.reading() as connection:
        rows = connection.execute(text("SELECT name, installed_at FROM quartet_repositories")).all()

    known = {row.name: row.installed_at for row in rows}
    assert known["octo/never-seen"] is None
    assert datetime.fromisoformat(str(known["octo/app"])).replace(tzinfo=START.tzinfo) == START
