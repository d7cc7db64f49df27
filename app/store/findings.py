"""Findings as reviews concluded them: what was told, where its thread is, what is fixed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.store.errors import AmbiguousId
from app.store.finding_data import finding_from_data, finding_to_data
from app.store.room import Room, put
from app.store.tables import dispositions, findings, reviews
from app.store.values import StoredFinding
from reviewers.findings import Finding

_PREFIX = re.compile(r"[0-9a-f]{4,16}")
_SETTLED = ("dismissed", "accepted")
_MOST_OUTCOMES = 5_000


class Findings(Room):
    """The part for findings. An id is a finding's fingerprint."""

    def remember_findings(self, review: str, concluded: Iterable[Finding]) -> None:
        """Remember what a review concluded, told or not; nothing, where the store has no such review.

        One that an earlier review of the pull request made gets its new wording, and keeps when it was told and where.

        Args:
            review: Its name in the store.
            concluded: All of its findings.
        """
        now, concluded = self._now(), tuple(concluded)
        with self._database.writing() as connection:
            row = connection.execute(select(reviews).where(reviews.c.id == review)).one_or_none()
            if row is None:
                return
            put(
                connection,
                findings,
                [
                    {
                        "repository": row.repository,
                        "number": row.number,
                        "id": finding.fingerprint,
                        "review": review,
                        "head": row.head,
                        "content": finding_to_data(finding),
                        "first_seen_at": now,
                        "reviewer": finding.reviewer,
                        "rule": finding.rule,
                        "folder": finding.path.rpartition("/")[0],
                        "model": _found_by(finding),
                    }
                    for finding in concluded
                ],
                update=("review", "head", "content"),
            )
            # Until it is told it is to the credit of whoever found it last; from then on it stays where it is.
            mine = (findings.c.review == review, findings.c.told_in.is_(None))
            for finding in concluded:
                one = findings.update().where(*mine, findings.c.id == finding.fingerprint)
                connection.execute(one.values(model=_found_by(finding)))

    def mark_told(self, repository: str, number: int, told: Mapping[str, int | None]) -> None:
        """Note that findings are posted; they count as open again, where they had been fixed.

        Told in is the review that made it last when it was posted for the first time.

        Args:
            repository: Full name.
            number: The pull request.
            told: For each id GitHub's number of its comment on the diff; None where it has none, or it is not known.
        """
        now = self._now()
        with self._database.writing() as connection:
            for finding, comment in sorted(told.items()):
                values = {
                    "told_at": func.coalesce(findings.c.told_at, now),
                    "told_in": func.coalesce(findings.c.told_in, findings.c.review),
                    "comment": func.coalesce(comment, findings.c.comment),
                    "fixed_at": None,
                }
                connection.execute(findings.update().where(*_these(repository, number, [finding])).values(**values))

    def mark_fixed(self, repository: str, number: int, ids: Collection[str]) -> None:
        """Note that the code of findings is gone; the first time counts."""
        still = findings.c.fixed_at.is_(None)
        with self._database.writing() as connection:
            statement = findings.update().where(*_these(repository, number, ids), still)
            connection.execute(statement.values(fixed_at=self._now()))

    def finding(self, repository: str, id_prefix: str, *, number: int | None = None) -> StoredFinding | None:
        """The finding whose id begins so; of one that several pull requests have, the one seen last.

        Args:
            repository: Full name.
            id_prefix: The first 4 to 16 hex digits of its id; anything else names none.
            number: Looks first among the findings of this pull request.

        Raises:
            AmbiguousId: Several begin so.
        """
        prefix = id_prefix.strip().lower()
        if not _PREFIX.fullmatch(prefix):
            return None
        query = select(findings).where(
            findings.c.repository == repository.lower(), findings.c.id.startswith(prefix, autoescape=True)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(findings.c.first_seen_at, findings.c.number)).all()
        chosen = [row for row in rows if row.number == number] or rows
        ids = tuple(sorted({row.id for row in chosen}))
        if len(ids) > 1:
            raise AmbiguousId(prefix, ids)
        return _finding(chosen[-1]) if chosen else None

    def findings_of_review(self, review: str) -> tuple[StoredFinding, ...]:
        """Those that a review concluded and no later one of the same pull request did; the worst is not first."""
        return self._read(select(findings).where(findings.c.review == review).order_by(findings.c.id))

    def told_findings(self, repository: str, number: int) -> tuple[StoredFinding, ...]:
        """All that were posted on a pull request, the oldest first: open, fixed and dismissed."""
        return self._read(_told(repository, number))

    def open_findings(self, repository: str, number: int) -> tuple[StoredFinding, ...]:
        """Those that were posted on a pull request, whose code is still there and that nobody dismissed or accepted."""
        settled = select(dispositions.c.finding).where(
            dispositions.c.repository == repository.lower(), dispositions.c.kind.in_(_SETTLED)
        )
        still = findings.c.fixed_at.is_(None)
        return self._read(_told(repository, number).where(still, findings.c.id.not_in(settled)))

    def pulls_with_told(self, repository: str, ids: Collection[str]) -> tuple[int, ...]:
        """The pull requests on which one of these findings was posted."""
        one = findings.c
        mine = (one.repository == repository.lower(), one.id.in_(sorted(ids)), one.told_at.is_not(None))
        with self._database.reading() as connection:
            numbers = connection.execute(select(one.number).where(*mine).distinct().order_by(one.number)).scalars()
            return tuple(numbers)

    def outcomes(self, repository: str) -> tuple[tuple[Finding, bool], ...]:
        """Posted findings of a repository of which something became: each, and whether it was right.

        Right is what was accepted, liked or fixed by a later commit; wrong is what was dismissed, whatever became of
        its code. The newest thousands count; what nobody said anything about and is still there is left out.
        """
        decided = (dispositions.c.repository == findings.c.repository) & (dispositions.c.finding == findings.c.id)
        query = (
            select(findings.c.content, dispositions.c.kind)
            .join(dispositions, decided, isouter=True)
            .where(
                findings.c.repository == repository.lower(),
                findings.c.told_at.is_not(None),
                findings.c.fixed_at.is_not(None) | dispositions.c.kind.in_((*_SETTLED, "liked")),
            )
            .order_by(findings.c.told_at.desc(), findings.c.id)
            .limit(_MOST_OUTCOMES)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple((finding_from_data(content), kind != "dismissed") for content, kind in rows)

    def _read(self, query: Select[Any]) -> tuple[StoredFinding, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(map(_finding, rows))


def _these(repository: str, number: int, ids: Collection[str]) -> tuple[Any, ...]:
    return findings.c.repository == repository.lower(), findings.c.number == number, findings.c.id.in_(sorted(ids))


def _told(repository: str, number: int) -> Select[Any]:
    mine = (findings.c.repository == repository.lower(), findings.c.number == number)
    return select(findings).where(*mine, findings.c.told_at.is_not(None)).order_by(findings.c.told_at, findings.c.id)


def _found_by(finding: Finding) -> str:
    """The model that found it first, ``provider/name``, or nothing where tools alone did."""
    return next(iter(finding.models), "")


def _finding(row: Row[Any]) -> StoredFinding:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    del values["reviewer"], values["rule"], values["folder"]
    return StoredFinding(**values | {"finding": finding_from_data(values.pop("content"))})
