"""A store with a row in every table, and how many there are."""

from __future__ import annotations

from sqlalchemy import func, select

from app.store.store import Store
from app.store.tables import METADATA, gone
from app.store.versions import FAULTS
from llm_runtime.database.database import Database
from tests.app.store.conftest import Time, begin
from tests.builders import finding

ONE = finding()


def fill(store: Store, time: Time, repository: str, installation: int, *, number: int = 7) -> str:
    """A row in every table that hangs on a repository."""
    review = begin(store, repository, number, installation=installation)
    store.note_delivery(
        f"{repository}-{number}",
        event="pull_request",
        repository=repository,
        number=number,
        installation=installation,
        received_at=time.now,
        state="handled",
    )
    store.remember_answer(repository, number, "security:1f", ["h1"], [ONE])
    store.remember_findings(review, [ONE])
    store.mark_told(repository, number, {ONE.fingerprint: number})
    store.dispose(repository, [f"{number:016x}"], kind="dismissed", by="mona", number=number)
    store.pull_reviewed(repository, number, time.now, "quartet")
    store.pause(repository, number, "mona")
    assert store.claim_reply(repository, number)
    return review


def rows(url: str) -> dict[str, int]:
    """How many rows each table has of those that hang on a repository."""
    database = Database(url, FAULTS)
    with database.reading() as connection:
        counted = {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)
            for name, table in METADATA.tables.items()
            if table is not gone
        }
    database.close()
    return counted
