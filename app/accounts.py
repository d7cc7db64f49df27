"""Whose money a review spends, and which caps it shares with other runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

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
        trace: What the trace's id and the account of this review are named by, so that a review that goes on later has
            the same; by default a new one.
        lasting: Whether it may go on later, perhaps elsewhere, under what is left of its cap.
    """

    repository: str
    review: str
    installation: str = ""
    max_cost_per_day: Decimal | None = None
    max_cost_per_month: Decimal | None = None
    trace: str = field(default_factory=lambda: uuid.uuid4().hex)
    lasting: bool = False


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
