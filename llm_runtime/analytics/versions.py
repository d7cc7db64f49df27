"""Which version the tables of analytics are of."""

from __future__ import annotations

from pathlib import Path

from llm_runtime.analytics.tables import METADATA, rate_limit_counters, scheduled_requests
from llm_runtime.database.migrating import Schema

SCHEMA = Schema(
    metadata=METADATA,
    folder=Path(__file__).parent / "migrations",
    version_table="analytics_schema_version",
    versions=("0001",),
    others=frozenset({rate_limit_counters.name, scheduled_requests.name}),
)
