"""Reviews: each that was begun, a record before and after it was posted, and how it ended."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.store.finding_data import coverage_from_data, coverage_to_data, gaps_from_data, gaps_to_data
from app.store.room import Room, next_ordinal
from app.store.tables import reviews
from app.store.values import ReviewState, StoredReview
from reviewers.review import Coverage, Gap

_ABANDONED = "its worker ended before it did"


class Reviews(Room):
    """The part for reviews. What is told of a review that is not there any more is not kept."""

    def begin_review(
        self,
        *,
        repository: str,
        number: int,
        installation: int,
        head: str,
        base: str,
        reason: str,
        check_run: int | None = None,
    ) -> str:
        """Note that a review begins; its name in the store.

        One of the same pull request that is still ``running`` is not: only one works on it at a time, so its worker
        is dead. It becomes ``failed``.

        Args:
            repository: Full name.
            number: The pull request.
            installation: GitHub's number of the installation.
            head: The commit that is looked at.
            base: The commit it is compared with.
            reason: What it is made for.
            check_run: GitHub's number of its check run, where that exists already.
        """
        name, now = uuid.uuid4().hex, self._now()
        with self._database.writing() as connection:
            full_name = self._known(connection, repository, installation)
            same = (reviews.c.repository == full_name, reviews.c.number == number, reviews.c.state == "running")
            note = func.coalesce(func.nullif(reviews.c.note, ""), _ABANDONED)
            connection.execute(reviews.update().where(*same).values(state="failed", ended_at=now, note=note))
            row = {
                "id": name,
                "repository": full_name,
                "number": number,
                "ordinal": next_ordinal(connection, reviews, full_name, number),
                "installation": installation,
                "head": head,
                "base": base,
                "reason": reason,
                "state": "running",
                "conclusion": "",
                "started_at": now,
                "gaps": [],
                "note": "",
                "check_run": check_run,
                "body_digest": "",
            }
            connection.execute(reviews.insert(), row)
        return name

    def check_begun(self, review: str, check_run: int) -> None:
        """Note GitHub's number of its check run."""
        self._change(review, check_run=check_run)

    def publishing_begun(self, review: str, digest: str) -> None:
        """Note, before the first write to GitHub, what is about to be posted."""
        self._change(review, publishing="begun", body_digest=digest)

    def publishing_done(self, review: str, github_review: int | None) -> None:
        """Note, after the last write to GitHub, what was posted; None where nothing was to be."""
        self._change(review, publishing="done", github_review=github_review)

    def end_review(
        self,
        review: str,
        *,
        state: ReviewState,
        conclusion: str = "",
        cost_usd: Decimal | None = None,
        coverage: Coverage | None = None,
        gaps: Iterable[Gap] = (),
        note: str = "",
    ) -> None:
        """Note how a review ended.

        Args:
            review: Its name in the store.
            state: How.
            conclusion: The conclusion of its check run.
            cost_usd: Dollars of its calls; None where that is not known.
            coverage: What was looked at.
            gaps: What got no answer.
            note: One line for people.
        """
        self._change(
            review,
            state=state,
            conclusion=conclusion,
            ended_at=self._now(),
            cost_usd=cost_usd,
            coverage=coverage_to_data(coverage) if coverage else None,
            gaps=gaps_to_data(gaps),
            note=note,
        )

    def review(self, review: str) -> StoredReview | None:
        """A review, by its name in the store."""
        with self._database.reading() as connection:
            row = connection.execute(select(reviews).where(reviews.c.id == review)).one_or_none()
        return _review(row) if row else None

    def last_review(self, repository: str, number: int, *, state: ReviewState | None = None) -> StoredReview | None:
        """The one of a pull request that was begun last; with ``state``, of those that are in it."""
        query = _of_pull(repository, number).limit(1)
        if state is not None:
            query = query.where(reviews.c.state == state)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return _review(row) if row else None

    def reviews_of(self, repository: str, number: int) -> tuple[StoredReview, ...]:
        """All of a pull request, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_of_pull(repository, number)).all()
        return tuple(map(_review, rows))

    def _change(self, review: str, **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(reviews.update().where(reviews.c.id == review).values(**values))


def _of_pull(repository: str, number: int) -> Select[Any]:
    mine = (reviews.c.repository == repository.lower(), reviews.c.number == number)
    return select(reviews).where(*mine).order_by(reviews.c.ordinal.desc())


def _review(row: Row[Any]) -> StoredReview:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    del values["ordinal"]
    coverage = values["coverage"]
    values["coverage"] = coverage_from_data(coverage) if coverage else None
    values["gaps"] = gaps_from_data(values["gaps"])
    return StoredReview(**values)
