"""Forgetting: installations and repositories that are gone, names that changed, and what has become old."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, Table, and_, exists, select

from app.store.room import Room
from app.store.tables import METADATA, answers, deliveries, repositories

DELIVERIES_KEPT = timedelta(days=30)
ANSWERS_KEPT = timedelta(days=180)
"""A pull request that is pushed to later is looked at anew."""


class Forgetting(Room):
    """The part for what is deleted."""

    def belongs(self, repository: str, installation: int) -> None:
        """Note whose a repository is, before anything that is known of it is shown or used.

        What was known under an older installation is deleted; an older one than is known changes nothing.

        Args:
            repository: Full name.
            installation: GitHub's number of the installation; a later one has a greater number.
        """
        row = repositories.c
        known = select(row.name).where(row.name == repository.lower(), row.installation >= installation)
        with self._database.reading() as connection:
            if connection.execute(known).first() is not None:
                return
        with self._database.writing() as connection:
            self._known(connection, repository, installation)

    def forget_installation(self, installation: int) -> None:
        """Delete everything of an installation's repositories, and its deliveries."""
        with self._database.writing() as connection:
            connection.execute(repositories.delete().where(repositories.c.installation == installation))
            connection.execute(deliveries.delete().where(deliveries.c.installation == installation))

    def forget_repository(self, full_name: str) -> None:
        """Delete everything of a repository."""
        with self._database.writing() as connection:
            connection.execute(repositories.delete().where(repositories.c.name == full_name.lower()))

    def rename(self, old: str, new: str) -> None:
        """Take everything of a repository along to its new name.

        Where something is known under the new name already, because its deliveries came before this was told, that
        is kept and the old one's is added.
        """
        before, after = old.lower(), new.lower()
        if before == after:
            return
        with self._database.writing() as connection:
            names = connection.execute(
                select(repositories.c.name).where(repositories.c.name.in_([before, after])).with_for_update()
            ).scalars()
            match sorted(names, key=lambda name: name != before):
                case [only] if only == before:
                    connection.execute(repositories.update().where(repositories.c.name == before).values(name=after))
                case [_, _]:
                    for table in METADATA.sorted_tables:
                        if "repository" in table.c:
                            _move(connection, table, before, after)
                    connection.execute(repositories.delete().where(repositories.c.name == before))
                case _:
                    pass

    def prune(self) -> None:
        """Delete deliveries of more than 30 days ago, and answers of more than 180."""
        now = self._now()
        with self._database.writing() as connection:
            connection.execute(deliveries.delete().where(deliveries.c.received_at < now - DELIVERIES_KEPT))
            connection.execute(answers.delete().where(answers.c.answered_at < now - ANSWERS_KEPT))


def _move(connection: Connection, table: Table, before: str, after: str) -> None:
    """Give rows the new name, but for those whose key is taken there."""
    key = [column.name for column in table.primary_key if column.name != "repository"]
    statement = table.update().where(table.c.repository == before).values(repository=after)
    if "repository" in table.primary_key.columns:
        other = table.alias()
        same = and_(*(other.c[name] == table.c[name] for name in key))
        statement = statement.where(~exists().where(other.c.repository == after, same))
    connection.execute(statement)
