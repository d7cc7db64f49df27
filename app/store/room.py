"""What every room of the store is built on: its database, its clock, and how a repository gets its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.store.database import Database
from app.store.tables import repositories

Now = Callable[[], datetime]


class Room:
    """A group of the store's methods; each is one transaction.

    Args:
        database: Where the tables are, in this program's version.
        now: The time, in UTC.

    Every method raises ``app.errors.StoreDown`` where the database does not do what it should; nothing of the
    transaction counts then.
    """

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    def _known(self, connection: Connection, repository: str, installation: int | None = None) -> str:
        """The repository's name in the tables; its row is made where it is missing."""
        name = repository.lower()
        put(connection, repositories, [{"name": name, "installation": installation}], update=())
        if installation is not None:
            row = repositories.c
            # An update without a need would make everybody who writes for this repository wait for each other.
            changed = row.installation.is_distinct_from(installation)
            connection.execute(repositories.update().where(row.name == name, changed).values(installation=installation))
        return name


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, update: Sequence[str]) -> int:
    """Add rows; where one with the same key is there, take over these columns of the new one.

    Rows are written in the order of their keys, so that two that write the same ones wait for each other and do not
    block each other.

    Returns:
        How many were added or changed.
    """
    if not rows:
        return 0
    key = [column.name for column in table.primary_key]
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing(index_elements=key)
    if update:
        new = insert(table)
        statement = new.on_conflict_do_update(index_elements=key, set_={name: new.excluded[name] for name in update})
    return sum(
        connection.execute(statement, row).rowcount for row in sorted(rows, key=lambda row: [row[name] for name in key])
    )


def next_ordinal(connection: Connection, table: Table, repository: str, number: int) -> int:
    """The next of a table's rows of a pull request: clocks may stand still, or go back."""
    mine = (table.c.repository == repository, table.c.number == number)
    last = connection.execute(select(func.max(table.c.ordinal)).where(*mine)).scalar()
    return int(last or 0) + 1
