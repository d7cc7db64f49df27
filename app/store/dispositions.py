"""Dispositions: what people decided about findings, remembered for the repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from app.store.room import Room, put
from app.store.tables import dispositions
from app.store.values import Disposition, DispositionKind


class Dispositions(Room):
    """The part for dispositions. Of each finding of a repository the last decision counts."""

    def dispose(
        self,
        repository: str,
        ids: Collection[str],
        *,
        kind: DispositionKind,
        by: str,
        reason: str = "",
        number: int,
        title: str = "",
    ) -> None:
        """Remember a decision.

        Args:
            repository: Full name.
            ids: The finding's fingerprint and those of its aliases: the decision is about each.
            kind: What was decided.
            by: Login of who decided.
            reason: Why, in that person's words.
            number: The pull request where it was said.
            title: The finding's title.
        """
        with self._database.writing() as connection:
            row = {
                "repository": self._known(connection, repository),
                "kind": kind,
                "by": by,
                "at": self._now(),
                "reason": reason,
                "number": number,
                "title": title,
            }
            rows = [row | {"finding": finding} for finding in set(ids)]
            put(connection, dispositions, rows, update=("kind", "by", "at", "reason", "number", "title"))

    def undo(self, repository: str, ids: Collection[str]) -> None:
        """Forget what was decided about these."""
        these = (dispositions.c.repository == repository.lower(), dispositions.c.finding.in_(sorted(ids)))
        with self._database.writing() as connection:
            connection.execute(dispositions.delete().where(*these))

    def dispositions(self, repository: str) -> Mapping[str, Disposition]:
        """What was decided in a repository, by fingerprint, in the order of time."""
        columns = (column for column in dispositions.columns if column.name != "repository")
        query = select(*columns).where(dispositions.c.repository == repository.lower())
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(dispositions.c.at, dispositions.c.finding)).all()
        return {row.finding: Disposition(**row._mapping) for row in rows}  # noqa: SLF001 - SQLAlchemy's public name
