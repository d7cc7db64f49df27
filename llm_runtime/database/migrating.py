"""The version of a room's tables: looked at on opening, raised where it is old, refused where it is too new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from pathlib import Path

    from alembic.config import Config
    from sqlalchemy import Connection, MetaData

    from llm_runtime.database.database import Database

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7823412)"
_NO_HURRY = (
    "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The tables of a room, which may share a database with others.

    Attributes:
        metadata: What they are in this program.
        folder: Where Alembic finds their migrations.
        version_table: Where the database says which version they are of.
        versions: All there have been, the newest last; looking at them must not load Alembic, which takes 0.1 s.
        others: Tables in ``metadata`` that somebody else makes.
    """

    metadata: MetaData
    folder: Path
    version_table: str
    versions: tuple[str, ...]
    others: frozenset[str] = frozenset()

    def version(self, database: Database) -> str | None:
        """The version of the tables, or None where there are none.

        Raises:
            Exception: The database's ``faults.down``: it does not answer.
        """
        with database.reading() as connection:
            return self.version_in(connection)

    def upgrade(self, database: Database) -> None:
        """Bring the tables to the newest version.

        Processes that do so at once wait for each other; the second finds nothing to do.

        Raises:
            Exception: The database's ``faults.down``: it does not answer, or a newer program made its tables.
        """
        found = self.version(database)
        self._refuse_newer(database, found)
        if found == self.versions[-1]:
            return
        with database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(_NO_HURRY))
                connection.execute(text(_ONE_AT_A_TIME))
            found = self.version_in(connection)
            self._refuse_newer(database, found)
            if found != self.versions[-1]:
                self.migrate(connection, self.versions[-1])

    def migrate(self, connection: Connection, target: str) -> None:
        """Go up, or down, to a version (``base`` for none), in the connection's transaction."""
        from alembic import command  # noqa: PLC0415 - slow to load, and rarely needed

        configuration = self.alembic_config(connection)
        current = self.version_in(connection)
        if target != "base" and (current is None or self.versions.index(current) < self.versions.index(target)):
            command.upgrade(configuration, target)
        else:
            command.downgrade(configuration, target)

    def alembic_config(self, connection: Connection) -> Config:
        """What Alembic's commands take: they work in the connection's transaction."""
        from alembic.config import Config  # noqa: PLC0415 - as above

        configuration = Config()
        configuration.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        configuration.attributes.update(connection=connection, schema=self)
        return configuration

    def is_ours(self, name: str | None, kind: str) -> bool:
        """Whether a table is this room's to migrate; the database may hold others, such as the ledgers'."""
        return kind != "table" or (name in self.metadata.tables and name not in self.others)

    def version_in(self, connection: Connection) -> str | None:
        """The version of the tables, in a transaction of somebody else's."""
        if not connection.dialect.has_table(connection, self.version_table):
            return None
        statement = text(f"SELECT version_num FROM {self.version_table}")  # noqa: S608 - a constant of the program
        found: str | None = connection.execute(statement).scalar()
        return found

    def _refuse_newer(self, database: Database, found: str | None) -> None:
        if found is not None and found not in self.versions:
            msg = (
                f"the tables in {database.name} are of version {found}, this program knows {self.versions[-1]}; "
                "install the newer program or name another database"
            )
            raise database.faults.down(msg)


def run_migrations() -> None:
    """What Alembic executes for every command, from the ``env.py`` of a room."""
    from alembic import context  # noqa: PLC0415 - as above

    schema: Schema = context.config.attributes["schema"]
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=schema.metadata,
        version_table=schema.version_table,
        include_name=lambda name, kind, _: schema.is_ours(name, kind),
        compare_type=True,
        # SQLite alters a table by copying it.
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
