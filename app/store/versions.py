"""Which version the product's tables are of, and what its database's failures are called."""

from __future__ import annotations

from pathlib import Path

from app.errors import Misconfigured, StoreDown, StoreRefused
from app.store.tables import METADATA
from llm_runtime.analytics.versions import SCHEMA as ANALYTICS
from llm_runtime.database.database import Database, Faults
from llm_runtime.database.migrating import Schema

FAULTS = Faults(down=StoreDown, unusable=Misconfigured, refused=StoreRefused)

SCHEMA = Schema(
    metadata=METADATA,
    folder=Path(__file__).parent / "migrations",
    version_table="quartet_schema_version",
    versions=("0001", "0002", "0003"),
)


def upgrade(database: Database) -> None:
    """Bring all tables of the database to the newest version: those of analytics, then the product's, which need them.

    Raises:
        StoreDown: The database does not answer, or a newer program made its tables.
    """
    ANALYTICS.upgrade(database)
    SCHEMA.upgrade(database)
