"""What GitHub remembers of a pull request comes back into the tables, as far as they lack it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.store.finding_data import finding_to_data
from app.store.room import Room, put
from app.store.tables import dispositions, findings, pauses
from app.store.values import Disposition, Pause
from reviewers.findings import Finding

_DECIDED = ("finding", "kind", "by", "at", "reason", "number", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollected:
    """A finding as its comment tells it.

    Attributes:
        id: The fingerprint that it was told under.
        finding: As much of it as is known.
        head: The commit that was looked at, or the empty string.
        told_at: When it was posted.
        comment: GitHub's number of its comment on the diff, or None where the summary alone tells it.
        is_fixed: Whether its comment says that its code is gone.
    """

    id: str
    finding: Finding
    head: str
    told_at: datetime
    comment: int | None
    is_fixed: bool = False


class Recollections(Room):
    """The part for what is brought back."""

    def bring_back_findings(self, repository: str, number: int, told: Iterable[Recollected]) -> frozenset[str]:
        """Remember findings that were posted on a pull request; the ids of those that nobody knew were.

        They are to no review's credit: which one made them is not known any more.

        Args:
            repository: Full name.
            number: The pull request.
            told: Each once.
        """
        told, now = tuple(told), self._now()
        if not told:
            return frozenset()
        with self._database.writing() as connection:
            name = self._known(connection, repository)
            mine = (findings.c.repository == name, findings.c.number == number)
            known = select(findings.c.id).where(*mine, findings.c.told_at.is_not(None))
            before = frozenset(connection.execute(known).scalars())
            rows = [
                {
                    "repository": name,
                    "number": number,
                    "id": one.id,
                    "review": "",
                    "head": one.head,
                    "content": finding_to_data(one.finding),
                    "first_seen_at": one.told_at,
                    "fixed_at": now if one.is_fixed else None,
                    "reviewer": one.finding.reviewer,
                    "rule": one.finding.rule,
                    "folder": one.finding.path.rpartition("/")[0],
                    "model": next(iter(one.finding.models), ""),
                }
                for one in told
            ]
            put(connection, findings, rows, update=())
            for one in sorted(told, key=lambda one: one.id):
                connection.execute(
                    findings.update()
                    .where(*mine, findings.c.id == one.id)
                    .values(
                        told_at=func.coalesce(findings.c.told_at, one.told_at),
                        comment=func.coalesce(findings.c.comment, one.comment),
                    )
                )
        return frozenset(one.id for one in told) - before

    def bring_back_decisions(self, repository: str, decided: Iterable[Disposition]) -> None:
        """Remember what people decided, in place of what is known of the same findings.

        Args:
            repository: Full name.
            decided: Of each finding one.
        """
        with self._database.writing() as connection:
            name = self._known(connection, repository)
            rows = [{column: getattr(one, column) for column in _DECIDED} | {"repository": name} for one in decided]
            put(connection, dispositions, rows, update=_DECIDED[1:])

    def bring_back_pause(self, repository: str, number: int, pause: Pause) -> None:
        """Remember who paused a pull request and when, unless it is known to be paused."""
        with self._database.writing() as connection:
            name = self._known(connection, repository)
            put(connection, pauses, [{"repository": name, "number": number, "by": pause.by, "at": pause.at}], update=())
