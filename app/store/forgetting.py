"""Forgetting: installations and repositories that are gone, and names that changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, select

from app.store.room import Room, digest_of, put
from app.store.tables import METADATA, deliveries, gone, repositories
from llm_runtime.analytics.tables import METADATA as ANALYTICS
from llm_runtime.analytics.tables import llm_traces

_TRACES_AT_ONCE = 50
_REST_SECONDS = 0.1
"""SQLite's lock goes to whoever asks first, and who has waited for long asks that often."""


class Forgetting(Room):
    """The part for what is deleted."""

    def belongs(self, repository: str, installation: int) -> bool:
        """Note whose a repository is, before anything that is known of it is shown or used.

        What was known under an older installation is deleted; an older one than is known changes nothing.

        Args:
            repository: Full name.
            installation: GitHub's number of the installation; a later one has a greater number.

        Returns:
            Whether there is anybody whose it is; False where that installation is gone, of which nothing is kept then.
        """
        row = repositories.c
        known = select(row.name).where(row.name == repository.lower(), row.installation >= installation)
        with self._database.reading() as connection:
            if connection.execute(known).first() is not None:
                return True
        with self._database.writing() as connection:
            if self._is_uninstalled(connection, installation):
                return False
            self._known(connection, repository, installation)
        return True

    def held_by_others(self, told: Mapping[str, int]) -> frozenset[str]:
        """Which repositories are known under another installation than they are said to have.

        What is known of them is about somebody else's, until ``belongs`` deletes it.

        Args:
            told: Full names in lower case, each with GitHub's number of its installation.
        """
        row = repositories.c
        known = select(row.name, row.installation).where(row.name.in_(sorted(told)), row.installation.is_not(None))
        with self._database.reading() as connection:
            held = connection.execute(known).all()
        return frozenset(name for name, installation in held if installation != told[name])

    def forget_installation(self, installation: int, *, rest: Callable[[float], object] = time.sleep) -> None:
        """Delete everything of an installation's repositories, its deliveries, and what its calls have cost.

        That it is gone becomes known first, and stays so, for what comes late. A long history of calls goes in steps,
        so that others can write in between; the repositories go last, so that it can be begun again.

        Args:
            installation: GitHub's number of it.
            rest: Lets some seconds pass, so that others come to their turn.
        """
        with self._database.writing() as connection:
            mine = select(repositories.c.name).where(repositories.c.installation == installation)
            names = connection.execute(mine.order_by(repositories.c.name)).scalars().all()
            self._note_gone(connection, installation, "", *map(digest_of, names))
        theirs = (llm_traces.c.installation == installation) | llm_traces.c.repository.in_(names)
        self._forget_traces(theirs, rest)
        with self._database.writing() as connection:
            connection.execute(llm_traces.delete().where(theirs))
            connection.execute(repositories.delete().where(repositories.c.installation == installation))
            connection.execute(deliveries.delete().where(deliveries.c.installation == installation))

    def forget_repository(
        self, full_name: str, installation: int | None = None, *, rest: Callable[[float], object] = time.sleep
    ) -> None:
        """Delete everything of a repository, and what its calls have cost.

        Args:
            full_name: Its name.
            installation: That it was taken from, where that is known: what is told of it late is not taken then, and
                what a later installation has by now stays.
            rest: Lets some seconds pass, so that others come to their turn.
        """
        name = full_name.lower()
        if installation is not None:
            with self._database.writing() as connection:
                self._note_gone(connection, installation, digest_of(name))
                row = repositories.c
                later = select(row.name).where(row.name == name, row.installation > installation)
                if connection.execute(later).first() is not None:
                    return
        theirs = llm_traces.c.repository == name
        self._forget_traces(theirs, rest)
        with self._database.writing() as connection:
            connection.execute(llm_traces.delete().where(theirs))
            connection.execute(repositories.delete().where(repositories.c.name == name))

    def _forget_traces(self, theirs: ColumnElement[bool], rest: Callable[[float], object]) -> None:
        """Delete a long history but for its last steps; each trace takes its calls along."""
        some = select(llm_traces.c.id).where(theirs).limit(_TRACES_AT_ONCE)
        while True:
            with self._database.writing() as connection:
                ids = connection.execute(some).scalars().all()
                if len(ids) < _TRACES_AT_ONCE:
                    return
                connection.execute(llm_traces.delete().where(llm_traces.c.id.in_(ids)))
            rest(_REST_SECONDS)

    def _note_gone(self, connection: Connection, installation: int, *digests: str) -> None:
        row = {"installation": installation, "gone_at": self._now()}
        put(connection, gone, [row | {"repository_digest": digest} for digest in digests], update=("gone_at",))

    def rename(self, old: str, new: str, installation: int | None = None) -> None:
        """Take everything of a repository along to its new name.

        Where something is known under the new name already, because its deliveries came before this was told, that
        is kept and the old one's is added. What another installation has under the old name is not taken: accounts give
        names away, and who has one next may rename what it stands for now.

        Args:
            old: Full name that it had.
            new: Full name that it has.
            installation: GitHub's number of the installation that tells it; None for whoever may rename anything.
        """
        before, after = old.lower(), new.lower()
        if before == after:
            return
        with self._database.writing() as connection:
            found = connection.execute(
                select(repositories.c.name, repositories.c.installation)
                .where(repositories.c.name.in_([before, after]))
                .with_for_update()
            )
            holders = {row.name: row.installation for row in found}
            if installation is not None and holders.get(before) not in {None, installation}:
                return
            for table in ANALYTICS.sorted_tables:
                if "repository" in table.c:
                    told = table.update().where(table.c.repository == before)
                    connection.execute(told.values(repository=after))
            match sorted(holders, key=lambda name: name != before):
                case [only] if only == before:
                    connection.execute(repositories.update().where(repositories.c.name == before).values(name=after))
                case [_, _]:
                    for table in METADATA.sorted_tables:
                        if "repository" in table.c:
                            _move(connection, table, before, after)
                    connection.execute(repositories.delete().where(repositories.c.name == before))
                case _:
                    pass


@dataclass(frozen=True, slots=True)
class Gone:
    """Whose data was deleted.

    Attributes:
        rows: Installations, each with digests of repositories that were taken from it; the empty one for all of them.
        abandoned: Digests of repositories that were taken from somebody, and that nobody has given us since.
    """

    rows: frozenset[tuple[int, str]] = frozenset()
    abandoned: frozenset[str] = frozenset()

    def covers(self, installation: int | None, repository: str) -> bool:
        """Whether what is told of this repository comes late, from an installation or repository that is gone.

        Args:
            installation: Under which it was made; None for what was made on a command line or in an Action.
            repository: Full name.
        """
        digest = digest_of(repository)
        if installation is None:
            return digest in self.abandoned
        return (installation, "") in self.rows or (installation, digest) in self.rows


def gone_in(connection: Connection) -> Gone:
    """Whose data was deleted; none where there are no tables of the product, as on a machine without the App."""
    if not connection.dialect.has_table(connection, gone.name):
        return Gone()
    found = connection.execute(select(gone.c.installation, gone.c.repository_digest))
    rows = frozenset((row.installation, row.repository_digest) for row in found)
    if not rows:
        return Gone()
    held = connection.execute(select(repositories.c.name).where(repositories.c.installation.is_not(None))).scalars()
    return Gone(rows=rows, abandoned=frozenset(digest for _, digest in rows if digest) - set(map(digest_of, held)))


def _move(connection: Connection, table: Table, before: str, after: str) -> None:
    """Give rows the new name, but for those whose key is taken there."""
    key = [column.name for column in table.primary_key if column.name != "repository"]
    statement = table.update().where(table.c.repository == before).values(repository=after)
    if "repository" in table.primary_key.columns:
        other = table.alias()
        same = and_(*(other.c[name] == table.c[name] for name in key))
        statement = statement.where(~exists().where(other.c.repository == after, same))
    connection.execute(statement)
