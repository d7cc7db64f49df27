"""Whose money a review spends, and which caps it shares with other runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from llm_runtime.analytics.identity import trace_id
from llm_runtime.analytics.records import Source, Trace
from llm_runtime.cost.caps import Cap, Period

if TYPE_CHECKING:
    from app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose money is spent, and on what.

    Attributes:
        repository: ``owner/name``, or the folder's name where there is no such thing.
        review: What names this one review for people and in traces.
        installation: Number of the App's installation that pays together, or the empty string for all of this Quartet.
        max_cost_per_day: Dollars that the repository wants to spend in a day (UTC) at most; the environment's cap
            counts beside it.
        max_cost_per_month: The same for a month.
        job: What tells it from other work on the same head; a review that goes on later has the same. By default a
            new one.
        lasting: Whether it may go on later, perhaps elsewhere, under what is left of its cap.
        work: What kind of work it is: ``review``, ``command``, ``bench``, ``replay``.
        number: The pull request, where it is about one.
        head: The commit that is reviewed, or the empty string.
        begun_at: When the first attempt at it began, in UTC; None where this is the first.
        opened_at: When the pull request was opened, in UTC; None where nobody has noted it.
    """

    repository: str
    review: str
    installation: str = ""
    max_cost_per_day: Decimal | None = None
    max_cost_per_month: Decimal | None = None
    job: str = field(default_factory=lambda: uuid.uuid4().hex)
    lasting: bool = False
    work: str = "review"
    number: int | None = None
    head: str = ""
    begun_at: datetime | None = None
    opened_at: datetime | None = None

    def trace(self, source: Source, now: datetime) -> Trace:
        """What its calls are booked on: the same for all attempts at the same job.

        Args:
            source: Where the work is done.
            now: The time, in UTC.
        """
        repository = self.repository.lower()
        return Trace(
            id=trace_id(repository, "" if self.number is None else self.number, self.head, self.job),
            name=self.work,
            source=source,
            repository=repository,
            number=self.number,
            head=self.head,
            job=self.job,
            installation=int(self.installation) if self.installation else None,
            started_at=self.begun_at or now,
            opened_at=self.opened_at,
        )


def shared_caps(settings: Settings, account: Account) -> list[Cap]:
    """Caps that runs have in common; of two for the same the smaller one counts."""
    repository, installation = ("repository", account.repository), ("installation", account.installation)
    wanted = (
        (repository, Period.DAY, settings.quartet_max_cost_per_day),
        (repository, Period.DAY, account.max_cost_per_day),
        (repository, Period.MONTH, account.max_cost_per_month),
        (installation, Period.MONTH, settings.quartet_max_cost_per_month),
    )
    smallest: dict[tuple[str, str, Period], Decimal] = {}
    for (scope, name), period, limit in wanted:
        if limit is not None:
            smallest[scope, name, period] = min(limit, smallest.get((scope, name, period), limit))
    return [
        Cap(scope=scope, name=name, limit_usd=limit, period=period) for (scope, name, period), limit in smallest.items()
    ]
