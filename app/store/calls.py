"""Calls of models: what each reviewer and model has cost a pull request."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from app.store.room import Room
from app.store.tables import calls as table
from app.store.values import CostLine
from llm_runtime.messages import Call, Usage
from reviewers.findings import total_cost


class Calls(Room):
    """The part for calls."""

    def note_calls(
        self, repository: str, number: int, reviewer: str, calls: Iterable[Call], *, review: str | None = None
    ) -> None:
        """Note calls that led to no answer worth remembering: failed ones, and those of commands.

        Those of an answer go with it (``remember_answer``).

        Args:
            repository: Full name.
            number: The pull request.
            reviewer: Who asked; for a command its name.
            calls: The exchanges.
            review: Name of the review, where one asked.
        """
        made = tuple(calls)
        if not made:
            return
        with self._database.writing() as connection:
            if not self._is_there(connection, review):
                return
            name = self._known(connection, repository)
            add_calls(connection, name, number, reviewer, made, review=review, now=self._now())

    def costs(self, repository: str, number: int) -> tuple[CostLine, ...]:
        """What a pull request has cost in all, by reviewer and model in the order of their names."""
        mine = (table.c.repository == repository.lower(), table.c.number == number)
        with self._database.reading() as connection:
            rows = connection.execute(select(table).where(*mine)).all()
        groups: dict[tuple[str, str, str], list[Call]] = {}
        for row in rows:
            groups.setdefault((row.reviewer, row.provider, row.model), []).append(_call(row))
        return tuple(
            CostLine(
                reviewer=reviewer, provider=provider, model=model, calls=len(made), cost_usd=total_cost(tuple(made))
            )
            for (reviewer, provider, model), made in sorted(groups.items())
        )

    def spent(self, repository: str, reviews: Collection[str]) -> Decimal:
        """Dollars of all calls of some reviews, as far as their prices are known; also of those that were killed.

        Args:
            repository: Full name.
            reviews: Their names in the store.
        """
        mine = (table.c.repository == repository.lower(), table.c.review.in_(sorted(reviews)))
        with self._database.reading() as connection:
            costs = connection.execute(select(table.c.cost_usd).where(*mine, table.c.cost_usd.is_not(None))).scalars()
            return sum(costs, Decimal(0))


def add_calls(
    connection: Connection,
    repository: str,
    number: int,
    reviewer: str,
    calls: Iterable[Call],
    *,
    review: str | None,
    now: datetime,
) -> None:
    """Add calls in a transaction of somebody else's; without what failed ones said in detail, which may quote code."""
    rows = [
        {
            "id": uuid.uuid4().hex,
            "repository": repository,
            "number": number,
            "review": review,
            "reviewer": reviewer,
            "provider": call.provider,
            "model": call.model,
            "input_tokens": call.usage and call.usage.input_tokens,
            "cached_input_tokens": call.usage and call.usage.cached_input_tokens,
            "cache_write_tokens": call.usage and call.usage.cache_write_tokens,
            "output_tokens": call.usage and call.usage.output_tokens,
            "reasoning_tokens": call.usage and call.usage.reasoning_tokens,
            "cost_usd": call.cost_usd,
            "seconds": call.seconds,
            "error": call.error,
            "at": call.started_at or now,
        }
        for call in calls
    ]
    if rows:
        connection.execute(table.insert(), rows)


def _call(row: Row[Any]) -> Call:
    usage = None
    if row.input_tokens is not None:
        usage = Usage(
            input_tokens=row.input_tokens,
            cached_input_tokens=row.cached_input_tokens,
            cache_write_tokens=row.cache_write_tokens,
            output_tokens=row.output_tokens,
            reasoning_tokens=row.reasoning_tokens,
        )
    return Call(
        provider=row.provider,
        model=row.model,
        usage=usage,
        cost_usd=row.cost_usd,
        started_at=row.at,
        seconds=row.seconds,
        error=row.error,
    )
