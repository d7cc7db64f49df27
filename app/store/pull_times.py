"""Pull requests: when each was opened, reviewed for the first time, merged and closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case, select

from app.store.room import Room, put
from app.store.tables import pull_times, repositories
from app.store.values import FirstReviewBy, PullTimes


class PullMoments(Room):
    """The part for when what happened. It is told unordered and more than once; what is known is not taken back."""

    def note_pull_times(self, repository: str, told: Iterable[PullTimes], *, review: str | None = None) -> None:
        """Note what is known of pull requests; of two first reviews the earlier counts.

        Args:
            repository: Full name.
            told: None in it says nothing.
            review: Name of the review that tells it; where that was forgotten meanwhile, nothing is noted.
        """
        told = tuple(told)
        if not told:
            return
        one = pull_times.c
        with self._database.writing() as connection:
            if not self._is_there(connection, review):
                return
            name = self._known(connection, repository)
            for times in sorted(told, key=lambda each: each.number):
                put(connection, pull_times, [{"repository": name, "number": times.number}], update=())
                known = {
                    column: getattr(times, column)
                    for column in ("opened_at", "merged_at", "closed_at")
                    if getattr(times, column) is not None
                }
                values: dict[str, object] = dict(known)
                if times.first_review_at is not None:
                    earlier = one.first_review_at.is_(None) | (one.first_review_at > times.first_review_at)
                    values["first_review_by"] = case((earlier, times.first_review_by), else_=one.first_review_by)
                    values["first_review_at"] = case((earlier, times.first_review_at), else_=one.first_review_at)
                if values:
                    mine = (one.repository == name, one.number == times.number)
                    connection.execute(pull_times.update().where(*mine).values(**values))

    def pull_reviewed(
        self, repository: str, number: int, at: datetime, by: FirstReviewBy, *, review: str | None = None
    ) -> None:
        """Note that a review is there; the first counts. Nothing, where it is one of ours that was forgotten."""
        times = PullTimes(number=number, first_review_at=at, first_review_by=by)
        self.note_pull_times(repository, [times], review=review)

    def pull_reopened(self, repository: str, number: int) -> None:
        """Note that it is open again."""
        mine = (pull_times.c.repository == repository.lower(), pull_times.c.number == number)
        with self._database.writing() as connection:
            connection.execute(pull_times.update().where(*mine).values(closed_at=None))

    def pull_times(self, repository: str, number: int) -> PullTimes | None:
        """What is known of a pull request."""
        columns = (column for column in pull_times.columns if column.name != "repository")
        mine = (pull_times.c.repository == repository.lower(), pull_times.c.number == number)
        with self._database.reading() as connection:
            row = connection.execute(select(*columns).where(*mine)).one_or_none()
        return PullTimes(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name

    def history_read(self, repository: str) -> None:
        """Note that its pull requests of before the installation were looked at, whatever was found."""
        with self._database.writing() as connection:
            mine = repositories.c.name == repository.lower()
            connection.execute(repositories.update().where(mine).values(history_read_at=self._now()))

    def without_history(self, most: int) -> tuple[tuple[str, int], ...]:
        """Repositories whose pull requests of before the installation nobody has looked at, with their installations.

        Args:
            most: How many are wanted.
        """
        row = repositories.c
        unread = (row.history_read_at.is_(None), row.installation.is_not(None))
        query = select(row.name, row.installation).where(*unread).order_by(row.name).limit(most)
        with self._database.reading() as connection:
            return tuple((name, installation) for name, installation in connection.execute(query))
