"""What every room of the store is built on: its database, its clock, and how a repository gets its row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.store.tables import gone, repositories, reviews
from llm_runtime.analytics.tables import llm_traces
from llm_runtime.database.database import Database

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

    @property
    def database(self) -> Database:
        """Where the tables are, for questions that go beyond one room."""
        return self._database

    def _known(self, connection: Connection, repository: str, installation: int | None = None) -> str:
        """The repository's name in the tables; its row is made where it is missing.

        Under a newer installation it is another repository: the App was installed anew, or somebody else has the name
        by now. Nothing of before is theirs to see.
        """
        name, row = repository.lower(), repositories.c
        if installation is not None:
            older = repositories.delete().where(row.name == name, row.installation < installation)
            for former in connection.execute(older.returning(row.installation)).scalars().all():
                self._take_away(connection, name, former, installation)
        fresh = {"name": name, "installation": installation, "installed_at": self._now()}
        is_new = claim(connection, repositories, fresh)
        if installation is not None:
            # An update without a need would make everybody who writes for this repository wait for each other.
            unknown = (row.name == name, row.installation.is_(None))
            known_now = connection.execute(repositories.update().where(*unknown).values(installation=installation))
            if is_new or known_now.rowcount:
                given_back = (gone.c.installation == installation, gone.c.repository_digest == digest_of(name))
                connection.execute(gone.delete().where(*given_back))
        return name

    def _take_away(self, connection: Connection, name: str, former: int, installation: int) -> None:
        """What a repository's calls have cost another installation is not its next owner's to see, told now or late."""
        one = llm_traces.c
        theirs = one.installation.is_(None) | (one.installation < installation)
        connection.execute(llm_traces.delete().where(one.repository == name, theirs))
        row = {"installation": former, "repository_digest": digest_of(name), "gone_at": self._now()}
        put(connection, gone, [row], update=("gone_at",))

    def _is_uninstalled(self, connection: Connection, installation: int) -> bool:
        """Whether an installation is gone for good: who installs the App again has a new number."""
        query = select(gone.c.installation).where(gone.c.installation == installation, gone.c.repository_digest == "")
        return connection.execute(query).first() is not None

    def _is_there(self, connection: Connection, review: str | None) -> bool:
        """Whether a review was not forgotten while it was made; what has none is taken for there."""
        if review is None:
            return True
        # Whoever forgets begins with the repository's row, too.
        query = select(reviews.c.id).join(repositories).where(reviews.c.id == review)
        return connection.execute(query.with_for_update(of=repositories, read=True, key_share=True)).first() is not None


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, update: Sequence[str]) -> None:
    """Add rows; where one with the same key is there, take over these columns of the new one.

    Rows are written in the order of their keys, so that two that write the same ones wait for each other and do not
    block each other.
    """
    key = _key(table)
    new = _insert(connection, table)
    statement = new.on_conflict_do_nothing(index_elements=key)
    if update:
        statement = new.on_conflict_do_update(index_elements=key, set_={name: new.excluded[name] for name in update})
    for row in sorted(rows, key=lambda row: [row[name] for name in key]):
        connection.execute(statement, row)


def claim(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Add a row where there is none with the same key; whether it was added."""
    key = _key(table)
    added = _insert(connection, table).on_conflict_do_nothing(index_elements=key).returning(*table.primary_key)
    return connection.execute(added, row).first() is not None


def next_ordinal(connection: Connection, table: Table, repository: str, number: int) -> int:
    """The next of a table's rows of a pull request: clocks may stand still, or go back."""
    mine = (table.c.repository == repository, table.c.number == number)
    last = connection.execute(select(func.max(table.c.ordinal)).where(*mine)).scalar()
    return int(last or 0) + 1


def digest_of(repository: str) -> str:
    """What is kept of a name that is to be known again, and not to be read.

    >>> digest_of("Octo/App") == digest_of("octo/app")
    True
    """
    return hashlib.sha256(repository.lower().encode()).hexdigest()


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
