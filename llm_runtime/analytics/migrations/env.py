"""What Alembic executes for every command; the connection comes from ``llm_runtime.database.migrating``."""

from __future__ import annotations

from llm_runtime.database.migrating import run_migrations

run_migrations()
