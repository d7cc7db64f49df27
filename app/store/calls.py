"""Calls of models, as analytics keep books of them: what each reviewer and model has cost a pull request."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select

from app.store.room import Room
from app.store.values import CostLine
from llm_runtime.analytics.tables import agent_task_results as table
from llm_runtime.analytics.tables import llm_traces


class Calls(Room):
    """The part for calls; the books are kept by ``llm_runtime.analytics``, in the same database."""

    def costs(self, repository: str, number: int) -> tuple[CostLine, ...]:
        """What a pull request has cost in all, by reviewer and model in the order of their names."""
        one = table.c
        who = (one.reviewer, one.provider, one.model)
        sums = (func.sum(one.calls), func.sum(one.unpriced_calls), func.sum(one.cost_pico, type_=one.cost_pico.type))
        mine = (one.repository == repository.lower(), one.number == number, one.calls > 0)
        with self._database.reading() as connection:
            rows = connection.execute(select(*who, *sums).where(*mine).group_by(*who).order_by(*who)).all()
        return tuple(
            CostLine(
                reviewer=reviewer, provider=provider, model=model, calls=int(calls), cost_usd=None if unpriced else cost
            )
            for reviewer, provider, model, calls, unpriced, cost in rows
        )

    def spent(self, repository: str, number: int, job: str) -> Decimal:
        """Dollars of all calls of a job, as far as their prices are known; also of attempts that were killed.

        Args:
            repository: Full name.
            number: The pull request.
            job: Name of the first attempt at it, whichever head that looked at.
        """
        total = func.sum(table.c.cost_pico, type_=table.c.cost_pico.type)
        one = llm_traces.c
        mine = (one.repository == repository.lower(), one.number == number, one.job == job, table.c.trace == one.id)
        with self._database.reading() as connection:
            found: Decimal | None = connection.execute(select(total).where(*mine)).scalar()
        return found or Decimal(0)
