"""Pull requests: which are paused, and which replies were taken up."""

from __future__ import annotations

from sqlalchemy import select

from app.store.room import Room, claim, put
from app.store.tables import pauses, replies
from app.store.values import Pause


class Pulls(Room):
    """The part for pull requests."""

    def pause(self, repository: str, number: int, by: str) -> None:
        """Review it no more until ``resume``; who paused it first counts."""
        with self._database.writing() as connection:
            name = self._known(connection, repository)
            row = {"repository": name, "number": number, "by": by, "at": self._now()}
            put(connection, pauses, [row], update=())

    def resume(self, repository: str, number: int) -> None:
        """Review it again."""
        mine = (pauses.c.repository == repository.lower(), pauses.c.number == number)
        with self._database.writing() as connection:
            connection.execute(pauses.delete().where(*mine))

    def paused(self, repository: str, number: int) -> Pause | None:
        """Who paused it, or None."""
        mine = (pauses.c.repository == repository.lower(), pauses.c.number == number)
        with self._database.reading() as connection:
            row = connection.execute(select(pauses.c.by, pauses.c.at).where(*mine)).one_or_none()
        return Pause(row.by, row.at) if row else None

    def claim_reply(self, repository: str, comment: int) -> bool:
        """Whether nobody has taken up this comment before: exactly one caller is told so.

        Args:
            repository: Full name.
            comment: GitHub's number of the comment.
        """
        with self._database.writing() as connection:
            name = self._known(connection, repository)
            row = {"repository": name, "comment": comment, "claimed_at": self._now()}
            return claim(connection, replies, row)
