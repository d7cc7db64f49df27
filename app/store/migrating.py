"""The version of the tables: looked at on opening, raised where it is old, refused where it is too new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from app.errors import StoreDown
from app.store.tables import METADATA

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from app.store.database import Database

VERSION_TABLE = "quartet_schema_version"
VERSIONS = ("0001",)
"""All there have been, the newest last; looking at them must not load Alembic, which takes 0.1 s."""

_FOLDER = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7823412)"
_NO_HURRY = (
    "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
)


def version(database: Database) -> str | None:
    """The version of the tables, or None where there are none.

    Raises:
        StoreDown: The database does not answer.
    """
    with database.reading() as connection:
        return _version(connection)


def upgrade(database: Database) -> None:
    """Bring the tables to the newest version.

    Processes that do so at once wait for each other; the second finds nothing to do.

    Raises:
        StoreDown: The database does not answer, or a newer program made its tables.
    """
    found = version(database)
    _refuse_newer(database, found)
    if found == VERSIONS[-1]:
        return
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(_NO_HURRY))
            connection.execute(text(_ONE_AT_A_TIME))
        found = _version(connection)
        _refuse_newer(database, found)
        if found != VERSIONS[-1]:
            migrate(connection, VERSIONS[-1])


def migrate(connection: Connection, target: str) -> None:
    """Go up, or down, to a version (``base`` for none), in the connection's transaction."""
    from alembic import command  # noqa: PLC0415 - slow to load, and rarely needed

    configuration = alembic_config(connection)
    current = _version(connection)
    if target != "base" and (current is None or VERSIONS.index(current) < VERSIONS.index(target)):
        command.upgrade(configuration, target)
    else:
        command.downgrade(configuration, target)


def alembic_config(connection: Connection) -> Config:
    """What Alembic's commands take: they work in the connection's transaction."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    configuration = Config()
    configuration.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration


def is_ours(name: str | None, kind: str) -> bool:
    """Whether a table is the store's; the database may hold others, such as the ledgers'."""
    return kind != "table" or name in METADATA.tables


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    return found


def _refuse_newer(database: Database, found: str | None) -> None:
    if found is not None and found not in VERSIONS:
        msg = (
            f"the tables in {database.name} are of version {found}, this program knows {VERSIONS[-1]}; "
            "install the newer program or name another database"
        )
        raise StoreDown(msg)
