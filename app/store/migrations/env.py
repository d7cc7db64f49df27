"""What Alembic executes for every command; the connection comes from ``app.store.migrating``."""

from __future__ import annotations

from alembic import context

from app.store.migrating import VERSION_TABLE, is_ours
from app.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    include_name=lambda name, kind, _: is_ours(name, kind),
    compare_type=True,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
