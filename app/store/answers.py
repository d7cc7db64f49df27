"""Answers: which reviewer has answered which hunks of a pull request, and what it found in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.store.finding_data import finding_from_data, finding_to_data
from app.store.room import Room, next_ordinal, put
from app.store.tables import answered_hunks, answers

if TYPE_CHECKING:
    from reviewers.findings import Finding
    from reviewers.incremental import Reviewed


class Answers(Room):
    """The part for answers."""

    def remember_answer(
        self,
        repository: str,
        number: int,
        reviewer_key: str,
        hunks: Iterable[str],
        findings: Iterable[Finding],
        *,
        review: str | None = None,
    ) -> None:
        """Remember an answer that was paid for: all of it or, where the worker dies, nothing.

        Nothing, too, where its review was forgotten meanwhile, with its installation or repository.

        Args:
            repository: Full name.
            number: The pull request.
            reviewer_key: Who answered, with a digest of its instructions (``reviewers.incremental.reviewer_key``).
            hunks: What it has answered for as a whole (``reviewers.incremental.hunk_ids``).
            findings: What it found, as it made them.
            review: Name of the review that asked.
        """
        answer, now = uuid.uuid4().hex, self._now()
        with self._database.writing() as connection:
            if not self._is_there(connection, review):
                return
            name = self._known(connection, repository)
            row = {
                "id": answer,
                "repository": name,
                "number": number,
                "ordinal": next_ordinal(connection, answers, name, number),
                "reviewer_key": reviewer_key,
                "answered_at": now,
                "findings": [finding_to_data(finding) for finding in findings],
            }
            connection.execute(answers.insert(), row)
            key = {"repository": name, "number": number, "reviewer_key": reviewer_key, "answer": answer}
            put(connection, answered_hunks, [key | {"hunk": hunk} for hunk in set(hunks)], update=("answer",))

    def reviewed(self, repository: str, number: int) -> Reviewed:
        """All answers that are remembered of a pull request: who has answered for which hunks, and what was found.

        Findings are there as they were made, each once, the oldest first; also those whose code has gone since, for a
        later push may bring it back without anybody being asked again.
        """
        from reviewers.incremental import Reviewed  # noqa: PLC0415 - reviewers are loaded where they are used

        name = repository.lower()
        mine = (answered_hunks.c.repository == name, answered_hunks.c.number == number)
        hunks = select(answered_hunks.c.reviewer_key, answered_hunks.c.hunk).where(*mine)
        found = select(answers.c.findings).where(answers.c.repository == name, answers.c.number == number)
        with self._database.reading() as connection:
            pairs = connection.execute(hunks).all()
            contents = connection.execute(found.order_by(answers.c.ordinal)).scalars().all()
        by: dict[str, set[str]] = {}
        for reviewer_key, hunk in pairs:
            by.setdefault(reviewer_key, set()).add(hunk)
        findings = dict.fromkeys(finding_from_data(item) for content in contents for item in content)
        return Reviewed(by={key: frozenset(ids) for key, ids in by.items()}, findings=tuple(findings))

    def forget_answers(self, repository: str, number: int) -> None:
        """Forget them, so that everything is asked again."""
        mine = (answers.c.repository == repository.lower(), answers.c.number == number)
        with self._database.writing() as connection:
            connection.execute(answers.delete().where(*mine))
